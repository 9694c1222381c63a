"""What organisers are shown of many events at once: what waits for them, and how it goes."""
