"""What people meet in a browser: the real server and worker, the system's Chromium."""
