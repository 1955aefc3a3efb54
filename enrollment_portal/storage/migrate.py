"""Bring a database to the current schema; safe to call from several processes at once."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import func
from sqlmodel import select

from enrollment_portal.storage.shared.database import Database

_LOCK = 7_230_114


def migration_config() -> Config:
    """Return Alembic's configuration, without a configuration file."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


def migrate(database: Database) -> bool:
    """Run all pending migrations, one process at a time.

    Returns:
        Whether a database that had a schema already was migrated.
    """
    config = migration_config()
    with database.write() as session:
        if not database.is_sqlite:
            session.exec(select(func.pg_advisory_xact_lock(_LOCK)))
        connection = config.attributes["connection"] = session.connection()
        before = MigrationContext.configure(connection).get_current_revision()
        command.upgrade(config, "head")
        return before not in (None, MigrationContext.configure(connection).get_current_revision())
