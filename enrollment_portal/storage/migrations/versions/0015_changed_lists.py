"""Who belongs to a group, leads it or teaches a course is followed by open pages, too."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

# Table, the kind of the record that it is a list of, and the column that names it.
_LISTS = (
    ("group_member", "group", "group_id"),
    ("group_lead", "group", "group_id"),
    ("group_course", "group", "group_id"),
    ("course_teacher", "course", "course_id"),
    ("path_step", "course", "path_id"),
)
_ROWS = {"INSERT": "new", "UPDATE": "new", "DELETE": "old"}

# Of many rows of one list, one is written, in the same order by everybody.
_POSTGRESQL_FUNCTION = """CREATE FUNCTION list_changed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        EXECUTE format(
            'INSERT INTO record_change (kind, record_id, seq)'
            ' SELECT %L, id, nextval(''record_change_seq'')'
            ' FROM (SELECT DISTINCT %I AS id FROM changed ORDER BY 1) of_list'
            ' ON CONFLICT (kind, record_id) DO UPDATE SET seq = excluded.seq',
            TG_ARGV[0], TG_ARGV[1]);
        RETURN NULL;
    END $$"""


def _sqlite(table: str, kind: str, key: str, act: str) -> str:
    return f"""CREATE TRIGGER record_change_{table}_{act.lower()} AFTER {act} ON {table} BEGIN
        INSERT INTO record_change (kind, record_id, seq)
        VALUES ('{kind}', {_ROWS[act]}.{key},
            (SELECT COALESCE(max(seq), 0) + 1 FROM record_change))
        ON CONFLICT (kind, record_id) DO UPDATE SET seq = excluded.seq;
    END"""


def _postgresql(table: str, kind: str, key: str, act: str) -> str:
    return f"""CREATE TRIGGER record_change_{table}_{act.lower()} AFTER {act} ON {table}
        REFERENCING {_ROWS[act]} TABLE AS changed
        FOR EACH STATEMENT EXECUTE FUNCTION list_changed('{kind}', '{key}')"""


def upgrade() -> None:
    """Bring the schema here; no list counts as changed."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    if not is_sqlite:
        op.execute(sa.text(_POSTGRESQL_FUNCTION))
    make = _sqlite if is_sqlite else _postgresql
    for table, kind, key in _LISTS:
        for act in _ROWS:
            op.execute(sa.text(make(table, kind, key, act)))
