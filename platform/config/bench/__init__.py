"""What `make bench` measures. Nothing here runs in an installation."""
