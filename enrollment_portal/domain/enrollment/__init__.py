"""The rules of an enrollment: pure functions without database, framework or clock.

`fields` defines the values of an enrollment, `lifecycle` decides every change of it, `merge` merges
two edits, and `undo` undoes a recorded change. `candidates` and `eligibility` say who may
be enrolled, `beginning` what a new enrollment holds.
"""
