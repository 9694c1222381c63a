"""Feedback after an event: the form, the box its answers lie in, what they come to."""
