"""Databases as they were before a migration."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import text

from enrollment_portal.storage.migrate import migration_config
from enrollment_portal.storage.shared.database import Database


def database_before(database: Database, tmp_path: Path, revision: str) -> Database:
    """Return a database before a migration: a new file, or this one emptied."""
    old = Database(f"sqlite:///{tmp_path / 'old.db'}") if database.is_sqlite else database
    config = migration_config()
    script = ScriptDirectory.from_config(config).get_revision(revision)
    with old.write() as session:
        if not old.is_sqlite:
            session.execute(text("DROP SCHEMA public CASCADE"))
            session.execute(text("CREATE SCHEMA public"))
        config.attributes["connection"] = session.connection()
        command.upgrade(config, str(script.down_revision))
    return old


def upgrade_to(database: Database, revision: str) -> None:
    """Run the migrations up to a revision."""
    config = migration_config()
    with database.write() as session:
        config.attributes["connection"] = session.connection()
        command.upgrade(config, revision)
