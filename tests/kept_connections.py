"""PostgreSQL connections that one test after another uses, as all requests of a running portal do.

A new connection costs the server a process, which then reads the catalogs and plans every
statement again: half the time of a test.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy import Engine, event

_MOST = 4
"""Per database; few tests need more at once."""
_CLEAN = "RESET ALL; UNLISTEN *; SELECT pg_advisory_unlock_all(); DISCARD TEMP"

_kept: dict[str, list[psycopg.Connection[Any]]] = defaultdict(list)


def keep_connections(engine: Engine) -> Engine:
    """Have an engine take kept connections, and keep those that it closes."""
    dialect: Any = engine.pool._dialect
    close = dialect.do_close

    def keep(connection: psycopg.Connection[Any]) -> None:
        kept = _kept[connection.info.dbname]
        is_idle = connection.info.transaction_status == TransactionStatus.IDLE
        if is_idle and len(kept) < _MOST:
            kept.append(connection)
        else:
            close(connection)

    dialect.do_close = keep

    @event.listens_for(engine, "do_connect")
    def _take(
        _dialect: object, _record: object, _arguments: object, parameters: dict[str, Any]
    ) -> psycopg.Connection[Any] | None:
        kept = _kept[parameters["dbname"]]
        while kept:
            connection = kept.pop()
            try:
                connection.autocommit = True
                connection.execute(_CLEAN)
                connection.autocommit = False
            except psycopg.OperationalError:  # a test has ended it
                continue
            return connection
        return None

    return engine


def processes_of(database: str) -> list[int]:
    """Return the server's processes of a database's kept connections."""
    return [connection.info.backend_pid for connection in _kept[database] if not connection.closed]


def forget(database: str) -> None:
    """Close a database's kept connections."""
    for connection in _kept.pop(database, []):
        connection.close()
