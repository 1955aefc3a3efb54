"""The ledger as it stood at a past moment, from the spans in which each enrollment's facts held.

`page` puts a page together and counts; `rows` says how its rows are found; `statements` writes
the SQL; `filling` writes the spans of enrollments that have none yet.

Statements are text here for the reasons of `storage.ledger`: tests/benchmarks/past.py shows what a
page of a past day takes.
"""

from enrollment_portal.storage.past.page import first_moment, open_past, read_past

__all__ = ["first_moment", "open_past", "read_past"]
