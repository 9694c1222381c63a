"""Attendance: who was there on which day, marked by several helpers at once; walk-ins; payments."""
