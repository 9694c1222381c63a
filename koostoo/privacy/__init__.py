"""Retention: what is forgotten when, and the act of forgetting."""
