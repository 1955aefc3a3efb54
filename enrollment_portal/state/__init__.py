"""Reflex states: check each event, call a service, and keep what the page shows."""
