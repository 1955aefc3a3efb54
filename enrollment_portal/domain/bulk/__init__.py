"""Change many enrollments at once: what is selected, what is done to each, and in which words."""
