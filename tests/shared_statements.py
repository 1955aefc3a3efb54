"""Engines that share what SQLAlchemy compiles, as all requests of a running portal do.

Each test has a database of its own, and so an engine, which would compile every statement again:
up to half the time of a test.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.util import LRUCache

from enrollment_portal.storage.shared import database
from tests.kept_connections import keep_connections

_MOST_STATEMENTS = 5_000


def share_statements() -> None:
    """Let all databases of an engine's kind have one dialect and one cache from now on."""
    database._sqlite_engine = _sharing(database._sqlite_engine)
    make_postgresql = _sharing(database._postgresql_engine)
    database._postgresql_engine = lambda url: keep_connections(make_postgresql(url))


def _sharing(make: Callable[..., Engine]) -> Callable[..., Engine]:
    first: list[Engine] = []

    def make_engine(*arguments: Any) -> Engine:
        engine = make(*arguments)
        if first:
            own, engine.dialect = engine.dialect, first[0].dialect
            if engine.dialect.server_version_info:
                # The shared one knows the server: what it asks at each engine's first connection
                # takes as long as making the engine.
                own.initialize = lambda connection: None
        else:
            engine._compiled_cache = LRUCache(_MOST_STATEMENTS)
            first.append(engine)
        engine._compiled_cache = first[0]._compiled_cache
        return engine

    return make_engine
