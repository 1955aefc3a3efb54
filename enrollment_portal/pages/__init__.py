"""One module per page: what stands on it, composed from components."""
