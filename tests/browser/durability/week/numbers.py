"""Compare the numbers on the pages with those computed from the tables."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterable

from playwright.sync_api import Page, expect

from tests.browser.durability.week.acts import newest
from tests.browser.durability.week.company import (
    ADA,
    AID,
    BELAY,
    BO,
    CLEO,
    CLIMBER,
    KNOTS,
    NOTE,
    ROPES,
    Week,
)
from tests.browser.page_objects.enrollment_page import fact, open_overview
from tests.browser.page_objects.group_page import open_group
from tests.browser.page_objects.learn_page import open_dashboard
from tests.browser.page_objects.ledger_page import open_ledger, query, tab
from tests.browser.page_objects.page_tabs import page_tab

STATUS = ("Active", "Completed", "Cancelled")
_DAY = 86_400_000
_ROWS = (
    "SELECT e.id, e.status, e.progress, e.lessons_done, e.grade, e.deadline_day, e.version,"
    " e.progress_at, c.title, c.n_lessons, c.kind,"
    " c.requires_grade, l.name, e.learner_id, e.course_id FROM enrollment e"
    " JOIN course c ON c.id = e.course_id JOIN learner l ON l.id = e.learner_id ORDER BY e.id"
)


def _counted(rows: Iterable) -> list[str]:
    statuses = [row.status for row in rows]
    return [f"All{len(statuses)}", *(f"{STATUS[s]}{statuses.count(s)}" for s in range(3))]


def _tabs(page: Page, rows: list) -> None:
    for words in _counted(rows):
        label = words.rstrip("0123456789")
        expect(tab(page, label)).to_have_text(words)


def check_path_progress(week: Week) -> None:
    """Compare each path enrollment with the mean of its courses, weighted by their lessons."""
    rows = query(week.portal, _ROWS)
    steps = query(week.portal, "SELECT path_id, course_id FROM path_step")
    for path in (row for row in rows if row.kind == "path"):
        courses = [step.course_id for step in steps if step.path_id == path.course_id]
        own = [r for r in rows if r.learner_id == path.learner_id and r.course_id in courses]
        lessons = sum(r.n_lessons for r in own)
        shares = [100 if r.status == 1 else r.progress for r in own]
        mean = sum(s * r.n_lessons for s, r in zip(shares, own, strict=True)) / lessons
        assert abs(path.progress - mean) < 1 or (path.progress, path.status, mean) == (99, 0, 100)
        assert path.lessons_done == sum(r.lessons_done for r in own)
        assert (path.status == 1) == all(r.status == 1 for r in own)


def check_dashboards(week: Week) -> None:
    """Compare each learner's first page with their enrollments."""
    check_path_progress(week)
    for name in (ADA, BO):
        page = week.pages[name]
        open_dashboard(page)
        own = [row for row in query(week.portal, _ROWS) if row.name == name]
        courses = [row for row in own if row.kind == "course"]
        for status, label in enumerate(STATUS):
            found = page.get_by_role("region", name=label, exact=True).or_(
                page.locator("section").filter(
                    has=page.locator("h2", has_text=re.compile(f"^{label}$"))
                )
            )
            cards = found.locator("> ul > li")
            expect(cards).to_have_count(sum(row.status == status for row in courses))
            for row in (row for row in courses if row.status == status):
                _shows(cards.filter(has=page.get_by_role("link", name=row.title, exact=True)), row)
        for row in (row for row in own if row.kind == "path"):
            heading = page.get_by_role("heading", level=3, name=row.title, exact=True)
            _shows(page.locator("section section").filter(has=heading), row)


def _shows(card, row) -> None:
    expect(card).to_contain_text(f"{row.progress}%")
    if row.kind == "course":
        expect(card).to_contain_text(f"{row.lessons_done} of {row.n_lessons} lessons")
    if row.grade:
        expect(card).to_contain_text(f"Grade {row.grade}")
    if row.status == 0 and row.deadline_day is None:
        expect(card).to_contain_text(re.compile("Active|Awaiting grade"))
    elif row.status:
        expect(card).to_contain_text(STATUS[row.status])


def check_ledgers(week: Week) -> None:
    """Compare the tabs and rows that admin, instructor and lead see with the tables."""
    rows = query(week.portal, _ROWS)
    taught = {week.company.courses[title] for title in (ROPES, KNOTS, AID)}
    sees = {
        "admin": lambda row: True,
        "instructor": lambda row: row.course_id in taught,
        "lead": lambda row: row.name in (ADA, BO),
    }
    for who, may_see in sees.items():
        page = week.pages[who]
        seen = [row for row in rows if row.kind == "course" and may_see(row)]
        open_ledger(page)
        _tabs(page, seen)
        for row in seen:
            line = page.locator("#ledger tbody tr").filter(
                has=page.locator(f"a[href$='/{row.id}']")
            )
            for words in (row.name, row.title, STATUS[row.status], f"{row.progress}%"):
                expect(line).to_contain_text(words)


def check_courses(week: Week) -> None:
    """Compare the pages of courses and of the path, for admin and instructor, with the tables."""
    rows = query(week.portal, _ROWS)
    page = week.pages["admin"]
    for title, id_ in week.company.courses.items():
        own = [row for row in rows if row.course_id == id_]
        page.goto(f"/admin/learning/{'paths' if title == CLIMBER else 'courses'}/{id_}")
        expect(page.get_by_role("heading", level=1, name=title)).to_be_visible()
        done = sum(row.status == 1 for row in own)
        active = sum(row.status == 0 for row in own)
        expect(page.get_by_role("main")).to_contain_text(f"{active} active · {done} completed")
        _tabs(page, own)


def check_details(week: Week) -> None:
    """Compare the facts of each enrollment of the week with the tables."""
    page = week.pages["admin"]
    rows = query(week.portal, _ROWS)
    steps = query(week.portal, "SELECT path_id, course_id FROM path_step")
    for row in rows:
        if row.name not in (ADA, BO, CLEO):
            continue
        open_overview(page, row.id)
        expect(fact(page, "Status")).to_contain_text(STATUS[row.status])
        expect(fact(page, "Progress")).to_contain_text(f"{row.progress}%")
        if row.kind == "course":
            expect(fact(page, "Lessons")).to_have_text(f"{row.lessons_done} of {row.n_lessons}")
        else:
            courses = [step.course_id for step in steps if step.path_id == row.course_id]
            own = [r for r in rows if r.learner_id == row.learner_id and r.course_id in courses]
            done = sum(r.status == 1 for r in own)
            expect(fact(page, "Courses")).to_have_text(f"{done} of {len(courses)}")
        if row.grade:
            expect(fact(page, "Grade")).to_have_text(row.grade)


def check_teaching(week: Week) -> None:
    """Compare the counts of each taught course with the tables."""
    page = week.pages["instructor"]
    page.goto("/teach")
    now = int(time.time() * 1000)
    rows = query(week.portal, _ROWS)
    for title in (ROPES, KNOTS, AID):
        own = [row for row in rows if row.title == title]
        active = [row for row in own if row.status == 0]
        awaiting = sum(r.progress == 100 and r.requires_grade and not r.grade for r in active)
        overdue = sum(r.deadline_day is not None and r.deadline_day < now // _DAY for r in active)
        stuck = sum(r.progress < 100 and now // _DAY - r.progress_at // _DAY >= 14 for r in active)
        counts = (awaiting, overdue, stuck, len(active), sum(r.status == 1 for r in own))
        line = page.get_by_role("row").filter(has=page.get_by_role("link", name=title, exact=True))
        for n, count in enumerate(counts):
            expect(line.get_by_role("cell").nth(n)).to_have_text(
                re.compile(rf"^{count}\b"), use_inner_text=True
            )


def check_people(week: Week) -> None:
    """Compare the pages of the group and of both learners with the tables."""
    page, group = week.pages["admin"], week.company.group
    open_group(page, group)
    for table, label in (("member", "Members"), ("lead", "Leads"), ("course", "Assigned")):
        sql = f"SELECT count(*) AS n FROM group_{table} WHERE group_id = {group}"
        expect(page_tab(page, label)).to_have_text(f"{label}{query(week.portal, sql)[0].n}")
    for name in (ADA, BO):
        own = [r for r in query(week.portal, _ROWS) if r.name == name and r.kind == "course"]
        page.goto(f"/admin/people/users/{week.company.learners[name]}/enrollments")
        expect(page.locator("#ledger tbody a.row-link")).to_have_count(len(own))
        _tabs(page, own)


def check_access_log(week: Week) -> None:
    """Compare the newest entries of the access log with the tables."""
    page = week.pages["admin"]
    page.goto("/admin/configuration/access")
    acts = query(
        week.portal, "SELECT actor_name, subject FROM admin_event ORDER BY at DESC, id DESC"
    )
    lines = page.get_by_role("table", name="Access log").locator("tbody tr")
    for n, act in enumerate(acts[:10]):
        expect(lines.nth(n)).to_contain_text(act.actor_name)
        expect(lines.nth(n)).to_contain_text(act.subject)


def check_pages(week: Week) -> None:
    """Compare every page with the tables."""
    check_dashboards(week)
    check_ledgers(week)
    check_courses(week)
    check_details(week)
    check_teaching(week)
    check_people(week)
    check_access_log(week)


def check_histories(week: Week) -> None:
    """Compare each history with the actions of the week, in order and without gaps."""
    expected = {
        (ADA, ROPES): ["self", "tracking", "tracking", "tracking"],
        (BO, ROPES): ["path", "tracking", "tracking", "tracking"],
        (ADA, BELAY): ["self", "Passed elsewhere", "person"],
        (BO, AID): ["group", "person", "Moves to another team"],
    }
    for row in query(week.portal, _ROWS):
        sql = f"SELECT * FROM enrollment_event WHERE enrollment_id = {row.id} ORDER BY seq"
        events = query(week.portal, sql)
        if row.name in (ADA, BO):
            assert [e.version for e in events] == list(range(1, row.version + 1)), row
            assert [e.kind for e in events] == ["began"] + ["changed"] * (row.version - 1)
            assert all(json.loads(e.changes) for e in events[1:])
    for (name, title), words in expected.items():
        sql = f"SELECT * FROM enrollment_event WHERE enrollment_id = {newest(week, name, title)}"
        events = query(week.portal, sql + " ORDER BY seq")
        assert len(events) == len(words), (name, title, events)
        for event, word in zip(events[1:], words[1:], strict=True):
            assert word in (event.source, event.reason), (name, title, event)
    for name in (ADA, BO):
        assert {
            r.status for r in query(week.portal, _ROWS) if r.name == name and r.title == CLIMBER
        } == {1}


def check_secrets(week: Week) -> None:
    """Check that nothing the learners or the lead received contains the internal note."""
    for who in (ADA, BO, "lead"):
        assert any("Knots" in text for text in week.heard[who])
        assert not any(NOTE in text for text in week.heard[who]), who
    assert any(NOTE in text for text in week.heard["instructor"])
