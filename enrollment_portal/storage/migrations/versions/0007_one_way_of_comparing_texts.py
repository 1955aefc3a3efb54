"""Names, titles and emails are compared in a new way: what is stored of them follows it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from alembic import op

from enrollment_portal.domain.shared.emails import read_email
from enrollment_portal.domain.shared.text_search import search_text, sort_text

revision = "0007"
down_revision = "0006"

_CHUNK = 20_000
# Most emails are what they were, which is told faster so than by reading them.
_UNCHANGED_EMAIL = re.compile(r"(?!.*xn--)[a-z0-9][a-z0-9._%+-]*@[a-z0-9-]+(\.[a-z0-9-]+)*")

Fold = Callable[..., tuple[str, ...]]


def upgrade() -> None:
    """Bring the schema here. Only rows whose texts differ are written: one in ten, or fewer."""
    connection = op.get_bind()
    is_sqlite = connection.dialect.name == "sqlite"
    # Plain ADD COLUMN: rebuilding a table would silently drop its triggers on SQLite.
    kind = "TEXT" if is_sqlite else 'TEXT COLLATE "C"'
    for table in ("course", "people_group"):
        op.execute(f"ALTER TABLE {table} ADD COLUMN search {kind} NOT NULL DEFAULT ''")
    for table in ("account", "learner"):
        _read_emails_again(connection, table)
    for table, name, sort in (
        ("course", "title", "sort_title"),
        ("people_group", "name", "sort_name"),
    ):
        _fold_again(connection, table, (name,), (sort, "search"), _of_title)
    _fold_again(connection, "learner", ("name", "email"), ("sort_name", "search"), _of_person)
    _let_update_admin_log(is_sqlite, True)
    said = ("actor_name", "subject", "detail")
    _fold_again(connection, "admin_event", said, ("search",), _of_act)
    _let_update_admin_log(is_sqlite, False)


def _of_title(title: str) -> tuple[str, ...]:
    return sort_text(title), search_text(title)


def _of_person(name: str, email: str | None) -> tuple[str, ...]:
    return sort_text(name), search_text(name, email)


def _of_act(actor: str, subject: str, detail: str) -> tuple[str, ...]:
    return (search_text(f"{actor} {subject} {detail}"),)


def _read_emails_again(connection: sa.Connection, table: str) -> None:
    """Write each email in its one form, but where somebody else has that already."""
    changed: list[dict[str, Any]] = []
    for id_, email in connection.execute(sa.text(f"SELECT id, email FROM {table}")):
        if email is None or _UNCHANGED_EMAIL.fullmatch(email):
            continue
        try:
            read = read_email(email)
        except ValueError:
            continue
        if read != email:
            changed.append({"id": id_, "email": read})
    for values in changed:
        connection.execute(
            sa.text(
                f"UPDATE {table} SET email = :email WHERE id = :id"
                f" AND NOT EXISTS (SELECT 1 FROM {table} WHERE email = :email)"
            ),
            values,
        )


def _fold_again(
    connection: sa.Connection,
    table: str,
    texts: tuple[str, ...],
    folded: tuple[str, ...],
    fold: Fold,
) -> None:
    """Write the folded texts of every row that are not what its texts fold to."""
    rows_after = sa.text(
        f"SELECT id, {', '.join(texts)}, {', '.join(folded)} FROM {table}"
        f" WHERE id > :after ORDER BY id LIMIT {_CHUNK}"
    )
    after = 0
    while rows := connection.execute(rows_after, {"after": after}).all():
        after = rows[-1][0]
        changed = [
            (*new, row[0])
            for row in rows
            if (new := fold(*row[1 : 1 + len(texts)])) != tuple(row[1 + len(texts) :])
        ]
        if changed:
            _write(connection, table, folded, changed)


def _write(
    connection: sa.Connection, table: str, folded: tuple[str, ...], rows: list[tuple[Any, ...]]
) -> None:
    if connection.dialect.name == "sqlite":
        settings = ", ".join(f"{column} = ?" for column in folded)
        connection.exec_driver_sql(f"UPDATE {table} SET {settings} WHERE id = ?", rows)
        return
    settings = ", ".join(f"{column} = d.{column}" for column in folded)
    arrays = ", ".join(f"CAST(%({column})s AS text[])" for column in folded)
    columns = zip(*rows, strict=True)
    connection.exec_driver_sql(
        f"UPDATE {table} t SET {settings} FROM unnest({arrays}, CAST(%(id)s AS bigint[]))"
        f" AS d({', '.join(folded)}, id) WHERE t.id = d.id",
        {name: list(values) for name, values in zip((*folded, "id"), columns, strict=True)},
    )


def _let_update_admin_log(is_sqlite: bool, is_allowed: bool) -> None:
    """Let the log be updated, which it refuses else: what it is searched by, not what it says."""
    if not is_sqlite:
        word = "DISABLE" if is_allowed else "ENABLE"
        op.execute(f"ALTER TABLE admin_event {word} TRIGGER admin_event_refuses")
    elif is_allowed:
        op.execute("DROP TRIGGER admin_event_refuses_update")
    else:
        op.execute(
            "CREATE TRIGGER admin_event_refuses_update BEFORE UPDATE ON admin_event"
            " BEGIN SELECT RAISE(ABORT, 'History is only ever added to.'); END"
        )
