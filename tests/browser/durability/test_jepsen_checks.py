"""Test the checks of the run of many writers: each test breaks a correct record."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.browser.durability.jepsen.checks import Problem, check, report
from tests.browser.durability.jepsen.story import Operation, Outcome, Recorded, Row, Story

MAYA, OLA = "Maya", "Ola"
BLANK = {"status": 0, "deadline": None, "grade": None, "feedback": "", "note": ""}


@pytest.fixture
def story() -> Story:
    """Maya grades, Ola's save is refused, his next goes through, Maya's last is not answered."""
    return Story(
        before={1: Row(7, 8, 1, BLANK), 2: Row(7, 8, 1, {**BLANK, "status": 2})},
        operations=[
            Operation("m1", MAYA, 1, 1, {"grade": "A"}, Outcome.ACKNOWLEDGED, 2),
            Operation("o1", OLA, 1, 1, {"grade": "B"}, Outcome.CONFLICT),
            Operation("o2", OLA, 1, 1, {"feedback": "f"}, Outcome.ACKNOWLEDGED, 3),
            Operation("o3", OLA, 2, 1, {"status": 0}, Outcome.REFUSED),
            Operation("m2", MAYA, 1, 3, {"grade": "C", "feedback": "g"}, Outcome.UNKNOWN),
            Operation("m3", MAYA, 1, 3, {"status": 1}, Outcome.UNKNOWN),
        ],
        after={
            1: Row(7, 8, 4, {**BLANK, "grade": "C", "feedback": "g"}),
            2: Row(7, 8, 1, {**BLANK, "status": 2}),
        },
        history={
            1: [
                Recorded(1, 1, "Chief", "began", {}, ""),
                Recorded(3, 2, MAYA, "changed", {"grade": [None, "A"]}, "m1", "k1"),
                Recorded(4, 3, OLA, "changed", {"feedback": ["", "f"]}, "o2", "k2"),
                Recorded(
                    5, 4, MAYA, "changed", {"grade": ["A", "C"], "feedback": ["f", "g"]}, "m2"
                ),
            ],
            2: [Recorded(2, 1, "Chief", "began", {}, "")],
        },
    )


def found(story: Story) -> list[str]:
    return [problem.what for problem in check(story)]


def test_a_correct_record_has_no_problem(story: Story) -> None:
    assert check(story) == []


def test_an_acknowledged_write_that_is_lost_is_found(story: Story) -> None:
    del story.history[1][1]
    assert "m1 was acknowledged and is lost" in found(story)


def test_the_last_acknowledged_write_that_is_lost_is_found(story: Story) -> None:
    story.operations[4].outcome, story.operations[4].version = Outcome.ACKNOWLEDGED, 4
    del story.history[1][-1]
    story.after[1] = Row(7, 8, 3, {**BLANK, "grade": "A", "feedback": "f"})
    assert found(story) == ["m2 was acknowledged and is lost"]


class TestAlreadySet:
    """Ola saves a value that Maya has already set: acknowledged without a new version."""

    def test_is_correct(self, story: Story) -> None:
        story.operations.append(already_set := Operation("o4", OLA, 1, 1, {"grade": "A"}))
        already_set.outcome, already_set.version = Outcome.ACKNOWLEDGED, 2
        assert found(story) == []
        already_set.version = None  # sent again, it says no version
        assert found(story) == []

    @pytest.mark.parametrize(
        ("base", "wanted", "version"),
        [
            (1, {"grade": "B"}, 2),  # it held another value
            (1, {"grade": "A"}, 4),  # it does not hold that any more
            (2, {"grade": "A"}, 3),  # he had seen that it did
            (1, {"grade": "A", "note": "n"}, 2),  # only some of it was so
        ],
    )
    def test_is_a_problem_if_it_was_not_already_set(
        self, story: Story, base: int, wanted: dict[str, str], version: int
    ) -> None:
        lost = Operation("o4", OLA, 1, base, wanted, Outcome.ACKNOWLEDGED, version)
        story.operations.append(lost)
        assert found(story) == ["o4 was acknowledged and is lost"]

    def test_is_correct_for_some_of_the_fields(self, story: Story) -> None:
        story.operations[2].wanted["grade"] = "A"
        assert found(story) == []

    def test_is_a_problem_for_some_of_the_fields(self, story: Story) -> None:
        story.operations[2].wanted["grade"] = "B"
        assert found(story) == [
            "o2 asked for {'feedback': 'f', 'grade': 'B'}, made {'feedback': 'f'}"
        ]


def test_a_write_that_was_done_twice_is_found(story: Story) -> None:
    again = replace(story.history[1][-1], seq=6, version=5, changes={})
    story.history[1].append(again)
    assert "m2 is in history 2 times" in found(story)


def test_an_idempotency_key_that_was_used_twice_is_found(story: Story) -> None:
    story.history[1][2] = replace(story.history[1][2], save_key="k1")
    assert found(story) == ["the save k1 was done 2 times"] * 2


@pytest.mark.parametrize("versions", [(1, 2, 4, 5), (1, 2, 2, 4), (2, 3, 4, 5), (1, 3, 2, 4)])
def test_missing_repeated_and_unordered_versions_are_found(
    story: Story, versions: tuple[int, ...]
) -> None:
    pairs = zip(story.history[1], versions, strict=True)
    story.history[1] = [replace(event, version=version) for event, version in pairs]
    assert f"versions {list(versions)} in history, 4 stored" in found(story)


def test_a_stored_version_without_history_is_found(story: Story) -> None:
    story.after[1] = replace(story.after[1], version=5)
    assert found(story) == ["versions [1, 2, 3, 4] in history, 5 stored"]


@pytest.mark.parametrize("name", list(BLANK))
def test_a_stored_value_that_differs_from_history_is_found(story: Story, name: str) -> None:
    stored = story.after[1]
    story.after[1] = replace(stored, values={**stored.values, name: 9})
    ends = {"grade": "C", "feedback": "g"}.get(name, BLANK[name])
    assert found(story) == [f"{name} is 9; its history ends with {ends!r}"]


def test_a_change_with_a_wrong_previous_value_is_found(story: Story) -> None:
    changes = {"grade": [None, "C"], "feedback": ["f", "g"]}
    story.history[1][-1] = replace(story.history[1][-1], changes=changes)
    assert found(story) == ["version 4 changes grade from None, which was 'A'"]


@pytest.mark.parametrize("number", [1, 3])
def test_a_refused_or_conflicting_write_that_was_done_is_found(story: Story, number: int) -> None:
    op = story.operations[number]
    story.history[1][-1] = replace(story.history[1][-1], reason=op.name)
    story.history[op.enrollment] = [*story.history[1]]
    assert f"{op.name} was {op.outcome} and is in history" in found(story)


def test_a_change_without_an_operation_is_found(story: Story) -> None:
    story.history[1][-1] = replace(story.history[1][-1], reason="")
    assert found(story) == ["nobody asked for version 4"]


def test_a_change_of_another_enrollment_is_found(story: Story) -> None:
    story.operations[4].enrollment = 2
    assert found(story) == ["nobody asked for version 4"]


def test_other_values_than_requested_are_found(story: Story) -> None:
    story.operations[4].wanted = {"grade": "C"}
    assert found(story) == ["m2 asked for {'grade': 'C'}, made {'grade': 'C', 'feedback': 'g'}"]


def test_another_author_is_found(story: Story) -> None:
    story.history[1][1] = replace(story.history[1][1], author=OLA)
    assert found(story) == ["m1 is by Maya, and stands as Ola's"]


def test_another_version_than_answered_is_found(story: Story) -> None:
    story.operations[2].version = 4
    assert found(story) == ["o2 was told version 4, made 3"]


def test_an_overwritten_unseen_value_is_found(story: Story) -> None:
    story.operations[4].base = 2
    assert found(story) == ["m2, from version 2, wrote over feedback of version 3 unseen"]


@pytest.fixture
def undone(story: Story) -> Story:
    """Ola has undone Maya's first grade and redone it, before she wrote the next one."""
    grade, feedback = story.history[1][1:3]
    back = replace(grade, seq=6, version=3, author=OLA, changes={"grade": ["A", None]})
    again = replace(grade, seq=7, version=4, author=OLA)
    last = replace(grade, seq=8, version=5, author=OLA, changes={"grade": ["A", None]})
    story.history[1][2:] = [
        replace(back, reason="Undid it", save_key="o4.3", undoes=3),
        replace(again, reason="Redid it", save_key="o5.6", undoes=6),
        replace(last, reason="Undid it", save_key="o6.3", undoes=3),
        replace(feedback, seq=9, version=6),
    ]
    story.operations[2:] = [
        Operation("o4", OLA, 1, 2, {}, Outcome.ACKNOWLEDGED, undoes=3),
        Operation("o5", OLA, 1, 2, {}, Outcome.ACKNOWLEDGED, undoes=6),
        Operation("o6", OLA, 1, 2, {}, Outcome.UNKNOWN, undoes=3),
        Operation("o2", OLA, 1, 1, {"feedback": "f"}, Outcome.ACKNOWLEDGED, 6),
    ]
    story.after[1] = Row(7, 8, 6, {**BLANK, "feedback": "f"})
    return story


def test_correctly_undone_changes_have_no_problem(undone: Story) -> None:
    assert found(undone) == []


def test_an_undo_of_another_change_than_requested_is_found(undone: Story) -> None:
    undone.operations[2].undoes = 9
    assert "o4 takes back 9, stands as 3" in found(undone)


def test_an_undo_to_a_wrong_value_is_found(undone: Story) -> None:
    undone.history[1][4] = replace(undone.history[1][4], changes={"grade": ["A", "B"]})
    undone.after[1] = Row(7, 8, 6, {**BLANK, "feedback": "f", "grade": "B"})
    assert found(undone) == ["o6 asked for {'grade': None}, made {'grade': 'B'}"]


def test_an_acknowledged_undo_that_is_lost_is_found(undone: Story) -> None:
    undone.operations[2].name = "o9"
    assert found(undone) == ["o9 was acknowledged and is lost", "nobody asked for version 3"]


def test_an_undo_of_an_undone_change_is_found(undone: Story) -> None:
    undone.history[1][3] = replace(undone.history[1][3], undoes=None, reason="m4")
    undone.operations[3] = Operation("m4", OLA, 1, 3, {"grade": "A"}, Outcome.UNKNOWN)
    assert found(undone) == ["version 5 takes back 3 with 2", "version 5 takes back 4 with 2"]


def test_a_change_that_was_undone_redone_and_undone_again_prevents_no_undo() -> None:
    ours, back = {"grade": [None, "A"]}, {"grade": ["A", None]}
    theirs, away = {"grade": ["A", "B"]}, {"grade": ["B", "A"]}
    changes = [(ours, None), (theirs, None), (away, 3), (theirs, 4), (away, 3), (back, 2)]
    story = Story(
        before={1: Row(7, 8, 1, BLANK)},
        operations=[
            Operation("o", OLA, 1, 1, {"grade": "A"}),
            Operation("t", OLA, 1, 2, {"grade": "B"}),
            *(
                Operation(f"u{seq}", OLA, 1, 1, {}, undoes=changes[seq - 2][1])
                for seq in range(4, 8)
            ),
        ],
        after={1: Row(7, 8, 7, BLANK)},
        history={
            1: [Recorded(1, 1, "Chief", "began", {}, "")]
            + [
                Recorded(seq, seq, OLA, "changed", change, name, name, undoes)
                for seq, (change, undoes) in enumerate(changes, 2)
                for name in ({2: "o", 3: "t"}.get(seq, f"u{seq}"),)
            ]
        },
    )
    assert found(story) == []


def test_an_undo_of_another_enrollment_is_found(undone: Story) -> None:
    undone.history[1][4] = replace(undone.history[1][4], undoes=2)
    undone.operations[4].undoes = 2
    assert "version 5 undoes row 2 of another" in found(undone)


def test_two_active_enrollments_of_one_learner_in_one_course_are_found(story: Story) -> None:
    story.before[2] = story.after[2] = Row(7, 8, 1, BLANK)
    assert check(story) == [Problem(2, "active in the same course as 1")]


def test_an_added_or_removed_enrollment_is_found(story: Story) -> None:
    story.after[3], story.history[3] = story.after[2], story.history[2]
    del story.after[2]
    assert {"it is gone", "the enrollment is new"} <= set(found(story))


def test_the_report_lists_the_operations_of_wrong_enrollments_in_order(story: Story) -> None:
    del story.history[1][1]
    lines = report(story, check(story)).splitlines()
    assert "Enrollment 1" in lines
    assert "Enrollment 2" not in lines
    assert "  WRONG: m1 was acknowledged and is lost" in lines
    asked = [line.split()[0] for line in lines if " on version " in line]
    assert asked == ["m1", "o1", "o2", "m2", "m3"]
    assert [line.split(":")[0].strip() for line in lines if ": version " in line][-3:] == list(
        "145"
    )
