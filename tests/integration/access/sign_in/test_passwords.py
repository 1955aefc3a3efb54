"""Test passwords in any script, with different normalization, and stored without it."""

from __future__ import annotations

import unicodedata

import pytest
from sqlalchemy import text

from enrollment_portal.domain.shared.errors import WrongCredentials
from enrollment_portal.services.access.passwords import hash_password
from enrollment_portal.storage.shared.database import Database
from tests.signing_in import CountingHasher, enter, make_ada, refusal

COMPOSED = "le café d'été est fermé"
APART = unicodedata.normalize("NFD", COMPOSED)
WIDE = "ｐａｓｓｗｏｒｄ１２３４５"


def stored_hash(database: Database) -> str:
    sql = "SELECT password_hash FROM account WHERE email = 'ada@northwind.example'"
    with database.read() as session:
        return session.execute(text(sql)).scalar_one()


@pytest.mark.parametrize("chosen", [COMPOSED, APART])
@pytest.mark.parametrize("typed", [COMPOSED, APART])
def test_composed_and_decomposed_forms_of_a_password_sign_in(
    database: Database, hasher: CountingHasher, chosen: str, typed: str
) -> None:
    make_ada(database, password_hash=hash_password(chosen))
    assert enter(database, password=typed)


@pytest.mark.parametrize("old", [APART, WIDE])
def test_an_old_hash_still_signs_in_and_is_renewed(
    database: Database, hasher: CountingHasher, old: str
) -> None:
    make_ada(database, password_hash=hasher.hash(old))
    before = stored_hash(database)
    assert enter(database, password=old)
    assert stored_hash(database) != before
    assert enter(database, password=unicodedata.normalize("NFKC", old))
    renewed = stored_hash(database)
    assert enter(database, password=old)
    assert stored_hash(database) == renewed


def test_a_failed_attempt_renews_nothing(database: Database, hasher: CountingHasher) -> None:
    make_ada(database, password_hash=hasher.hash(APART))
    before = stored_hash(database)
    assert refusal(lambda: enter(database, password=APART + "x")) is WrongCredentials
    assert stored_hash(database) == before


def test_known_and_unknown_accounts_are_checked_as_often(
    embedded: Database, hasher: CountingHasher
) -> None:
    make_ada(embedded)
    counts = []
    for email in ("ada@northwind.example", "nobody@northwind.example"):
        before = hasher.n_verified
        assert refusal(lambda e=email: enter(embedded, e, APART)) is WrongCredentials
        counts.append(hasher.n_verified - before)
    assert counts[0] == counts[1]
