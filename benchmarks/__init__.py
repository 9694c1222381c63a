"""How fast the service is, beside the least a Flask application on the same server could do."""
