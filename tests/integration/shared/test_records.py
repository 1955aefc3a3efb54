"""Test rows as records by name, and upserts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import pytest
from sqlmodel import col, select

from enrollment_portal.storage.shared.database import Database
from enrollment_portal.storage.shared.id_lists import is_among, is_among_texts
from enrollment_portal.storage.shared.organization import write_organization
from enrollment_portal.storage.shared.records import (
    first_record,
    insert_missing,
    insert_or_update,
    record,
    records,
    records_of,
    select_columns,
)
from enrollment_portal.storage.shared.tables import Learner, Organization, RecordChange


@dataclass(frozen=True)
class _Change:
    kind: str
    seq: int
    note: str = "none"


class _NamedChange(NamedTuple):
    kind: str
    seq: int
    note: str = "none"


_IN_ORDER = select_columns(col(RecordChange.kind), col(RecordChange.seq)).where(
    RecordChange.kind == "test"
)
_REVERSED = select_columns(
    col(RecordChange.record_id), col(RecordChange.seq), col(RecordChange.kind)
).where(RecordChange.kind == "test")


def test_fields_come_from_the_columns_of_their_names(database: Database) -> None:
    with database.write() as session:
        session.add(RecordChange(kind="test", record_id=7, seq=1_000_000))
        session.flush()
        expected = _Change("test", 1_000_000)
        assert records(_Change, session.exec(_IN_ORDER)) == [expected]
        assert records(_Change, session.exec(_REVERSED)) == [expected]
        assert first_record(_Change, session.exec(_REVERSED)) == expected
        assert record(_Change, session.exec(_REVERSED).one()) == expected
        assert records_of(_Change, session.exec(_REVERSED).all()) == [expected]
        assert records_of(_Change, []) == []


def test_named_tuples_are_filled_in_the_same_way(database: Database) -> None:
    with database.write() as session:
        session.add(RecordChange(kind="test", record_id=7, seq=1_000_000))
        session.flush()
        for statement in (_IN_ORDER, _REVERSED):
            found = records(_NamedChange, session.exec(statement))
            assert found == [_NamedChange("test", 1_000_000)]


def test_a_field_without_a_column_is_an_error(database: Database) -> None:
    with database.write() as session:
        session.add(RecordChange(kind="test", record_id=7, seq=1_000_000))
        session.flush()
        seqs = select_columns(col(RecordChange.seq), col(RecordChange.record_id))
        with pytest.raises(TypeError, match="kind"):
            records(_Change, session.exec(seqs.where(RecordChange.kind == "test")))


def test_without_a_row_there_is_no_record(database: Database) -> None:
    with database.read() as session:
        assert records(_Change, session.exec(_IN_ORDER)) == []
        assert first_record(_Change, session.exec(_IN_ORDER)) is None


def test_a_row_is_inserted_once(database: Database) -> None:
    with database.write() as session:
        assert insert_missing(session, RecordChange, kind="test", record_id=7, seq=1_000_000)
        assert not insert_missing(session, RecordChange, kind="test", record_id=7, seq=2_000_000)
        assert [row.seq for row in session.exec(_IN_ORDER)] == [1_000_000]


def test_an_existing_row_is_updated(database: Database) -> None:
    with database.write() as session:
        write_organization(session, "Before", "UTC")
        insert_or_update(
            session, Organization, ["id"], {"id": 1, "name": "After", "time_zone": "UTC"}
        )
        assert session.exec(select(Organization.name)).all() == ["After"]


@pytest.mark.parametrize("n", [0, 2, 70_000])
def test_a_list_of_any_length_is_one_parameter(database: Database, n: int) -> None:
    prepared = select(RecordChange.record_id).where(
        is_among(RecordChange.record_id, "ids"), RecordChange.kind == "test"
    )
    with database.write() as session:
        for id_ in (0, 1, 100_000):
            session.add(RecordChange(kind="test", record_id=id_, seq=1_000_000 + id_))
        session.flush()
        found = session.exec(prepared, params={"ids": range(n)}).all()
        assert sorted(found) == [0, 1][: min(n, 2)]
        among = select(RecordChange.record_id).where(is_among(RecordChange.record_id, range(n)))
        assert sorted(session.exec(among.where(RecordChange.kind == "test"))) == sorted(found)


def test_lists_of_texts_are_parameters_too(database: Database) -> None:
    with database.write() as session:
        session.add(RecordChange(kind="te,s't", record_id=1, seq=1_000_000))
        session.flush()
        among = select(RecordChange.record_id).where(
            is_among_texts(RecordChange.kind, ["te,s't", '"'])
        )
        assert session.exec(among).all() == [1]


def test_ids_are_found_by_the_primary_key(database: Database) -> None:
    among = select(Learner.id).where(is_among(Learner.id, [1, 2]), Learner.name == "Ada")
    statement = among.compile(database.engine)
    ids: object = "[1, 2]" if database.is_sqlite else [1, 2]
    values = ids, "Ada"
    with database.read() as session:
        if database.is_sqlite:
            found = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        else:
            session.connection().exec_driver_sql("SET LOCAL enable_seqscan = off")
            named = dict(zip(statement.params, values, strict=True))
            found = session.connection().exec_driver_sql(f"EXPLAIN {statement}", named)
        plan = " ".join(str(row[-1]) for row in found)
    assert "USING INTEGER PRIMARY KEY" in plan or "Index Scan using learner_pkey" in plan, plan
