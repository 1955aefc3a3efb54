"""Test that all forms of a scope in SQL agree: conditions, lists, and the view."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import Session, select

from enrollment_portal.domain.access.permissions import Everything, Led, Scope, Taught
from enrollment_portal.storage.ledger.engines import engine_of, fetch
from enrollment_portal.storage.shared import scopes
from enrollment_portal.storage.shared.database import Database
from enrollment_portal.storage.shared.scopes import (
    rows_within,
    scope_contains_course,
    scope_contains_learner,
)
from enrollment_portal.storage.shared.tables import Enrollment, Learner, table_of
from tests.builders import make_account, make_learner
from tests.integration.ledger_oracle import Fact, Oracle, make_company

_e, _l = table_of(Enrollment).c, table_of(Learner).c


def _ids(session: Session, sql: str, account: int) -> set[int]:
    rows = fetch(session, engine_of(session).sql(sql), {"account": account})
    return {row[0] for row in rows}


def _accounts(session: Session) -> Sequence[int]:
    return session.execute(text("SELECT id FROM account ORDER BY id")).scalars().all()


def _make_leads(database: Database) -> None:
    """Add people who lead by a group, by being the manager, by both, and nobody."""
    company = make_company(database, 40)
    manager, other = make_learner(database, "Mara"), make_learner(database, "Milo")
    with database.write() as session:
        for of, who in ((manager, company.learners[:5]), (other, company.learners[5:8])):
            for learner in who:
                session.execute(
                    text("UPDATE learner SET manager_id = :of WHERE id = :learner"),
                    {"of": of, "learner": learner},
                )
    make_account(database, learner_id=manager)
    make_account(database, learner_id=other, leads=tuple(company.learners[6:12]))
    make_account(database)


def test_all_forms_of_led_learners_agree(database: Database) -> None:
    _make_leads(database)
    with database.read() as session:
        everybody = set(session.exec(select(_l.id)))
        led = {}
        for account in _accounts(session):
            led[account] = set(
                session.execute(
                    text("SELECT learner_id FROM learner_lead WHERE account_id = :id"),
                    {"id": account},
                ).scalars()
            )
            assert _ids(session, scopes.LED_LEARNERS, account) == led[account]
            assert scopes.led_by(session, account, everybody) == led[account]
            held = {one for one in everybody if scope_contains_learner(session, Led(account), one)}
            assert held == led[account]
        assert len({frozenset(who) for who in led.values()}) > 4, "some by either way, some by both"
        assert scopes.led_by(session, max(led, key=lambda one: len(led[one])), []) == set()


def test_all_forms_of_taught_courses_agree(database: Database) -> None:
    company = make_company(database, 40)
    with database.read() as session:
        for account in _accounts(session):
            taught = scopes.taught_by(session, account)
            assert _ids(session, scopes.TAUGHT_COURSES, account) == taught
            courses = [*company.courses, *company.paths]
            held = {one for one in courses if scope_contains_course(session, Taught(account), one)}
            assert held == taught
        assert len(scopes.taught_by(session, company.teacher.account_id)) == 3


def test_the_condition_and_the_filtered_rows_agree(database: Database) -> None:
    company = make_company(database)
    oracle = Oracle(database)
    facts = oracle.facts
    seen: list[set[int]] = []
    with database.read() as session:
        for scope in (Everything(), company.teacher, company.lead):
            condition = scopes.within(
                type(scope),
                course_id=_e.course_id,
                learner_id=_e.learner_id,
                manager_id=_l.manager_id,
            )
            statement: Any = select(_e.id).join(_l.id.table, _l.id == _e.learner_id)
            rows = session.exec(statement.where(condition), params=scopes.scope_values(scope))
            seen.append(set(rows))
            assert seen[-1] == {fact.id for fact in rows_within(session, scope, facts)}
            assert seen[-1] == {fact.id for fact in facts if _is_in(oracle, scope, fact)}
    assert len(facts) == len(seen[0]) > max(map(len, seen[1:])) >= min(map(len, seen[1:])) > 0


def _is_in(oracle: Oracle, scope: Scope, fact: Fact) -> bool:
    match scope:
        case Everything():
            return True
        case Taught(account):
            return (account, fact.course_id) in oracle.taught
        case Led(account):
            return (account, fact.learner_id) in oracle.led


@pytest.mark.parametrize("scope", [Everything(), Taught(1), Led(1)])
def test_unknown_ids_are_in_no_scope(database: Database, scope: Scope) -> None:
    with database.read() as session:
        assert not scope_contains_course(session, scope, 10**9)
        assert not scope_contains_learner(session, scope, 10**9)
        assert rows_within(session, scope, []) == []


def test_a_scope_of_one_kind_contains_no_whole_record_of_the_other(database: Database) -> None:
    """A lead sees no course completely, an instructor no learner."""
    company = make_company(database, 40)
    with database.read() as session:
        assert not any(scope_contains_course(session, company.lead, one) for one in company.courses)
        assert not any(
            scope_contains_learner(session, company.teacher, one) for one in company.learners
        )
