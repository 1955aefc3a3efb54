"""View pieces: nouns with keyword-only properties, without queries."""
