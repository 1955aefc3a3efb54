"""Test that filters show nobody what their ledger does not have, and what chips are named."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from enrollment_portal.domain.access.permissions import ledger_scope
from enrollment_portal.domain.ledger.filter_chips import FilterNames
from enrollment_portal.domain.ledger.filters import Filters, Flag
from enrollment_portal.domain.ledger.ledger_query import LedgerQuery
from enrollment_portal.domain.people.people import Actor, Role, Section
from enrollment_portal.services.ledger.exporting import export_ledger
from enrollment_portal.services.ledger.filter_values import filter_names
from enrollment_portal.services.ledger.ledger import (
    as_seen_by,
    count_ledger,
    count_rows,
    passing,
    read_ledger,
    read_rows,
)
from enrollment_portal.services.ledger.neighbours import read_neighbours
from enrollment_portal.storage.shared.database import Database
from tests.builders import (
    make_account,
    make_course,
    make_enrollment,
    make_group,
    make_learner,
    make_organization,
    make_path,
)

NOTED = LedgerQuery(filters=Filters(flags=(Flag.NOTE,)))
PLAIN = LedgerQuery()
UTC = ZoneInfo("UTC")


class TestRights:
    @pytest.fixture(autouse=True)
    def _company(self, database: Database) -> None:
        make_organization(database)
        self.mine, self.other = make_course(database, "Mine"), make_course(database, "Other")
        self.path = make_path(database, "Path", (self.mine,))
        self.boss = make_learner(database, "Boss")
        self.led = make_learner(database, "Led", manager_id=self.boss)
        self.alone = make_learner(database, "Alone", manager_id=self.boss)
        self.noted = make_enrollment(database, self.led, self.mine, internal_note="Called twice")
        self.plain = make_enrollment(database, self.led, self.other)
        self.hidden = make_enrollment(database, self.alone, self.other, internal_note="x")
        teacher = make_account(database, Role.INSTRUCTOR, teaches=(self.mine,))
        lead = make_account(database, Role.GROUP_LEAD, leads=(self.led,))
        admin = make_account(database, Role.ADMIN, sections=Section.LEARNING)
        self.group = make_group(database, "Board", members=(self.led, self.alone))
        self.teacher = Actor(teacher, "Tove", "", Role.INSTRUCTOR)
        self.lead = Actor(lead, "Lena", "", Role.GROUP_LEAD)
        self.admin = Actor(admin, "Dana", "", Role.ADMIN, Section.LEARNING)

    def seen(self, database: Database, actor: Actor, query: LedgerQuery) -> set[int]:
        page = read_ledger(database, actor, query)
        assert page.total == len(page.rows)
        assert count_rows(database, actor, query) == page.counts
        return {row.id for row in page.rows}

    def exported(self, database: Database, actor: Actor, query: LedgerQuery) -> bytes:
        export = export_ledger(database, actor, query, UTC, lambda: actor)
        try:
            return b"".join(iter(export.read, b""))
        finally:
            export.close()

    def test_admins_and_instructors_filter_by_notes_in_their_ledgers(
        self, database: Database
    ) -> None:
        assert self.seen(database, self.admin, NOTED) == {self.noted, self.hidden}
        assert self.seen(database, self.teacher, NOTED) == {self.noted}
        query = LedgerQuery(filters=Filters(flags=(Flag.NOTE,), courses=(self.other,)))
        assert self.seen(database, self.teacher, query) == set()

    def test_who_may_not_read_notes_cannot_tell_which_enrollments_have_one(
        self, database: Database
    ) -> None:
        assert as_seen_by(self.lead, NOTED) == PLAIN
        assert self.seen(database, self.lead, NOTED) == {self.noted, self.plain}
        assert self.exported(database, self.lead, NOTED) == self.exported(
            database, self.lead, PLAIN
        )
        for one in (self.noted, self.plain):
            assert read_neighbours(database, self.lead, one, NOTED) == read_neighbours(
                database, self.lead, one, PLAIN
            )
        with_note, without = (
            read_rows(database, self.lead, query, [self.noted]) for query in (NOTED, PLAIN)
        )
        assert with_note == without
        assert filter_names(database, self.lead, NOTED) == FilterNames()
        assert logged_details(database) == ["2 rows", "2 rows"]

    def test_the_access_log_has_filters_without_their_values(self, database: Database) -> None:
        filters = Filters(departments=("Secret works",), flags=(Flag.NOTE,))
        self.exported(database, self.admin, LedgerQuery(filters=filters))
        (detail,) = logged_details(database)
        assert detail == "0 rows, filter Department, filter Has internal note"

    def test_filters_never_widen_a_scope(self, database: Database) -> None:
        of_everything = Filters(courses=(self.mine, self.other), departments=("",), path=self.path)
        for name, actor, mine in (
            ("courses", self.teacher, {self.noted}),
            ("courses", self.lead, {self.noted, self.plain}),
            ("path", self.lead, {self.noted}),
        ):
            text = of_everything.params()[name]
            query = LedgerQuery(filters=Filters().with_text(name, text))
            assert self.seen(database, actor, query) == mine
        # Filters that a ledger does not have are left out.
        for actor, filters in (
            (self.teacher, Filters(group=self.group)),
            (self.teacher, Filters(manager=self.boss)),
            (self.teacher, Filters(path=self.path)),
            (self.lead, Filters(instructor=self.teacher.account_id)),
        ):
            assert self.seen(database, actor, LedgerQuery(filters=filters)) == self.seen(
                database, actor, PLAIN
            )
        # A lead learns nothing of groups and managers that they do not know.
        for filters in (Filters(group=self.group), Filters(manager=self.boss)):
            assert self.seen(database, self.lead, LedgerQuery(filters=filters)) == set()
            assert len(self.seen(database, self.admin, LedgerQuery(filters=filters))) == 3

    def test_chips_name_only_records_that_exist_for_the_viewer(self, database: Database) -> None:
        filters = Filters(
            courses=(self.mine, self.other, 9_999),
            path=self.path,
            group=self.group,
            instructor=self.teacher.account_id,
            manager=self.boss,
        )
        query = LedgerQuery(filters=filters)
        mine, other = {self.mine: "Mine"}, {self.other: "Other"}
        teacher = read_name(database, self.teacher.account_id)
        assert filter_names(database, self.admin, query) == FilterNames(
            mine | other, "Path", "Board", teacher, "Boss"
        )
        assert filter_names(database, self.teacher, query) == FilterNames(mine)
        assert filter_names(database, self.lead, query) == FilterNames(mine | other)
        make_enrollment(database, self.led, self.path)
        known = make_group(database, "Crew", members=(self.boss,), leads=(self.lead.account_id,))
        query = query.filtered(Filters(path=self.path, group=known, manager=self.boss))
        assert filter_names(database, self.lead, query) == FilterNames(
            {}, "Path", "Crew", None, "Boss"
        )

    def test_an_open_ledger_is_told_only_of_new_rows_that_pass(self, database: Database) -> None:
        ids = [self.noted, self.plain, self.hidden, 9_999]
        noted = LedgerQuery(filters=Filters(flags=(Flag.NOTE,), courses=(self.other,)))
        for actor, query, passed in (
            (self.admin, NOTED, {self.noted, self.hidden}),
            (self.admin, noted, {self.hidden}),
            (self.teacher, NOTED, {self.noted}),
            (self.lead, LedgerQuery(filters=Filters(path=self.path)), {self.noted}),
            (self.admin, LedgerQuery(filters=Filters(flags=(Flag.OVERDUE, Flag.DUE_SOON))), set()),
        ):
            assert passing(database, ledger_scope(actor), query, ids) == passed
            assert sum(count_ledger(database, ledger_scope(actor), query)[0].values()) == len(
                passed
            )

    def test_what_is_gone_has_no_rows(self, database: Database) -> None:
        for filters in (
            Filters(courses=(9_999,)),
            Filters(path=9_999),
            Filters(group=9_999),
            Filters(instructor=9_999),
            Filters(manager=9_999),
            Filters(departments=("Nowhere",)),
        ):
            assert self.seen(database, self.admin, LedgerQuery(filters=filters)) == set()
            assert filter_names(database, self.admin, LedgerQuery(filters=filters)) == FilterNames()


def read_name(database: Database, account_id: int) -> str:
    with database.read() as session:
        row = session.connection().exec_driver_sql(
            f"SELECT name FROM account WHERE id = {account_id}"
        )
        return row.scalar_one()


def logged_details(database: Database) -> list[str]:
    with database.read() as session:
        rows = session.connection().exec_driver_sql("SELECT detail FROM admin_event ORDER BY id")
        return [row[0] for row in rows]
