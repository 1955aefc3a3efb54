"""What a person can do: one function for each thing, taking an Actor, owning its transaction."""
