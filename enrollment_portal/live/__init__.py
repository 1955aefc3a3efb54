"""The change feed: from a commit to every open browser."""
