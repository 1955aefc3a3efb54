"""Pages of the ledger: every sort both ways, from the first page to the last and back."""

from __future__ import annotations

import pytest

from enrollment_portal.domain.ledger_query import LedgerQuery
from enrollment_portal.domain.permissions import Everything
from enrollment_portal.storage.database import Database
from tests.integration.ledger_oracle import Oracle, all_orders, make_company, page_of, pages

SIZE = 7


def test_every_sort_shows_every_row_once_forwards_and_backwards(database: Database) -> None:
    make_company(database)
    oracle = Oracle(database)
    for query in all_orders():
        expected = oracle.ids(Everything(), query)
        forwards = list(pages(database, Everything(), query, SIZE))
        assert [row.id for page in forwards for row in page.rows] == expected, query
        backwards = list(pages(database, Everything(), query, SIZE, backwards=True))[::-1]
        assert [row.id for page in backwards for row in page.rows] == expected, query
        for walk in (forwards, backwards):
            assert [page.position for page in walk] == list(range(1, len(expected) + 1, SIZE))
            assert [page.previous is None for page in walk] == [True] + [False] * (len(walk) - 1)
            assert [page.next is None for page in walk] == [False] * (len(walk) - 1) + [True]
