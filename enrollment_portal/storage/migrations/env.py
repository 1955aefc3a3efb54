"""Alembic's entry: runs in the transaction that `migrate` has opened."""

from alembic import context
from sqlmodel import SQLModel

import enrollment_portal.storage.shared.tables  # noqa: F401  (fills the metadata)

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    render_as_batch=False,
    transactional_ddl=False,
)
context.run_migrations()
