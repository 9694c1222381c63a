"""Who is the same person, and which the same organisation, wherever people are counted once."""
