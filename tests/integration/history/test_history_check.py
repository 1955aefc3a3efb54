"""Test that every manipulation of history is found and named."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlmodel import Session

from enrollment_portal.demo.company import build_company
from enrollment_portal.domain.shared.errors import Invalid, PortalError
from enrollment_portal.services.history.history import write_all_checkpoints
from enrollment_portal.services.history.history_check import NotWhole, WholeHistory, verify_history
from enrollment_portal.storage.history import checkpoints, history
from enrollment_portal.storage.history.history import event_hash
from enrollment_portal.storage.shared.database import Database
from tests.integration.history.histories import broken_links, make_new_enrollments, save
from tests.integration.stored import rows
from tests.tampering import unguarded

HASHED = (
    "enrollment_id, version, at, actor_id, actor_name, source, kind, changes, reason, batch,"
    " save_key, undoes"
)


@pytest.fixture
def three(database: Database) -> list[int]:
    """Three enrollments: changes 1 to 3 create, 4 to 8 grade; the last has no checkpoint."""
    ids = make_new_enrollments(database)
    for index, grade in ((0, "A"), (1, "B"), (0, "C"), (2, "D")):
        save(database, ids[index], grade=grade)
    write_all_checkpoints(database)
    save(database, ids[1], grade="E")
    return ids


def run(database: Database, *statements: str) -> None:
    with unguarded(database) as session:
        for statement in statements:
            session.execute(text(statement))


def finding(database: Database, head: str = "") -> str:
    with pytest.raises(NotWhole) as refusal:
        verify_history(database, head)
    first, *findings = refusal.value.message.splitlines()
    assert first == "History is not intact."
    return "\n".join(findings)


def rehash(session: Session, enrollment: int) -> None:
    """Recompute the hashes of an enrollment, as an attacker who knows the form would."""
    previous = b""
    sql = f"SELECT seq, {HASHED} FROM enrollment_event WHERE enrollment_id = :id ORDER BY seq"
    for seq, *row in session.execute(text(sql), {"id": enrollment}).all():
        previous = event_hash(previous, row)
        session.execute(
            text("UPDATE enrollment_event SET hash = :hash WHERE seq = :seq"),
            {"hash": previous, "seq": seq},
        )


class TestWholeHistory:
    def test_is_reported_with_the_head_to_keep(self, database: Database, three: list[int]) -> None:
        found = verify_history(database)
        assert (found.changes, found.enrollments, found.without_checkpoint) == (8, len(three), 1)
        assert found.head
        lines = str(found).splitlines()
        assert lines[0].startswith(
            "History is intact: 8 changes of 3 enrollments. Its newest checkpoint covers those up"
            " to change 7, of "
        )
        assert lines[1] == "No checkpoint covers 1 newer change yet."
        assert lines[2].endswith(f": {found.head.id}:{found.head.hash.hex()}")

    def test_of_an_empty_database_is_valid(self, database: Database) -> None:
        assert verify_history(database) == WholeHistory(0, 0, 0, None)

    def test_contains_every_head_kept_before(self, database: Database, three: list[int]) -> None:
        heads = []
        for grade in ("F", "G"):
            kept = verify_history(database).head
            assert kept
            heads += [kept.head, kept.hash.hex(), f" {kept.head.upper()}\n"]
            save(database, three[0], grade=grade)
            write_all_checkpoints(database)
        for head in heads:
            assert verify_history(database, head).changes == 10

    @pytest.mark.parametrize("head", ["1", "1:", "x", "0:" + "a" * 64, "1:" + "g" * 64, "a" * 63])
    def test_refuses_an_unknown_head(self, database: Database, head: str) -> None:
        with pytest.raises(Invalid):
            verify_history(database, head)


class TestTampering:
    @pytest.mark.parametrize(
        "change",
        [
            "at = at + 1",
            "actor_id = 9",
            "actor_id = NULL",
            "actor_name = 'Somebody else'",
            "source = 'group'",
            "kind = 'began'",
            """changes = '{"grade":[null,"F"]}'""",
            "reason = ''",
            "batch = 'b'",
            "save_key = 'k'",
            "undoes = 1",
            "hash = (SELECT hash FROM enrollment_event WHERE seq = 1)",
            "enrollment_id = 3",
        ],
    )
    def test_an_altered_row_is_named(
        self, database: Database, three: list[int], change: str
    ) -> None:
        run(database, f"UPDATE enrollment_event SET {change} WHERE seq = 4")
        whose = 3 if "enrollment" in change.split("=")[0] else three[0]
        found = finding(database)
        assert found.startswith(f"Change 4, version 2 of enrollment {whose}, made on 2")
        assert "it is not as it was written" in found

    def test_an_altered_row_with_recomputed_hashes_is_found_by_its_checkpoint(
        self, database: Database, three: list[int]
    ) -> None:
        with unguarded(database) as session:
            session.execute(text("UPDATE enrollment_event SET reason = 'x' WHERE seq = 4"))
            rehash(session, three[0])
        assert broken_links(database) == []
        found = finding(database)
        assert found.startswith("Checkpoint 1 of 2")
        assert "over changes 1 to 7: what it covered is not what is there" in found

    def test_a_missing_row_is_found_by_the_next_one(
        self, database: Database, three: list[int]
    ) -> None:
        run(database, "DELETE FROM enrollment_event WHERE seq = 4")
        found = finding(database).splitlines()
        assert found[0].startswith(f"Change 6, version 3 of enrollment {three[0]}, made on ")
        assert found[0].endswith("UTC: version 2 before it is missing.")

    @pytest.mark.parametrize(("seq", "index"), [(7, 2), (8, 1)])
    def test_a_missing_newest_row_is_found_by_the_enrollments_version(
        self, database: Database, three: list[int], seq: int, index: int
    ) -> None:
        run(database, f"DELETE FROM enrollment_event WHERE seq = {seq}")
        found = finding(database).splitlines()
        assert f"version {seq - 6} of enrollment {three[index]}, made on " in found[0]
        assert found[0].endswith(f"is at version {seq - 5}: newer ones are missing.")
        assert [line[:12] for line in found[1:]] == (["Checkpoint 1"] if seq == 7 else [])

    def test_a_deleted_history_is_named(self, database: Database, three: list[int]) -> None:
        run(database, f"DELETE FROM enrollment_event WHERE enrollment_id = {three[2]}")
        found = finding(database).splitlines()
        assert found[0] == f"Enrollment {three[2]} is at version 2, and has no history."
        assert found[1].endswith("over changes 1 to 7: it covered 7 changes, 5 are there.")

    def test_swapped_rows_are_named(self, database: Database, three: list[int]) -> None:
        swap = (
            "UPDATE enrollment_event SET seq = 1004 WHERE seq = 4",
            "UPDATE enrollment_event SET seq = 4 WHERE seq = 6",
            "UPDATE enrollment_event SET seq = 6 WHERE seq = 1004",
        )
        run(database, *swap)
        found = finding(database)
        assert found.startswith(f"Change 4, version 3 of enrollment {three[0]}, made on ")
        assert "version 2 before it is missing" in found

    def test_swapped_rows_of_different_enrollments_are_found_by_their_checkpoint(
        self, database: Database, three: list[int]
    ) -> None:
        swap = (
            "UPDATE enrollment_event SET seq = 1004 WHERE seq = 4",
            "UPDATE enrollment_event SET seq = 4 WHERE seq = 5",
            "UPDATE enrollment_event SET seq = 5 WHERE seq = 1004",
        )
        run(database, *swap)
        assert finding(database).startswith("Checkpoint 1 of 2")

    @pytest.mark.parametrize("fits", [False, True])
    def test_a_forged_row_is_named(self, database: Database, three: list[int], fits: bool) -> None:
        forged = (
            "INSERT INTO enrollment_event (enrollment_id, version, at, actor_name, source, kind,"
            f" changes, reason) VALUES ({three[0]}, 4, 1790000000000, 'Maya', 'person', 'changed',"
            """ '{"grade":["C","A"]}', '')"""
        )
        with unguarded(database) as session:
            session.execute(text(forged.replace(":[", r"\:[")))
            if fits:
                rehash(session, three[0])
        wrong = "is at version 3: it was added later" if fits else "not as it was written"
        found = finding(database)
        assert found.startswith(f"Change 9, version 4 of enrollment {three[0]}, made on ")
        assert wrong in found

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE history_seal SET at = at + 1 WHERE id = 1",
            "UPDATE history_seal SET n = n + 1 WHERE id = 1",
            "UPDATE history_seal SET first_seq = 2 WHERE id = 1",
            "UPDATE history_seal SET until_seq = 6 WHERE id = 1",
            "UPDATE history_seal SET hash = (SELECT hash FROM enrollment_event WHERE seq = 1)",
            "DELETE FROM history_seal WHERE id = 1",
        ],
    )
    def test_a_rewritten_checkpoint_is_named(
        self, database: Database, three: list[int], statement: str
    ) -> None:
        write_all_checkpoints(database)
        run(database, statement)
        found = finding(database)
        assert found.startswith("Checkpoint 1 ")

    def test_a_completely_rewritten_history_is_found_by_the_kept_head(
        self, database: Database, three: list[int]
    ) -> None:
        write_all_checkpoints(database)
        head = verify_history(database).head
        assert head
        with unguarded(database) as session:
            session.execute(text("UPDATE enrollment_event SET reason = 'x' WHERE seq = 4"))
            rehash(session, three[0])
            session.execute(text("DELETE FROM history_seal"))
        write_all_checkpoints(database)
        assert verify_history(database).changes == 8
        for kept in (head.head, head.hash.hex()):
            assert finding(database, kept).startswith(
                f"Checkpoint {kept}, which was kept elsewhere,"
            )
        now = verify_history(database).head
        assert now
        # The right hash under another number is no proof either.
        assert "is not in this history" in finding(database, f"7:{now.hash.hex()}")


def test_any_row_of_a_large_history_is_found_across_checkpoints_and_chunks(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "CHUNK", 37)
    monkeypatch.setattr(checkpoints, "MOST_ROWS", 50)
    monkeypatch.setattr(checkpoints, "CHUNK", 2)
    build_company(database, enrollments=200)
    write_all_checkpoints(database)
    [(changes, n_seals)] = rows(
        database,
        "SELECT (SELECT count(*) FROM enrollment_event), (SELECT count(*) FROM history_seal)",
    )
    assert n_seals == -(-changes // 50)
    assert verify_history(database).changes == changes
    for seq in (1, 50, 51, changes):
        run(database, f"UPDATE enrollment_event SET reason = reason || '!' WHERE seq = {seq}")
        assert finding(database).startswith(f"Change {seq:,}, ")
        run(
            database,
            "UPDATE enrollment_event SET reason = substr(reason, 1, length(reason) - 1)"
            f" WHERE seq = {seq}",
        )
    assert verify_history(database).changes == changes


SAVES = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.dictionaries(
            st.sampled_from(["grade", "feedback", "note", "status"]),
            st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S")), max_size=5),
            min_size=1,
        ),
        st.booleans(),
    ),
    max_size=8,
)

MUTATIONS: list[Callable[[str], str]] = [
    lambda seq: f"DELETE FROM enrollment_event WHERE seq = {seq}",
    lambda seq: f"UPDATE enrollment_event SET seq = seq + 1000 WHERE seq = {seq}",
    lambda seq: f"UPDATE enrollment_event SET at = at - 1 WHERE seq = {seq}",
    lambda seq: f"UPDATE enrollment_event SET changes = changes || ' ' WHERE seq = {seq}",
    lambda seq: f"UPDATE enrollment_event SET actor_name = 'Eve' WHERE seq = {seq}",
    lambda seq: f"UPDATE enrollment_event SET version = version + 1 WHERE seq = {seq}",
    lambda seq: (
        f"UPDATE enrollment_event SET enrollment_id = enrollment_id % 3 + 1 WHERE seq = {seq}"
    ),
]


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(saves=SAVES, data=st.data())
def test_any_saves_verify_and_any_single_mutation_is_found(
    make_database_url: Callable[[str], str],
    saves: list[tuple[int, dict, bool]],
    data: st.DataObject,
) -> None:
    database = Database(make_database_url("sqlite"))
    try:
        ids = make_new_enrollments(database)
        for index, typed, is_sealed in saves:
            if "status" in typed:
                typed = {**typed, "status": ("active", "completed")[len(typed["status"]) % 2]}
            with suppress(PortalError):
                save(database, ids[index], **typed)
            if is_sealed:
                write_all_checkpoints(database)
        # What moves into the unsealed tail as a valid history would be one: all is sealed.
        write_all_checkpoints(database)
        assert broken_links(database) == []
        [(changes,)] = rows(database, "SELECT count(*) FROM enrollment_event")
        assert verify_history(database).changes == changes
        seq = data.draw(st.integers(1, changes))
        mutation = data.draw(st.sampled_from(MUTATIONS))(str(seq))
        run(database, mutation)
        with pytest.raises(NotWhole):
            verify_history(database)
    finally:
        database.close()
