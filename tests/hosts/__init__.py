"""Several hosts for real: namespaces on one switch, PostgreSQL, nginx, two webs, two workers."""
