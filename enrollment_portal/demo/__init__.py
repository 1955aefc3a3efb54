"""The believable company that a demonstration starts with: people, courses and two years of use."""
