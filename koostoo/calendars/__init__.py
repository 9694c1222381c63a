"""Calendar feeds and invitations (RFC 5545, RFC 5546): values in, bytes out."""
