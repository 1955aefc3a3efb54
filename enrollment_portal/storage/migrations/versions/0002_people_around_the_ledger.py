"""The people around the ledger: lessons done, paths, groups, managers, requests, the admin log."""

import sqlalchemy as sa
from alembic import op

from enrollment_portal.domain.shared.text_search import search_text, sort_text

revision = "0002"
down_revision = "0001"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SMALL = sa.SmallInteger().with_variant(sa.Integer(), "sqlite")
BY_CODE_POINT = sa.Text(collation="C").with_variant(sa.Text(), "sqlite")

# Plain ADD COLUMN: rebuilding a table would silently drop its triggers on SQLite.
_NEW_COLUMNS = (
    "learner ADD COLUMN job_title TEXT NOT NULL DEFAULT ''",
    "learner ADD COLUMN manager_id {big} REFERENCES learner (id)",
    "learner ADD COLUMN joined_at {big} NOT NULL DEFAULT 0",
    "account ADD COLUMN last_sign_in_at {big}",
    "sign_in_session ADD COLUMN client TEXT NOT NULL DEFAULT ''",
    "sign_in_session ADD COLUMN user_agent TEXT NOT NULL DEFAULT ''",
    "course ADD COLUMN state TEXT NOT NULL DEFAULT 'published'"
    " CONSTRAINT course_state CHECK (state IN ('draft', 'published', 'archived'))",
    "course ADD COLUMN description TEXT NOT NULL DEFAULT ''",
    "course ADD COLUMN deadline_days INTEGER"
    " CONSTRAINT course_deadline_days CHECK (deadline_days BETWEEN 0 AND 3650)",
    "course ADD COLUMN requires_grade {small} NOT NULL DEFAULT 0",
    "course ADD COLUMN version INTEGER NOT NULL DEFAULT 1",
    "course ADD COLUMN updated_at {big} NOT NULL DEFAULT 0",
    "lesson ADD COLUMN content TEXT NOT NULL DEFAULT ''",
    "enrollment ADD COLUMN feedback_is_new {small} NOT NULL DEFAULT 0",
)

# A learner's counts are those of their courses; a learning path sums up courses and is not one.
_COUNTS = (
    "n_active = n_active {sign} ({row}.status = 0), n_completed = n_completed {sign}"
    " ({row}.status = 1), n_cancelled = n_cancelled {sign} ({row}.status = 2)"
    " WHERE id = {row}.learner_id AND NOT EXISTS"
    " (SELECT 1 FROM course c WHERE c.id = {row}.course_id AND c.kind = 'path')"
)
_ADD = "UPDATE learner SET " + _COUNTS.format(sign="+", row="new")
_TAKE = "UPDATE learner SET " + _COUNTS.format(sign="-", row="old")

_SQLITE = (
    "DROP TRIGGER tally_insert",
    "DROP TRIGGER tally_delete",
    "DROP TRIGGER tally_update",
    f"""CREATE TRIGGER tally_insert AFTER INSERT ON enrollment BEGIN
        {_ADD};
        INSERT INTO tally_course(course_id, status, n) VALUES (new.course_id, new.status, 1)
            ON CONFLICT(course_id, status) DO UPDATE SET n = n + 1;
    END""",
    f"""CREATE TRIGGER tally_delete AFTER DELETE ON enrollment BEGIN
        {_TAKE};
        UPDATE tally_course SET n = n - 1
            WHERE course_id = old.course_id AND status = old.status;
    END""",
    f"""CREATE TRIGGER tally_update AFTER UPDATE OF status, learner_id, course_id ON enrollment
    WHEN old.status <> new.status OR old.learner_id <> new.learner_id
        OR old.course_id <> new.course_id BEGIN
        {_TAKE};
        {_ADD};
        UPDATE tally_course SET n = n - 1
            WHERE course_id = old.course_id AND status = old.status;
        INSERT INTO tally_course(course_id, status, n) VALUES (new.course_id, new.status, 1)
            ON CONFLICT(course_id, status) DO UPDATE SET n = n + 1;
    END""",
)

_POSTGRESQL = (
    """CREATE OR REPLACE FUNCTION tally(sign integer, rows_l bigint[], rows_c bigint[],
        rows_s integer[])
    RETURNS void LANGUAGE sql AS $$
        WITH wanted AS (
            SELECT l AS id, count(*) FILTER (WHERE s = 0) AS a,
                count(*) FILTER (WHERE s = 1) AS b, count(*) FILTER (WHERE s = 2) AS c
            FROM unnest(rows_l, rows_c, rows_s) AS r(l, c, s)
            WHERE NOT EXISTS (SELECT 1 FROM course k WHERE k.id = r.c AND k.kind = 'path')
            GROUP BY l),
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
)

# Whom someone leads follows from the reporting lines and the led groups, always.
_LEARNER_LEAD = """CREATE VIEW learner_lead AS
    SELECT a.id AS account_id, l.id AS learner_id
        FROM account a JOIN learner l ON l.manager_id = a.learner_id
    UNION
    SELECT g.account_id, m.learner_id
        FROM group_lead g JOIN group_member m ON m.group_id = g.group_id"""


def upgrade() -> None:
    """Add the columns and tables, and turn leads that were rows into groups."""
    connection = op.get_bind()
    is_sqlite = connection.dialect.name == "sqlite"
    kinds = (
        {"big": "INTEGER", "small": "INTEGER"}
        if is_sqlite
        else {
            "big": "BIGINT",
            "small": "SMALLINT",
        }
    )
    for column in _NEW_COLUMNS:
        op.execute(sa.text("ALTER TABLE " + column.format(**kinds)))
    op.create_index("ix_learner_manager", "learner", ["manager_id"])
    op.create_index("ix_course_kind", "course", ["kind", "sort_title", "id"])
    op.create_index(
        "ix_enrollment_care",
        "enrollment",
        ["course_id", "status", "progress", "last_visit_at", "deadline_day"],
        sqlite_where=sa.text("status = 0"),
        postgresql_where=sa.text("status = 0"),
    )
    _create_tables()
    for statement in _SQLITE if is_sqlite else _POSTGRESQL:
        op.execute(sa.text(statement.replace(":", "\\:")))
    _leads_become_groups(connection)
    op.drop_table("learner_lead")
    op.execute(sa.text(_LEARNER_LEAD))
    _accounts_become_people(connection)


def _reference(
    name: str, target: str, *, is_key: bool = False, nullable: bool = False
) -> sa.Column:
    return sa.Column(name, BIG, sa.ForeignKey(target), primary_key=is_key, nullable=nullable)


def _key() -> sa.Column:
    return sa.Column("id", BIG, primary_key=True, autoincrement=True)


def _create_tables() -> None:
    text, whole = sa.Text(), sa.Integer()
    op.create_table(
        "path_step",
        _reference("path_id", "course.id", is_key=True),
        _reference("course_id", "course.id", is_key=True),
        sa.Column("position", whole, nullable=False),
        sa.Column("needs_previous", SMALL, nullable=False),
        sa.CheckConstraint("path_id <> course_id", name="path_step_is_no_path"),
        sqlite_strict=True,
    )
    op.create_index("ix_path_step_course_id", "path_step", ["course_id"])
    op.create_table(
        "lesson_done",
        _reference("enrollment_id", "enrollment.id", is_key=True),
        _reference("lesson_id", "lesson.id", is_key=True),
        sa.Column("at", BIG, nullable=False),
        sqlite_strict=True,
    )
    op.create_index("ix_lesson_done_lesson_id", "lesson_done", ["lesson_id"])
    op.create_table(
        "extension_request",
        _key(),
        _reference("enrollment_id", "enrollment.id"),
        sa.Column("wanted_day", whole, nullable=False),
        sa.Column("reason", text, nullable=False),
        sa.Column("state", text, nullable=False),
        sa.Column("asked_at", BIG, nullable=False),
        sa.Column("decided_at", BIG, nullable=True),
        sa.Column("decided_by", text, nullable=False),
        sa.Column("answer", text, nullable=False),
        sa.Column("is_seen", SMALL, nullable=False),
        sa.CheckConstraint("state IN ('open', 'granted', 'declined')", name="extension_state"),
        sqlite_strict=True,
    )
    op.create_index("ix_extension_enrollment", "extension_request", ["enrollment_id", "id"])
    op.create_index(
        "ix_extension_one_open",
        "extension_request",
        ["enrollment_id"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "people_group",
        _key(),
        sa.Column("name", text, nullable=False),
        sa.Column("sort_name", BY_CODE_POINT, nullable=False),
        sa.Column("kind", text, nullable=False),
        sa.Column("description", text, nullable=False),
        sa.Column("version", whole, nullable=False),
        sa.Column("created_at", BIG, nullable=False),
        sqlite_strict=True,
    )
    op.create_index("ix_people_group_sort_name", "people_group", ["sort_name", "id"])
    for name, other, target, more in (
        ("group_member", "learner_id", "learner.id", "joined_at"),
        ("group_lead", "account_id", "account.id", None),
        ("group_course", "course_id", "course.id", "assigned_at"),
    ):
        op.create_table(
            name,
            _reference("group_id", "people_group.id", is_key=True),
            _reference(other, target, is_key=True),
            *([sa.Column(more, BIG, nullable=False)] if more else []),
            sqlite_strict=True,
        )
        op.create_index(f"ix_{name}_{other}", name, [other])
    op.create_table(
        "invitation",
        sa.Column("token_hash", text, primary_key=True),
        _reference("account_id", "account.id"),
        sa.Column("created_at", BIG, nullable=False),
        sa.Column("expires_at", BIG, nullable=False),
        sa.Column("used_at", BIG, nullable=True),
        sqlite_strict=True,
    )
    op.create_index("ix_invitation_account_id", "invitation", ["account_id"])
    op.create_table(
        "admin_event",
        _key(),
        sa.Column("at", BIG, nullable=False),
        sa.Column("actor_id", BIG, nullable=True),
        sa.Column("actor_name", text, nullable=False),
        sa.Column("action", text, nullable=False),
        sa.Column("subject_kind", text, nullable=False),
        sa.Column("subject_id", BIG, nullable=True),
        sa.Column("subject", text, nullable=False),
        sa.Column("detail", text, nullable=False),
        sa.Column("search", BY_CODE_POINT, nullable=False),
        sqlite_strict=True,
    )
    op.create_index("ix_admin_event_at", "admin_event", ["at", "id"])
    op.create_index("ix_admin_event_action", "admin_event", ["action", "at", "id"])
    op.create_index("ix_admin_event_actor", "admin_event", ["actor_id", "at", "id"])
    op.create_index(
        "ix_admin_event_subject", "admin_event", ["subject_kind", "subject_id", "at", "id"]
    )


def _leads_become_groups(connection: sa.Connection) -> None:
    leads = connection.execute(
        sa.text(
            "SELECT DISTINCT a.id, a.name FROM learner_lead t JOIN account a ON a.id = t.account_id"
        )
    ).all()
    for account, name in leads:
        title = f"People of {name}"
        group = connection.execute(
            sa.text(
                "INSERT INTO people_group (name, sort_name, kind, description, version, created_at)"
                " VALUES (:name, :sort, 'other', '', 1, 0) RETURNING id"
            ),
            {"name": title, "sort": sort_text(title)},
        ).scalar_one()
        values = {"group": group, "account": account}
        connection.execute(
            sa.text("INSERT INTO group_lead (group_id, account_id) VALUES (:group, :account)"),
            values,
        )
        connection.execute(
            sa.text(
                "INSERT INTO group_member (group_id, learner_id, joined_at)"
                " SELECT CAST(:group AS INTEGER), learner_id, 0 FROM learner_lead"
                " WHERE account_id = :account"
            ),
            values,
        )


def _accounts_become_people(connection: sa.Connection) -> None:
    """Give every account a person of the directory: staff may take courses, too."""
    accounts = connection.execute(
        sa.text("SELECT id, name, email, created_at FROM account WHERE learner_id IS NULL")
    ).all()
    for account, name, email, created_at in accounts:
        values = {
            "name": name,
            "email": email,
            "sort": sort_text(name),
            "search": search_text(name, email),
            "at": created_at,
        }
        person = connection.execute(
            sa.text("SELECT id FROM learner WHERE email = :email"), values
        ).scalar_one_or_none()
        if person is None:
            person = connection.execute(
                sa.text(
                    "INSERT INTO learner (name, email, department, sort_name, search, n_active,"
                    " n_completed, n_cancelled, joined_at)"
                    " VALUES (:name, :email, '', :sort, :search, 0, 0, 0, :at) RETURNING id"
                ),
                values,
            ).scalar_one()
        connection.execute(
            sa.text("UPDATE account SET learner_id = :person WHERE id = :account"),
            {"person": person, "account": account},
        )
