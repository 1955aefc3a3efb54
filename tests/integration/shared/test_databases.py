"""Test that databases on PostgreSQL are emptied between tests."""

from __future__ import annotations

import pytest
from sqlalchemy import make_url, text

from enrollment_portal.storage.shared.database import Database
from tests.builders import make_account, make_enrollment, make_organization
from tests.postgresql import Databases


def name_of(url: str) -> str | None:
    """Return the name of a database."""
    return make_url(url).database


def run(url: str, *statements: str) -> list[list[tuple[object, ...]]]:
    """Run statements that return rows, and return these."""
    database = Database(url)
    with database.write() as session:
        found = [[tuple(row) for row in session.execute(text(one))] for one in statements]
    database.close()
    return found


def test_a_reused_database_is_like_a_new_one(postgresql_databases: Databases) -> None:
    url = postgresql_databases.take()
    database = Database(url)
    make_organization(database)
    make_account(database)
    first = make_enrollment(database)
    with database.read():  # a test may leave a transaction open
        postgresql_databases.give_back(url)
    database.close()
    again = postgresql_databases.take()
    assert (name_of(again), again != url) == (name_of(url), True)
    assert run(again, "SELECT id FROM organization", "SELECT id FROM enrollment") == [[], []]
    database = Database(again)
    assert (make_account(database), make_enrollment(database)) == (1, first)
    database.close()
    postgresql_databases.give_back(again)


@pytest.mark.parametrize(
    "change",
    [
        "CREATE TABLE left_over (id int)",
        "CREATE INDEX left_over ON account (name)",
        "ALTER TABLE enrollment_event DISABLE TRIGGER USER",
        "ALTER TABLE account DROP COLUMN name CASCADE",
        "ALTER TABLE account ALTER COLUMN name SET DEFAULT 'x'",
        "DROP INDEX ix_enrollment_enrolled",
        "ANALYZE pg_class, learner",
        "UPDATE alembic_version SET version_num = 'x'",
        "CREATE FUNCTION left_over() RETURNS int LANGUAGE sql RETURN 1",
    ],
)
def test_a_database_with_a_changed_schema_is_not_reused(
    postgresql_databases: Databases, change: str
) -> None:
    url = postgresql_databases.take()
    database = Database(url)
    make_enrollment(database)
    with database.write() as session:
        session.execute(text(change))
    database.close()
    postgresql_databases.give_back(url)
    again = postgresql_databases.take()
    assert name_of(again) != name_of(url)
    postgresql_databases.give_back(again)
