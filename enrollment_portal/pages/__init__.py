"""One module for each page: puts components together."""
