"""The first schema: people, courses, enrollments, their history, counts and search."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SMALL = sa.SmallInteger().with_variant(sa.Integer(), "sqlite")
BY_CODE_POINT = sa.Text(collation="C").with_variant(sa.Text(), "sqlite")

_SQLITE = (
    # Search: a trigram index over learner.search that follows every change of it.
    """CREATE VIRTUAL TABLE learner_search USING fts5(
        search, content='learner', content_rowid='id', columnsize=0,
        tokenize='trigram case_sensitive 1')""",
    """CREATE TRIGGER learner_search_insert AFTER INSERT ON learner BEGIN
        INSERT INTO learner_search(rowid, search) VALUES (new.id, new.search);
    END""",
    """CREATE TRIGGER learner_search_update AFTER UPDATE OF search ON learner BEGIN
        INSERT INTO learner_search(learner_search, rowid, search)
        VALUES ('delete', old.id, old.search);
        INSERT INTO learner_search(rowid, search) VALUES (new.id, new.search);
    END""",
    """CREATE TRIGGER learner_search_delete AFTER DELETE ON learner BEGIN
        INSERT INTO learner_search(learner_search, rowid, search)
        VALUES ('delete', old.id, old.search);
    END""",
    # Counts: what each learner and each course has in each status.
    """CREATE TRIGGER tally_insert AFTER INSERT ON enrollment BEGIN
        UPDATE learner SET n_active = n_active + (new.status = 0),
            n_completed = n_completed + (new.status = 1),
            n_cancelled = n_cancelled + (new.status = 2) WHERE id = new.learner_id;
        INSERT INTO tally_course(course_id, status, n) VALUES (new.course_id, new.status, 1)
            ON CONFLICT(course_id, status) DO UPDATE SET n = n + 1;
    END""",
    """CREATE TRIGGER tally_delete AFTER DELETE ON enrollment BEGIN
        UPDATE learner SET n_active = n_active - (old.status = 0),
            n_completed = n_completed - (old.status = 1),
            n_cancelled = n_cancelled - (old.status = 2) WHERE id = old.learner_id;
        UPDATE tally_course SET n = n - 1
            WHERE course_id = old.course_id AND status = old.status;
    END""",
    """CREATE TRIGGER tally_update AFTER UPDATE OF status, learner_id, course_id ON enrollment
    WHEN old.status <> new.status OR old.learner_id <> new.learner_id
        OR old.course_id <> new.course_id BEGIN
        UPDATE learner SET n_active = n_active - (old.status = 0),
            n_completed = n_completed - (old.status = 1),
            n_cancelled = n_cancelled - (old.status = 2) WHERE id = old.learner_id;
        UPDATE learner SET n_active = n_active + (new.status = 0),
            n_completed = n_completed + (new.status = 1),
            n_cancelled = n_cancelled + (new.status = 2) WHERE id = new.learner_id;
        UPDATE tally_course SET n = n - 1
            WHERE course_id = old.course_id AND status = old.status;
        INSERT INTO tally_course(course_id, status, n) VALUES (new.course_id, new.status, 1)
            ON CONFLICT(course_id, status) DO UPDATE SET n = n + 1;
    END""",
)

# PostgreSQL counts once per statement, over all its rows. Rows are locked in the order of their
# keys, so that two writers wait for each other instead of deadlocking.
_POSTGRESQL = (
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "CREATE INDEX ix_learner_search ON learner USING gin (search gin_trgm_ops)",
    """CREATE FUNCTION tally(sign integer, rows_l bigint[], rows_c bigint[], rows_s integer[])
    RETURNS void LANGUAGE sql AS $$
        WITH wanted AS (
            SELECT l AS id, count(*) FILTER (WHERE s = 0) AS a,
                count(*) FILTER (WHERE s = 1) AS b, count(*) FILTER (WHERE s = 2) AS c
            FROM unnest(rows_l, rows_s) AS r(l, s) GROUP BY l),
        locked AS (
            SELECT id FROM learner WHERE id IN (SELECT id FROM wanted) ORDER BY id FOR UPDATE)
        UPDATE learner SET n_active = n_active + sign * w.a,
            n_completed = n_completed + sign * w.b, n_cancelled = n_cancelled + sign * w.c
        FROM wanted w JOIN locked USING (id) WHERE learner.id = w.id;
        INSERT INTO tally_course AS t (course_id, status, n)
            SELECT c, s, 0 FROM unnest(rows_c, rows_s) AS r(c, s) GROUP BY c, s ORDER BY c, s
            ON CONFLICT (course_id, status) DO UPDATE SET n = t.n;
        UPDATE tally_course t SET n = t.n + sign * w.n FROM (
            SELECT c, s, count(*) AS n FROM unnest(rows_c, rows_s) AS r(c, s) GROUP BY c, s) w
            WHERE t.course_id = w.c AND t.status = w.s;
    $$""",
    """CREATE FUNCTION tally_inserted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        PERFORM tally(1, array_agg(learner_id), array_agg(course_id),
            array_agg(status::integer)) FROM added HAVING count(*) > 0;
        RETURN NULL; END $$""",
    """CREATE FUNCTION tally_deleted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        PERFORM tally(-1, array_agg(learner_id), array_agg(course_id),
            array_agg(status::integer)) FROM removed HAVING count(*) > 0;
        RETURN NULL; END $$""",
    """CREATE FUNCTION tally_updated() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        PERFORM tally(1, array_agg(a.learner_id), array_agg(a.course_id),
            array_agg(a.status::integer)) FROM added a JOIN removed r USING (id)
            WHERE (a.status, a.learner_id, a.course_id)
                <> (r.status, r.learner_id, r.course_id) HAVING count(*) > 0;
        PERFORM tally(-1, array_agg(r.learner_id), array_agg(r.course_id),
            array_agg(r.status::integer)) FROM added a JOIN removed r USING (id)
            WHERE (a.status, a.learner_id, a.course_id)
                <> (r.status, r.learner_id, r.course_id) HAVING count(*) > 0;
        RETURN NULL; END $$""",
    """CREATE TRIGGER tally_insert AFTER INSERT ON enrollment
        REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION tally_inserted()""",
    """CREATE TRIGGER tally_delete AFTER DELETE ON enrollment
        REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION tally_deleted()""",
    """CREATE TRIGGER tally_update AFTER UPDATE ON enrollment
        REFERENCING OLD TABLE AS removed NEW TABLE AS added
        FOR EACH STATEMENT EXECUTE FUNCTION tally_updated()""",
)


def upgrade() -> None:
    """Create every table, its indexes, and what keeps counts and search right."""
    op.create_table(
        "course",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("sort_title", BY_CODE_POINT, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("n_lessons", sa.Integer(), nullable=False),
        sa.Column("grading_scheme", sa.Text(), nullable=False),
        sa.Column("grading_points", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "grading_scheme IN ('free', 'pass_fail', 'letters', 'percent', 'points')",
            name="course_scheme",
        ),
        sa.CheckConstraint("n_lessons >= 0", name="course_lessons"),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index("ix_course_external_id", "course", ["external_id"], unique=True)
    op.create_table(
        "learner",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("sort_name", BY_CODE_POINT, nullable=False),
        sa.Column("search", BY_CODE_POINT, nullable=False),
        sa.Column("n_active", sa.Integer(), nullable=False),
        sa.Column("n_completed", sa.Integer(), nullable=False),
        sa.Column("n_cancelled", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "n_active >= 0 AND n_completed >= 0 AND n_cancelled >= 0", name="learner_counts"
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index("ix_learner_email", "learner", ["email"], unique=True)
    op.create_index("ix_learner_external_id", "learner", ["external_id"], unique=True)
    op.create_index("ix_learner_sort_name", "learner", ["sort_name", "id"], unique=False)
    op.create_table(
        "organization",
        sa.Column("id", SMALL, autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("is_demo", SMALL, nullable=False),
        sa.CheckConstraint("id = 1", name="organization_is_one"),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_table(
        "sign_in_failure",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index("ix_sign_in_failure", "sign_in_failure", ["subject", "at"], unique=False)
    op.create_table(
        "account",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("sections", SMALL, nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("learner_id", BIG, nullable=True),
        sa.Column("is_suspended", SMALL, nullable=False),
        sa.Column("created_at", BIG, nullable=False),
        sa.CheckConstraint(
            "role IN ('super_admin', 'admin', 'instructor', 'group_lead', 'learner')",
            name="account_role",
        ),
        sa.CheckConstraint("sections BETWEEN 0 AND 31", name="account_sections"),
        sa.ForeignKeyConstraint(
            ["learner_id"],
            ["learner.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index("ix_account_email", "account", ["email"], unique=True)
    op.create_index(op.f("ix_account_learner_id"), "account", ["learner_id"], unique=False)
    op.create_table(
        "enrollment",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("learner_id", BIG, nullable=False),
        sa.Column("course_id", BIG, nullable=False),
        sa.Column("status", SMALL, nullable=False),
        sa.Column("tracked_status", SMALL, nullable=False),
        sa.Column("progress", SMALL, nullable=False),
        sa.Column("lessons_done", sa.Integer(), nullable=False),
        sa.Column("enrolled_at", BIG, nullable=False),
        sa.Column("deadline_day", sa.Integer(), nullable=True),
        sa.Column("last_visit_at", BIG, nullable=False),
        sa.Column("completed_at", BIG, nullable=True),
        sa.Column("cancelled_at", BIG, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", BIG, nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("override_seq", BIG, nullable=True),
        sa.Column("grade", sa.Text(), nullable=True),
        sa.Column("feedback", sa.Text(), nullable=False),
        sa.Column("internal_note", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "origin = 'self' OR origin = 'admin' OR origin = 'group' OR origin = 'path' "
            "OR origin = 'import'",
            name="enrollment_origin",
        ),
        sa.CheckConstraint(
            "(deadline_day + 1) * CAST(86400000 AS BIGINT) + 43200000 > enrolled_at",
            name="enrollment_deadline_after",
        ),
        sa.CheckConstraint(
            "(status = 1) = (completed_at IS NOT NULL)", name="enrollment_completed"
        ),
        sa.CheckConstraint(
            "(status = 2) = (cancelled_at IS NOT NULL)", name="enrollment_cancelled"
        ),
        sa.CheckConstraint("cancelled_at >= enrolled_at", name="enrollment_cancelled_after"),
        sa.CheckConstraint("completed_at >= enrolled_at", name="enrollment_completed_after"),
        sa.CheckConstraint("last_visit_at >= enrolled_at", name="enrollment_visited_after"),
        sa.CheckConstraint("lessons_done >= 0", name="enrollment_lessons_done"),
        sa.CheckConstraint("progress BETWEEN 0 AND 100", name="enrollment_progress"),
        sa.CheckConstraint("status BETWEEN 0 AND 2", name="enrollment_status"),
        sa.CheckConstraint("tracked_status BETWEEN 0 AND 2", name="enrollment_tracked_status"),
        sa.CheckConstraint("version >= 1", name="enrollment_version"),
        sa.ForeignKeyConstraint(
            ["course_id"],
            ["course.id"],
        ),
        sa.ForeignKeyConstraint(
            ["learner_id"],
            ["learner.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_enrollment_course",
        "enrollment",
        ["course_id", "status", "enrolled_at", "id", "learner_id"],
        unique=False,
    )
    op.create_index("ix_enrollment_enrolled", "enrollment", ["enrolled_at", "id"], unique=False)
    op.create_index(
        "ix_enrollment_learner",
        "enrollment",
        ["learner_id", "status", "enrolled_at", "id", "course_id"],
        unique=False,
    )
    op.create_index(
        "ix_enrollment_one_active",
        "enrollment",
        ["learner_id", "course_id"],
        unique=True,
        sqlite_where=sa.text("status = 0"),
        postgresql_where=sa.text("status = 0"),
    )
    op.create_index(
        "ix_enrollment_status_deadline",
        "enrollment",
        ["status", "deadline_day", "id"],
        unique=False,
    )
    op.create_index(
        "ix_enrollment_status_enrolled", "enrollment", ["status", "enrolled_at", "id"], unique=False
    )
    op.create_index(
        "ix_enrollment_status_progress", "enrollment", ["status", "progress", "id"], unique=False
    )
    op.create_table(
        "lesson",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("course_id", BIG, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id"],
            ["course.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index("ix_lesson_course", "lesson", ["course_id", "position"], unique=True)
    op.create_table(
        "tally_course",
        sa.Column("course_id", BIG, nullable=False),
        sa.Column("status", SMALL, autoincrement=False, nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.CheckConstraint("n >= 0", name="tally_course_n"),
        sa.ForeignKeyConstraint(
            ["course_id"],
            ["course.id"],
        ),
        sa.PrimaryKeyConstraint("course_id", "status"),
        sqlite_strict=True,
    )
    op.create_table(
        "course_teacher",
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("course_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["course_id"],
            ["course.id"],
        ),
        sa.PrimaryKeyConstraint("account_id", "course_id"),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_course_teacher_course_id"), "course_teacher", ["course_id"], unique=False
    )
    op.create_table(
        "enrollment_event",
        sa.Column("seq", BIG, autoincrement=True, nullable=False),
        sa.Column("enrollment_id", BIG, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.Column("actor_id", BIG, nullable=True),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("changes", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("batch", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["enrollment_id"],
            ["enrollment.id"],
        ),
        sa.PrimaryKeyConstraint("seq"),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_event_enrollment", "enrollment_event", ["enrollment_id", "seq"], unique=False
    )
    op.create_table(
        "learner_lead",
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("learner_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["learner_id"],
            ["learner.id"],
        ),
        sa.PrimaryKeyConstraint("account_id", "learner_id"),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_learner_lead_learner_id"), "learner_lead", ["learner_id"], unique=False
    )
    op.create_table(
        "sign_in_session",
        sa.Column("id_hash", sa.Text(), nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("created_at", BIG, nullable=False),
        sa.Column("expires_at", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
        ),
        sa.PrimaryKeyConstraint("id_hash"),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_sign_in_session_account_id"), "sign_in_session", ["account_id"], unique=False
    )
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in _SQLITE if is_sqlite else _POSTGRESQL:
        op.execute(sa.text(statement.replace(":", "\\:")))
