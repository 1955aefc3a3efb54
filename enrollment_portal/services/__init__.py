"""Services: one function for each action; it takes an `Actor` and opens the transaction."""
