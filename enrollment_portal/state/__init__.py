"""Reflex state: thin, guarded event handlers; a cache of what the database says."""
