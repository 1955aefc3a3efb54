"""The companies that benchmarks measure: made once, kept in the system's temporary folder."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from enrollment_portal.demo.company import build_company
from enrollment_portal.storage.database import Database
from enrollment_portal.storage.migrate import migrate


def company_file(rows: int) -> Path:
    """Return a SQLite file with the demo company of a number of enrollments; makes it if needed."""
    path = Path(tempfile.gettempdir()) / f"portal-benchmark-{rows}.db"
    if not path.exists():
        print(f"Making a company of {rows:,} enrollments in {path} …", flush=True)
        unfinished = path.with_suffix(f".{os.getpid()}")
        database = Database(f"sqlite:///{unfinished}")
        migrate(database)
        build_company(database, enrollments=rows)
        database.close()  # the last connection moves the write-ahead log into the file
        unfinished.rename(path)
    return path
