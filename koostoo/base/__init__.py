"""What every room of the house stands on: database, clock, language, text, links."""
