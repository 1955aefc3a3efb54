"""Accounts belong to the person with their email; no removed lesson counts as done."""

from alembic import op

revision = "0021"
down_revision = "0020"

# The first Super Admin was made without looking into the directory.
_LINK = """UPDATE account
    SET learner_id = (SELECT l.id FROM learner l WHERE l.email = account.email)
    WHERE learner_id IS NULL AND EXISTS (SELECT 1 FROM learner l WHERE l.email = account.email
        AND NOT EXISTS (SELECT 1 FROM account other WHERE other.learner_id = l.id))"""
# What was over when a lesson was removed went on counting it. Without marks, the number stands for
# any lessons of the course.
_RECOUNT = """UPDATE enrollment SET lessons_done = COALESCE(
        (SELECT NULLIF(count(*), 0) FROM lesson_done d WHERE d.enrollment_id = enrollment.id),
        (SELECT c.n_lessons FROM course c WHERE c.id = enrollment.course_id))
    WHERE status <> 0 AND lessons_done > COALESCE(
        (SELECT NULLIF(count(*), 0) FROM lesson_done d WHERE d.enrollment_id = enrollment.id),
        (SELECT c.n_lessons FROM course c WHERE c.id = enrollment.course_id))
        AND course_id IN (SELECT id FROM course WHERE kind = 'course')"""


def upgrade() -> None:
    """Bring stored values there; the paths are brought up to date afterwards."""
    op.execute(_LINK)
    op.execute(_RECOUNT)
