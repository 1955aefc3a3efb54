"""How long the filters of the ledger take: each alone, and each pair.

Targets at 1,000,000 enrollments: the rows of a page take at most 60 ms in 95 of 100 reads and never
more than 150 ms; the exact counts, which may follow the rows, at most 300 ms. The values to choose
from have the targets of a page; what needs attention is counted in 5 ms.
"""

from tests.benchmarks.filters.pages import add_options, main

__all__ = ["add_options", "main"]
