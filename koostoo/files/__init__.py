"""Files of events and projects: what may be kept, checked by content, stored in the database."""
