"""Sign-up, seats, the waiting list and what a participant does alone."""
