"""Rules and value types; knows neither the web framework nor the database."""
