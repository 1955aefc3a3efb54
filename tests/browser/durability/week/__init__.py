"""A week in a small company: what its people do, and the numbers that must stand there."""
