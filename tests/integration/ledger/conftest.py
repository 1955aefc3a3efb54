"""A database for all tests of a module, which only read it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from enrollment_portal.storage.shared.database import Database


@pytest.fixture(scope="module")
def make_module_database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Database]]:
    """Return a function that opens an empty, migrated database of an engine."""
    opened: list[Database] = []
    urls: list[str] = []

    def make(engine: str) -> Database:
        if engine == "sqlite":
            path = Path(tmp_path_factory.mktemp("module")) / "portal.db"
            shutil.copy(request.getfixturevalue("migrated_sqlite_file"), path)
            url = f"sqlite:///{path}"
        else:
            url = request.getfixturevalue("postgresql_databases").take()
            urls.append(url)
        opened.append(Database(url))
        return opened[-1]

    yield make
    for database in opened:
        database.close()
    for url in urls:
        request.getfixturevalue("postgresql_databases").give_back(url)
