"""A week in a small company: its people's actions, and the numbers that pages must show."""
