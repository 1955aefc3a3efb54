"""Test that the migration registers the batches of the history as new ones are registered."""

from __future__ import annotations

from alembic.script import ScriptDirectory

from enrollment_portal.services.enrolling import enroll_many
from enrollment_portal.services.enrolling.enroll_many import Chosen
from enrollment_portal.services.grading.grading import RowEdit, grade_many
from enrollment_portal.services.history.undoing_batches import undo_batch
from enrollment_portal.storage.migrate import migration_config
from enrollment_portal.storage.shared.database import Database
from tests.builders import make_course, make_enrollment, make_learner, make_organization
from tests.integration.actors import make_admin
from tests.integration.stored import execute, rows


def test_batches_of_the_history_are_registered(database: Database) -> None:
    make_organization(database)
    dana, course = make_admin(database), make_course(database, state="published")
    edits = [RowEdit(make_enrollment(database, None, course), 1, {"grade": "A"}) for _ in range(2)]
    undo_batch(database, dana, grade_many(database, dana, course, edits).batch)
    chosen = Chosen([make_learner(database), make_learner(database)], courses=[course])
    made = enroll_many.preview(database, dana, chosen)
    enroll_many.enroll(database, dana, chosen, made.fingerprint)
    listed = (
        "SELECT batch, at, kind, actor_id, actor_name, reason, undoes, n FROM change_batch"
        " ORDER BY id"
    )
    before = rows(database, listed)
    assert [(row[2], row[7]) for row in before] == [("edits", 2), ("undo", 2), ("enrolling", 2)]
    execute(database, "DELETE FROM change_batch")
    script = ScriptDirectory.from_config(migration_config()).get_revision("0025")
    execute(database, script.module._FILL)
    assert rows(database, listed) == before
