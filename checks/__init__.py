"""Checks of what the project stands on, run by `make lint` and `make licences`."""
