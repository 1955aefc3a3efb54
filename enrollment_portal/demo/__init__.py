"""The demo company: generated people, courses and two years of enrollments."""
