"""Test views: the product's, who sees and changes one, the form, and the address."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrollment_portal.domain.access.permissions import ledger_filters
from enrollment_portal.domain.ledger.filters import Filters, Flag
from enrollment_portal.domain.ledger.ledger_query import Kind, LedgerQuery, SortKey, Tab
from enrollment_portal.domain.people.people import NO_SECTIONS, Actor, Role, Section
from enrollment_portal.domain.shared.errors import Invalid
from enrollment_portal.domain.shared.listing import Place
from enrollment_portal.domain.shared.messages import REQUIRED, UNSTORABLE, too_long
from enrollment_portal.domain.views import messages
from enrollment_portal.domain.views.addresses import ALL, has_query, search_of
from enrollment_portal.domain.views.view_fields import ViewFields, read_view_fields
from enrollment_portal.domain.views.views import (
    NAME_LENGTH,
    PRODUCT_VIEWS,
    Audience,
    View,
    may_change_view,
    may_see_view,
    query_of_text,
    read_view_key,
    text_of_query,
)


def _actor(account: int, role: Role, sections: Section = NO_SECTIONS) -> Actor:
    return Actor(account, "Pat", "pat@northwind.example", role, sections)


EVERYBODY = {
    "super": _actor(1, Role.SUPER_ADMIN),
    "owner": _actor(2, Role.ADMIN, Section.LEARNING),
    "admin": _actor(3, Role.ADMIN, Section.LEARNING),
    "people": _actor(4, Role.ADMIN, Section.PEOPLE),
    "teacher": _actor(5, Role.INSTRUCTOR),
    "lead": _actor(6, Role.GROUP_LEAD),
    "learner": _actor(7, Role.LEARNER),
}
NOTES = LedgerQuery(filters=Filters(flags=(Flag.NOTE,)))


def _who(right: Any, view: View) -> str:
    return " ".join(name for name, actor in EVERYBODY.items() if right(actor, view))


@pytest.mark.parametrize(
    ("audience", "seen", "changed"),
    [
        (Audience.NOBODY, "owner", "owner"),
        (Audience.ADMINS, "super owner admin", "super owner"),
        (Audience.INSTRUCTORS, "super owner teacher", "super owner"),
        (Audience.LEADS, "super owner lead", "super owner"),
    ],
)
def test_who_sees_and_who_changes_a_view(audience: Audience, seen: str, changed: str) -> None:
    view = View("9", "Late", NOTES, audience=audience, owner_id=2)
    assert _who(may_see_view, view) == seen
    assert _who(may_change_view, view) == changed


def test_an_owner_who_may_no_longer_share_changes_only_their_private_views() -> None:
    view = View("9", "Late", NOTES, owner_id=6)
    assert may_change_view(EVERYBODY["lead"], view)
    assert not may_change_view(EVERYBODY["lead"], replace(view, audience=Audience.LEADS))


def test_the_products_views_are_for_everybody_with_a_ledger_and_stay() -> None:
    for view in PRODUCT_VIEWS.values():
        assert _who(may_see_view, view) == "super owner admin teacher lead"
        assert _who(may_change_view, view) == ""
        # Nobody's ledger lacks one of their filters.
        for name in ("owner", "teacher", "lead"):
            assert set(view.query.filters.names) <= ledger_filters(EVERYBODY[name])
    assert [view.name for view in PRODUCT_VIEWS.values()] == [
        "Overdue",
        "Due this week",
        "Stuck",
        "Awaiting grade",
        "Completed this month",
        "Set by hand",
    ]


@pytest.mark.parametrize(
    ("value", "key"),
    [
        ("12", "12"),
        ("012", "12"),
        ("overdue", "overdue"),
        *((bad, "") for bad in ("all", "", "x", "-1", "1.5", "\x00", "9" * 40, None, 12, [], {})),
    ],
)
def test_a_key_from_outside(value: object, key: str) -> None:
    assert read_view_key(value) == key


def test_names_differ_by_more_than_case_and_accents() -> None:
    assert ViewFields("Späte  Fälle", Audience.NOBODY).name_key == "spate falle"
    assert ViewFields("★", Audience.NOBODY).name_key


@pytest.mark.parametrize(
    ("typed", "may_share", "errors"),
    [
        ({"name": ""}, True, {"name": REQUIRED}),
        ({"name": " \u200b\u2060 "}, True, {"name": REQUIRED}),
        ({"name": "x" * 81}, True, {"name": too_long(81, limit=NAME_LENGTH)}),
        ({"name": "a\ud800"}, True, {"name": UNSTORABLE}),
        ({"name": "OVERDUÉ"}, True, {"name": messages.NAME_OF_PRODUCT}),
        ({"name": "Late", "audience": "all"}, True, {"audience": messages.CHOOSE_AUDIENCE}),
        ({"name": "Late", "audience": []}, True, {"audience": messages.CHOOSE_AUDIENCE}),
        ({"name": "Late", "audience": "leads"}, False, {"audience": messages.ONLY_ADMINS_SHARE}),
    ],
)
def test_what_a_form_refuses(typed: Any, may_share: bool, errors: dict[str, str]) -> None:
    with pytest.raises(Invalid) as refused:
        read_view_fields(typed, may_share=may_share)
    assert refused.value.errors == errors


def test_a_name_is_stored_on_one_line() -> None:
    fields = read_view_fields({"name": " Late \n 李 ", "audience": "leads"}, may_share=True)
    assert fields == ViewFields("Late 李", Audience.LEADS)


QUERIES = st.builds(
    LedgerQuery,
    tab=st.sampled_from(Tab),
    sort=st.sampled_from(SortKey),
    descending=st.booleans(),
    kind=st.sampled_from(Kind),
    search=st.sampled_from(["", "ana & bo=1", "view=3"]),
    only_requests=st.booleans(),
    filters=st.sampled_from([Filters(), NOTES.filters, Filters(departments=("R&D",))]),
)


@given(QUERIES)
def test_a_view_keeps_its_query_and_no_place(query: LedgerQuery) -> None:
    assert query_of_text(text_of_query(query.at(Place("last")))) == query


@given(QUERIES, st.sampled_from(["", "12", "overdue"]), st.sampled_from([None, Place("last")]))
def test_an_address_opens_what_is_shown(query: LedgerQuery, key: str, place: Any) -> None:
    """A view that was changed names what is shown in full; one as it was saved, only the view."""
    query = query.at(place)
    params = dict(parse_qsl(search_of(key, query, is_as_saved=False)))
    assert params.get("view", "") == key
    assert LedgerQuery.parse(params) == query
    assert has_query(params) == (bool(key) or query != LedgerQuery())
    if key:
        assert search_of(key, query, is_as_saved=True) == f"view={key}"


def test_the_plain_ledger_has_an_address_beside_a_default() -> None:
    assert search_of(ALL, LedgerQuery(), is_as_saved=False) == "view=all"
    assert search_of(ALL, LedgerQuery(tab=Tab.ACTIVE), is_as_saved=False) == "tab=active"
    assert not has_query({"view": "all"})
