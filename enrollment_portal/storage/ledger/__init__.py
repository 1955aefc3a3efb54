"""The ledger: one page of enrollments, sorted and searched, and how many there are.

`page` puts a page together; `orders` says how each sort runs through the rows; `candidates` how
a search and a scope narrow them; `statements` writes the SQL; `counts` counts.

Statements are text here, as they tell each engine its loops and indexes (CROSS JOIN, INDEXED BY,
LATERAL) and nothing is compiled for a page: tests/benchmarks/storage.py compares them with the
bare driver.
"""

from enrollment_portal.storage.ledger.page import (
    LedgerPage,
    LedgerRow,
    as_shown,
    count_ledger,
    open_ledger,
    read_ledger,
    read_rows,
)

__all__ = [
    "LedgerPage",
    "LedgerRow",
    "as_shown",
    "count_ledger",
    "open_ledger",
    "read_ledger",
    "read_rows",
]
