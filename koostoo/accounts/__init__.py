"""Organisers, their sign-in links and sessions."""
