"""Drafts: unsaved text of forms, and the warning before it is lost."""
