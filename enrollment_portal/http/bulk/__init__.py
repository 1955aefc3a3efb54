"""Downloads of bulk changes."""
