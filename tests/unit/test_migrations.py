"""Test that the migrations form one chain."""

from __future__ import annotations

from alembic.script import ScriptDirectory

from enrollment_portal.storage.migrate import migration_config


def test_each_migration_follows_exactly_one_other() -> None:
    scripts = ScriptDirectory.from_config(migration_config())
    assert len(scripts.get_heads()) == 1
    assert len(scripts.get_bases()) == 1
    followed = [script.down_revision for script in scripts.walk_revisions()]
    assert len(set(followed)) == len(followed)
