"""Test the three-way merge: no edit is lost, and each conflict is found."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from enrollment_portal.domain.enrollment.merge import merge

NAMES = ("a", "b", "c")
values = st.fixed_dictionaries({name: st.integers(0, 2) for name in NAMES})


@given(base=values, theirs=values, mine=values)
def test_changes_of_different_fields_are_merged(
    base: dict[str, int], theirs: dict[str, int], mine: dict[str, int]
) -> None:
    merged = merge(base, theirs, mine)
    result = {**theirs, **merged.changes}
    for name in NAMES:
        if mine[name] == base[name]:
            assert result[name] == theirs[name]
            assert name not in merged.changes
        else:
            assert result[name] == mine[name]
        is_conflict = len({base[name], theirs[name], mine[name]}) == 3
        assert (name in merged.conflicts) == is_conflict
        agrees = mine[name] == theirs[name] != base[name]
        assert (name in merged.already_set) == agrees
        assert (name in merged.theirs) == (mine[name] == base[name] != theirs[name])


@given(base=values, mine=values)
def test_without_other_changes_an_edit_writes_its_fields(
    base: dict[str, int], mine: dict[str, int]
) -> None:
    merged = merge(base, base, mine)
    assert merged.changes == {n: v for n, v in mine.items() if v != base[n]}
    assert not merged.conflicts
    assert not merged.already_set


def test_fields_that_are_not_sent_are_unchanged() -> None:
    assert merge({"a": 1, "b": 2}, {"a": 1, "b": 3}, {"a": 4}).changes == {"a": 4}


def test_a_field_that_others_changed_and_changed_back_is_a_conflict() -> None:
    merged = merge({"a": 1, "b": 1}, {"a": 1, "b": 1}, {"a": 2}, changed={"a", "b"})
    assert (merged.conflicts, merged.theirs) == ({"a"}, {"b"})


def test_fields_without_a_base_value_are_ignored() -> None:
    merged = merge({"a": 1}, {"a": 1, "b": 3}, {"a": 2})
    assert (merged.changes, merged.theirs) == ({"a": 2}, frozenset())
