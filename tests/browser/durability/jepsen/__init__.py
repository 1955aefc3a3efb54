"""A run of many people who save while the server is killed, and the checks of its result."""
