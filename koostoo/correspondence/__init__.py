"""What is written beside registrations: what falls due by time, what organisers write and read."""
