"""Many people who save at once while the server is killed, and the judge of what is left of it."""
