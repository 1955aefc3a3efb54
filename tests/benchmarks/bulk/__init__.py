"""How long it takes to preview, carry out and undo one change of very many enrollments.

Target for 100,000 rows: under 60 s on SQLite and 30 s on PostgreSQL, while a single save takes
under 250 ms (p95) and a page of the ledger under 100 ms; for a preview of 1,000,000 rows, no more
than 150 MB. The last undo is of a tenth of the rows.
"""

from tests.benchmarks.bulk.jobs import add_options, main

__all__ = ["add_options", "main"]
