"""The end of a sign-in: its warning, and putting it off."""
