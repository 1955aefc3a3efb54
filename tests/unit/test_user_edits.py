"""Typed people, pasted emails and deadlines: what becomes of anything at all that arrives."""

from __future__ import annotations

from email.message import EmailMessage

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from enrollment_portal.domain.errors import Invalid
from enrollment_portal.domain.group_edits import read_group_fields
from enrollment_portal.domain.people import Role
from enrollment_portal.domain.user_edits import (
    PersonFields,
    changed_fields,
    normal_email,
    read_deadline,
    read_emails,
    read_person,
)

ANYTHING = st.one_of(
    st.none(), st.booleans(), st.integers(), st.text(max_size=300), st.lists(st.text(max_size=3))
)
WORDS = st.text(alphabet="abcdefghijklmnopqrstuvwxyz0123456789_+-", min_size=1, max_size=12)
EMAILS = st.builds(lambda name, host: f"{name}@{host}.example", WORDS, WORDS)


@given(
    st.dictionaries(
        st.sampled_from(["name", "email", "job_title", "department", "manager_id", "access"]),
        ANYTHING,
    ),
    st.booleans(),
    st.booleans(),
)
def test_whatever_is_typed_is_a_person_or_refused_beside_its_field(
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
    assert not needs_email or person.email
    assert person.email is None or person.email == normal_email(person.email)
    assert (person.access is not None) == has_access


def test_a_person_reads_back_as_typed() -> None:
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


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "ada",
        "@x.org",
        "ada@",
        "a b@x.org",
        "ada@x..org",
        "a@b@c.org",
        "ada@x.org\x00",
        "a<@x",
        7,
        "x" * 250 + "@x.org",
        "ada@x.org,bo@x.org",
        "\ud800@x.org",
        "ada@x.org\u202e",
    ],
)
def test_what_is_no_email_is_refused(typed: object) -> None:
    with pytest.raises(ValueError, match=r"\.$|org\.$"):
        normal_email(typed)


@given(st.lists(EMAILS, max_size=20), st.sampled_from([",", ";", "\n", " ", "\t", ",\r\n ", "; "]))
def test_pasted_emails_are_found_once_and_in_order(emails: list[str], between: str) -> None:
    found, others = read_emails(between.join(emails))
    assert found == list(dict.fromkeys(emails))
    assert others == []


@given(st.text(max_size=400))
def test_whatever_is_pasted_gives_emails_that_can_be_stored(pasted: str) -> None:
    try:
        found, others = read_emails(pasted)
    except ValueError:
        return
    assert [normal_email(email) for email in found] == found
    assert len(set(found)) == len(found)
    assert all("@" in other for other in others)


@given(st.text("aZ9.-_+@[]()\\:;,<>\"'!#%&é李", min_size=1, max_size=30))
@example("a@[")
@example("a@b:c")
@example("a\\@b")
def test_whatever_passes_can_be_written_to(typed: str) -> None:
    try:
        email = normal_email(typed)
    except ValueError:
        return
    message = EmailMessage()
    message["To"] = email
    assert len(message["To"].addresses) == 1


def test_names_beside_pasted_emails_are_left_out() -> None:
    found, others = read_emails(
        'Ada Byron <Ada@Example.org>, "Bo, Jr." <bo@example.org>;\nmailto:cem@example.org.\n'
        "Dea\tdea@example.org\tSales\nwrong@\nada@example.org"
    )
    assert found == ["ada@example.org", "bo@example.org", "cem@example.org", "dea@example.org"]
    assert others == ["wrong@"]


def test_too_many_pasted_emails_are_refused() -> None:
    with pytest.raises(ValueError, match="At most 10,000"):
        read_emails("\n".join(f"p{n}@example.org" for n in range(10_001)))


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
def test_the_changed_fields_are_those_that_differ(
    before: PersonFields, after: PersonFields
) -> None:
    changed = changed_fields(before, after)
    assert (changed == ()) == (before == after)
    assert all(getattr(before, name) != getattr(after, name) for name in changed)


@pytest.mark.parametrize(
    ("typed", "day"), [("", None), (None, None), (" ", None), ("1970-01-11", 10)]
)
def test_a_deadline_is_a_day_or_none(typed: object, day: int | None) -> None:
    assert read_deadline(typed, 10) == day


@pytest.mark.parametrize("typed", ["1970-01-10", "2200-01-01", "soon", 7, "2026-13-01", ["x"]])
def test_no_deadline_is_over_or_nonsense(typed: object) -> None:
    with pytest.raises(Invalid):
        read_deadline(typed, 10)


@given(st.dictionaries(st.sampled_from(["name", "kind", "description"]), ANYTHING))
def test_whatever_is_typed_is_a_group_or_refused_beside_its_field(typed: dict) -> None:
    try:
        group = read_group_fields(typed)
    except Invalid as refusal:
        assert set(refusal.errors) <= {"name", "kind", "description"}
        return
    assert 0 < len(group.name) <= 200
