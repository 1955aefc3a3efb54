"""Read the ledger as of a past day, from validity intervals (table `enrollment_span`).

A validity interval has the values that an enrollment had from one moment until another. `page`
assembles a page and counts; `access_path` chooses how rows are found; `rows` reads them;
`statements` writes the SQL; `backfill` writes the intervals of enrollments that have none yet.

The SQL is text for the reasons given in `storage.ledger`; tests/benchmarks/past.py measures it.
"""

from enrollment_portal.storage.ledger.past.page import first_moment, open_past, read_past

__all__ = ["first_moment", "open_past", "read_past"]
