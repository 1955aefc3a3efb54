"""Test the ledger's search, with the same results on both engines."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from enrollment_portal.domain.access.permissions import Everything
from enrollment_portal.domain.enrollment.fields import Status
from enrollment_portal.domain.ledger.ledger_query import LedgerQuery, SortKey
from enrollment_portal.domain.shared.listing import clean_search
from enrollment_portal.domain.shared.text_search import search_terms, search_text, sort_text
from enrollment_portal.domain.shared.typed_text import is_empty
from enrollment_portal.storage.shared.database import Database
from tests.builders import make_enrollment, make_learner
from tests.integration.ledger_oracle import (
    PLANS,
    Oracle,
    all_orders,
    assert_pages_are_right,
    force_plan,
    make_company,
    page_of,
)

EVERYTHING = Everything()


def _found(database: Database, typed: str) -> set[str]:
    page = page_of(database, EVERYTHING, LedgerQuery(search=clean_search(typed)), 100)
    assert sum(page.counts.values()) == len(page.rows)
    return {row.name for row in page.rows}


def _enroll(database: Database, *people: str | tuple[str, str]) -> None:
    for number, person in enumerate(people):
        name, email = person if isinstance(person, tuple) else (person, f"q{number}@q.example")
        make_enrollment(database, make_learner(database, name, email))


@pytest.mark.parametrize("plan", PLANS)
def test_a_search_has_correct_pages_in_every_sort(
    database: Database, monkeypatch: pytest.MonkeyPatch, plan: str
) -> None:
    force_plan(monkeypatch, plan)
    make_company(database)
    oracle = Oracle(database)
    for search in ("ana", "x.example ana", "b"):
        assert oracle.ids(EVERYTHING, LedgerQuery(search=search))
        for query in all_orders():
            assert_pages_are_right(database, oracle, EVERYTHING, query.searching(search), 11)


def test_a_search_finds_a_person_however_it_is_written(database: Database) -> None:
    searches = {
        "İpek Işık": ["ipek", "IPEK", "İPEK", "IŞIK", "isik", "ışık ip"],
        "Jürgen Groß": ["gross", "GROẞ", "groß", "jurgen", "Jürgen", "JÜRG"],
        "Émile Zola": ["emile", "Émile", "E\u0301MILE", "zola émi"],
        "Łukasz Søren": ["lukasz", "ŁUK", "soren lukasz"],
        "Дмитрий Иванов": ["дмитрий", "ИВАН", "и д", "ив", "митри"],
        "李小龙": ["李小龙", "小龙", "龙", "李"],
        "さくら 田中": ["さくら", "くら", "中", "田中 さくら"],
        "Ann-Marie O'Neil": ["o'neil", "O’Neil", "ann‑marie", "MARIE", "'nei", "oneil"],
        'Ulf "Uffe" Uhr': ['"uffe"', '"U', 'ffe" uhr'],
        "100% Real": ["100%", "00%", "real 100%", "10"],
        "snake_case": ["e_c", "snake_", "ke_case"],
        "back\\slash": ["k\\s", "back\\slash", "\\sla"],
        "Gus Vogt": ["v", "Vo", "gu", "vogt gus", " \tVOGT  g\u3000", "ogt gu", "g v"],
        "NEAR AND* (Not)": ["near and*", "(not)", "AND*", "and* near", "ear and"],
        "ﬁnn 𝐇olm": ["finn", "holm", "FI"],
        "박지수": ["박", "지", "수", "박지수", "지수", "ㅈ"],
        "ヤマダ": ["やまだ", "ﾔﾏﾀﾞ", "マ", "ヤマダ"],
        "Käthe Müller": ["müller", "MUELLER", "muller", "mü", "kaethe"],
        "Aase Schoening": ["åse schö", "Schöning", "schoen", "schon"],
    }
    _enroll(database, "Qqq", *searches)
    found = {typed: _found(database, typed) for name in searches for typed in searches[name]}
    assert found == {typed: {name} for name in searches for typed in searches[name]}


def test_a_search_finds_only_matching_people(database: Database) -> None:
    _enroll(database, "Ana Berg", "Qqq")
    searches = [
        *("n", "na", "er", "rg"),  # one letter and two are prefixes of words
        *("ana bergg", "anaberg", "ana qqq", "ana n"),
        *("an%", "a_a", "%", "_", "%%%", "___", "ana%", "%ana", "\\", "\\%", "\\\\\\"),
        *("'", '"', '""', '"""', "''", "';--", '"ana" OR "qqq"'),
        *("ana*", "ana OR qqq", "search:ana", "^ana", "NOT ana", "NEAR(ana berg)"),
        *("ana\x00", "\x00", "an\x00a"),
    ]
    assert {typed: _found(database, typed) for typed in searches} == {t: set() for t in searches}


def test_a_search_finds_by_email_and_by_parts_of_both(database: Database) -> None:
    _enroll(
        database,
        ("Ana Berg", "ana.berg@northwind.example"),
        ("Bo Alba", "bo.alba@northwind.example"),
        ("Cy", "cy@elsewhere.example"),
    )
    assert _found(database, "northwind") == {"Ana Berg", "Bo Alba"}
    assert _found(database, "ANA.BERG@NORTHWIND.EXAMPLE") == {"Ana Berg"}
    assert _found(database, "north alba") == {"Bo Alba"}
    assert _found(database, "al") == {"Bo Alba"}
    assert _found(database, "c") == {"Cy"}


def test_a_search_finds_a_person_as_mail_programs_write_them(database: Database) -> None:
    _enroll(database, ("Ana O’Brien", "ana@x.example"), ("Bo Alba", "bo@x.example"))
    for typed in (
        "O'Brien, Ana",
        '"O\'Brien, Ana" <ana@x.example>;',
        "Ana Oʻbrien <ana@x.example>",
        "\ufeffAna\u200b O\u2060Brien",
        "ａｎａ＠ｘ．ｅｘａｍｐｌｅ",
    ):
        assert _found(database, typed) == {"Ana O’Brien"}, typed


def test_a_search_of_blanks_is_no_search(database: Database) -> None:
    _enroll(database, "Ana Berg", "Bo Alba")
    assert _found(database, "\u200b\ufeff") == {"Ana Berg", "Bo Alba"}
    assert _found(database, " \t\u3000 ") == {"Ana Berg", "Bo Alba"}


def test_a_search_counts_what_it_finds_in_each_status(database: Database) -> None:
    learner = make_learner(database, "Ana Berg")
    make_enrollment(database, learner)
    make_enrollment(database, learner, status=1)
    make_enrollment(database, learner, status=1)
    make_enrollment(database, status=2)
    page = page_of(database, EVERYTHING, LedgerQuery(search="berg", sort=SortKey.COURSE), 1)
    assert page.counts == {Status.ACTIVE: 1, Status.COMPLETED: 2, Status.CANCELLED: 0}


def test_a_search_follows_a_new_name(database: Database) -> None:
    learner = make_learner(database, "Ana Berg")
    make_enrollment(database, learner)
    with database.write() as session:
        session.execute(
            text("UPDATE learner SET name = :n, sort_name = :o, search = :s WHERE id = :id"),
            {
                "n": "Ana Stone",
                "o": sort_text("Ana Stone"),
                "s": search_text("Ana Stone", None),
                "id": learner,
            },
        )
    assert _found(database, "berg") == set()
    assert _found(database, "ana sto") == {"Ana Stone"}


_LETTERS = st.sampled_from("aAnNbeÉßüøİıłЙй李龙박지ヤ%_\\'’\"@.,-–<\u200b \t*")
_NAMES = st.text(_LETTERS, min_size=1, max_size=8).filter(lambda name: not is_empty(name))


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    names=st.lists(_NAMES, min_size=1, max_size=6),
    searches=st.lists(st.text(_LETTERS, max_size=9) | st.text(max_size=5), min_size=4, max_size=8),
)
def test_any_search_finds_exactly_the_matching_people(
    database: Database, names: list[str], searches: list[str]
) -> None:
    with database.write() as session:
        session.execute(text("DELETE FROM enrollment"))
        session.execute(text("DELETE FROM learner"))
    _enroll(database, *names)
    for typed in [*searches, *(name[1:] for name in names)]:
        terms = search_terms(clean_search(typed))
        expected = {
            name
            for number, name in enumerate(names)
            if terms is not None
            and all(term in search_text(name, f"q{number}@q.example") for term in terms)
        }
        assert _found(database, typed) == expected, (typed, names)
