"""What may happen to an enrollment: pure functions without database, framework or clock.

`fields` says what an enrollment holds, `lifecycle` decides every change of it, `merge` brings two
edits together, and `undo` takes a recorded change back. `candidates` and `eligibility` say who may
be enrolled, `beginning` what a new enrollment holds.
"""
