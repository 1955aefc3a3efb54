"""Drafts: what was typed into a form and is not saved yet, and what asks before it is lost."""
