"""Letters organisers write, and letters organisers read: whole, and with hostile words in them."""
