"""Read the ledger: one sorted, filtered page of enrollments, and the counts for each status.

Start with `page`, which assembles a page. `index_ranges` splits each sort order into ranges of
one index, `filters` turns a search and a scope into conditions, `statements` writes the SQL,
`rows` chooses between an index scan and a full sort, and `counts` counts. `filtering` reads and
counts a ledger that is narrowed by filters.

The SQL is text, not SQLAlchemy expressions, because it fixes join order and indexes for each
engine (CROSS JOIN, INDEXED BY, LATERAL), and so that nothing is compiled for a page:
tests/benchmarks/storage.py compares it with the bare driver.
"""

from enrollment_portal.storage.ledger.page import (
    LedgerPage,
    LedgerRow,
    as_shown,
    count_ledger,
    open_ledger,
    open_rows,
    passing,
    read_ledger,
    read_listed,
    read_rows,
)

__all__ = [
    "LedgerPage",
    "LedgerRow",
    "as_shown",
    "count_ledger",
    "open_ledger",
    "open_rows",
    "passing",
    "read_ledger",
    "read_listed",
    "read_rows",
]
