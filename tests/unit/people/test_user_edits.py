"""Test validating forms of people, pasted emails and deadlines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrollment_portal.domain.people.group_edits import read_group_fields
from enrollment_portal.domain.people.people import Role
from enrollment_portal.domain.people.user_edits import (
    PersonFields,
    changed_fields,
    read_deadline,
    read_person,
)
from enrollment_portal.domain.shared.emails import read_email
from enrollment_portal.domain.shared.errors import Invalid
from enrollment_portal.domain.shared.typed_text import is_empty

ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.text(max_size=300),
    st.text("\u200b\ufeff\u2060\u2800\u3164\ud800 @a", max_size=5),
    st.lists(st.text(max_size=3)),
)


@given(
    st.dictionaries(
        st.sampled_from(["name", "email", "job_title", "department", "manager_id", "access"]),
        ANYTHING,
    ),
    st.booleans(),
    st.booleans(),
)
def test_any_input_is_a_valid_person_or_refused_beside_its_field(
    typed: dict[str, object], needs_email: bool, has_access: bool
) -> None:
    try:
        person = read_person(typed, needs_email=needs_email, has_access=has_access)
    except Invalid as refusal:
        assert refusal.errors
        assert set(refusal.errors) <= set(PersonFields.__dataclass_fields__)
        assert all(
            sentence.endswith((".", "@example.org.")) for sentence in refusal.errors.values()
        )
        return
    assert 0 < len(person.name) <= 200
    assert person.name == " ".join(person.name.split())
    assert not is_empty(person.name)
    assert not needs_email or person.email
    assert person.email is None or person.email == read_email(person.email)
    assert (person.access is not None) == has_access


def test_valid_input_is_read_unchanged() -> None:
    person = read_person(
        {
            "name": "  Ada   Byron ",
            "email": " Ada@Example.ORG ",
            "job_title": "Analyst",
            "department": "",
            "manager_id": "7",
            "access": "group_lead",
        },
        needs_email=True,
        has_access=True,
    )
    assert person == PersonFields("Ada Byron", "ada@example.org", "Analyst", "", 7, Role.GROUP_LEAD)


PEOPLE = st.builds(
    PersonFields,
    st.sampled_from(["Ada", "Bo"]),
    st.sampled_from([None, "a@x", "b@x"]),
    st.sampled_from(["", "Analyst"]),
    st.sampled_from(["", "Sales"]),
    st.sampled_from([None, 1, 2]),
    st.sampled_from([None, Role.LEARNER, Role.ADMIN]),
)


@given(PEOPLE, PEOPLE)
def test_only_differing_fields_count_as_changed(before: PersonFields, after: PersonFields) -> None:
    changed = changed_fields(before, after)
    assert (changed == ()) == (before == after)
    assert all(getattr(before, name) != getattr(after, name) for name in changed)


@pytest.mark.parametrize(
    ("typed", "day"), [("", None), (None, None), (" ", None), ("1970-01-11", 10)]
)
def test_a_deadline_is_a_date_or_none(typed: object, day: int | None) -> None:
    assert read_deadline(typed, 10) == day


@pytest.mark.parametrize("typed", ["1970-01-10", "2200-01-01", "soon", 7, "2026-13-01", ["x"]])
def test_a_past_or_invalid_deadline_is_refused(typed: object) -> None:
    with pytest.raises(Invalid):
        read_deadline(typed, 10)


@given(st.dictionaries(st.sampled_from(["name", "kind", "description"]), ANYTHING))
def test_any_input_is_a_valid_group_or_refused_beside_its_field(typed: dict) -> None:
    try:
        group = read_group_fields(typed)
    except Invalid as refusal:
        assert set(refusal.errors) <= {"name", "kind", "description"}
        return
    assert 0 < len(group.name) <= 200
    assert not is_empty(group.name)
