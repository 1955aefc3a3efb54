"""Tables, migrations and every SQL statement; never commits."""
