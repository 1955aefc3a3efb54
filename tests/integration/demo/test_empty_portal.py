"""Test that every read answers without rows in an empty portal."""

from __future__ import annotations

import pytest

from enrollment_portal.domain.ledger.ledger_query import LedgerQuery
from enrollment_portal.domain.people.people import Actor, Role
from enrollment_portal.domain.shared.listing import ListQuery, Place, clean_search
from enrollment_portal.services.ledger.ledger import read_ledger
from enrollment_portal.services.people import users
from enrollment_portal.storage.shared.database import Database
from tests.builders import make_organization

DANA = Actor(0, "Dana Ruiz", "dana@northwind.example", Role.SUPER_ADMIN)
SEARCHES = ("", "a", "ada", "ada@northwind.example", "ada ander northwind", "\x00")


@pytest.mark.parametrize("search", SEARCHES)
def test_the_ledger_finds_nothing(database: Database, search: str) -> None:
    make_organization(database)
    page = read_ledger(database, DANA, LedgerQuery(search=clean_search(search)))
    assert (page.rows, page.total, set(page.counts.values())) == ((), 0, {0})


@pytest.mark.parametrize("search", SEARCHES)
def test_the_directory_finds_nobody(database: Database, search: str) -> None:
    make_organization(database)
    for filters in ({}, {"access": "none"}, {"access": "learner"}, {"status": "none"}):
        for place in (None, Place("last")):
            page = users.list_users(database, DANA, ListQuery(search, filters, place))
            assert (page.rows, page.total) == ((), 0)
