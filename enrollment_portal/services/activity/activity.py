"""Read the history of all enrollments that a person may see, and what it can be filtered by."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from zoneinfo import ZoneInfo

from sqlmodel import Session

from enrollment_portal.domain.access.permissions import (
    Scope,
    is_own,
    ledger_scope,
    may_manage_learning,
    may_read_notes,
)
from enrollment_portal.domain.activity import messages
from enrollment_portal.domain.activity.activity_query import STAFF_ONLY, ActivityFilters, Source
from enrollment_portal.domain.enrollment import undo
from enrollment_portal.domain.enrollment.commands import course_rules
from enrollment_portal.domain.enrollment.edits import show_value
from enrollment_portal.domain.enrollment.fields import snapshot_of
from enrollment_portal.domain.ledger.day_ranges import Clock
from enrollment_portal.domain.ledger.filters import FilterName
from enrollment_portal.domain.ledger.ledger_query import LedgerQuery, SortKey
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared.calendar import day_of, now_ms
from enrollment_portal.domain.shared.listing import ListQuery, Place, clean_search
from enrollment_portal.domain.shared.text_search import search_terms, search_text
from enrollment_portal.domain.shared.wording import with_dots
from enrollment_portal.services.catalog.paths import list_paths
from enrollment_portal.services.enrolling.enroll_many import find_people
from enrollment_portal.services.enrollment.enrollment_details import editable_by, for_others
from enrollment_portal.services.history.timeline import offers_undo
from enrollment_portal.services.ledger.filter_values import filter_values
from enrollment_portal.services.ledger.ledger import read_ledger
from enrollment_portal.services.shared.organization import organization_of
from enrollment_portal.storage.activity import activity as stored
from enrollment_portal.storage.activity.activity import ActivityFilter, ActivityRow
from enrollment_portal.storage.enrollment.enrollments import (
    StoredEnrollment,
    StoredEvent,
    find_enrollments,
)
from enrollment_portal.storage.history.batches import batches_by_name
from enrollment_portal.storage.ledger.values import named
from enrollment_portal.storage.shared.database import Database
from enrollment_portal.storage.shared.listing import Slice

PAGE_SIZE = 50
MOST_FOUND = 6
"""How many people, learners and courses a search among the filters finds, of each."""


@dataclass(frozen=True)
class Change:
    """One change of an enrollment as a person may see it; `at` in ms since 1970 UTC."""

    seq: int
    at: int
    actor_id: int | None
    who: str
    actor_name: str
    """"" for no person."""
    process: str
    """The stored source: "person", "tracking", …"""
    source: Source
    enrollment_id: int
    learner_id: int
    learner: str
    email: str
    course_id: int
    course: str
    is_new: bool
    """It created the enrollment."""
    changes: tuple[tuple[str, str, str], ...]
    """For each field: its label, and the shown values before and after."""
    reason: str
    batch: str
    """The name of its batch, if others are in it too; else ""."""
    may_undo: bool = False
    undone_by: str = ""


@dataclass(frozen=True)
class FoundFilter:
    """A person, learner or course to filter by."""

    name: str
    """Of the filter: "person", "learner" or "course"."""
    id: int
    title: str
    about: str


def list_changes(
    database: Database,
    actor: Actor,
    filters: ActivityFilters,
    place: Place | None,
    tz: ZoneInfo,
    size: int = PAGE_SIZE,
) -> Slice[Change]:
    """Return a page of the changes of the actor's enrollments, newest first, not counted.

    Args:
        database: where they are.
        actor: who reads.
        filters: which changes.
        place: which page; the first one by default.
        tz: the actor's time zone, whose days the filters have.
        size: how many changes a page has.

    Raises:
        NotAllowed: the actor has no ledger.
    """
    scope = ledger_scope(actor)
    wanted = stored_filter(actor, filters, tz)
    with database.read() as session:
        page = stored.read_changes(session, scope, wanted, place, size)
        return page.of(_changes(session, database, actor, scope, page.rows))


def read_again(database: Database, actor: Actor, seqs: Collection[int]) -> dict[int, Change]:
    """Return those of some changes that the actor may see, by `seq`, as they are now.

    Raises:
        NotAllowed: the actor has no ledger.
    """
    scope = ledger_scope(actor)
    with database.read() as session:
        rows = stored.rows_by_seq(session, seqs)
        found = _changes(session, database, actor, scope, list(rows.values()))
    return {change.seq: change for change in found}


def stored_filter(actor: Actor, filters: ActivityFilters, tz: ZoneInfo) -> ActivityFilter:
    """Return filters as stored; a filter by what only staff sees is none for others."""
    reads_notes = may_read_notes(actor)
    hides_field = filters.field in STAFF_ONLY and not reads_notes
    first, last = (None, None)
    clock = Clock(day_of(now_ms(), tz), tz)
    if filters.when is not None:
        first, last = filters.when.resolve(clock)
    return ActivityFilter(
        actor=filters.person,
        source=None if filters.source is None else filters.source.code,
        course=filters.course,
        learner=filters.learner,
        field=None if hides_field else filters.field,
        since=None if first is None else clock.start_of(first),
        until=None if last is None else clock.start_of(last + 1),
        reads_notes=reads_notes,
    )


def _changes(
    session: Session, database: Database, actor: Actor, scope: Scope, rows: Sequence[ActivityRow]
) -> list[Change]:
    """Return rows as the actor may see them; those outside of their scope are left out."""
    if not rows:
        return []
    ids = {row.enrollment_id for row in rows}
    enrollments = find_enrollments(session, scope, ids)
    undoing = stored.undoing_since(session, ids, min(row.event.seq for row in rows))
    batches = batches_by_name(session, list({r.event.batch for r in rows if r.event.batch}))
    tz = organization_of(database).zone
    made: list[Change] = []
    for row in rows:
        enrollment = enrollments.get(row.enrollment_id)
        event = row.event if may_read_notes(actor) else for_others(row.event)
        if enrollment is None or event is None:
            continue
        batch = batches.get(event.batch or "")
        later = [one for one in undoing.get(row.enrollment_id, ()) if one.seq > event.seq]
        made.append(
            _change(
                actor,
                row,
                event,
                enrollment,
                undo.undo_of(event.seq, later),
                batch=event.batch or "" if batch is not None and batch.n > 1 else "",
                tz=tz,
            )
        )
    return made


def _change(
    actor: Actor,
    row: ActivityRow,
    event: StoredEvent,
    enrollment: StoredEnrollment,
    undone: StoredEvent | None,
    *,
    batch: str,
    tz: ZoneInfo,
) -> Change:
    editable = editable_by(actor, enrollment)
    may_undo = (
        undone is None
        and not is_own(actor, row.learner_id)
        and offers_undo(event, snapshot_of(enrollment), course_rules(enrollment), editable)
    )
    return Change(
        seq=event.seq,
        at=event.at,
        actor_id=event.actor_id,
        who=undo.who(event.actor_name, event.source),
        actor_name=event.actor_name,
        process=event.source,
        source=_source(event),
        enrollment_id=row.enrollment_id,
        learner_id=row.learner_id,
        learner=row.name,
        email=row.email or "",
        course_id=row.course_id,
        course=row.title,
        is_new=event.kind == "began",
        changes=tuple(
            (field.label, show_value(field, before, tz), show_value(field, after, tz))
            for field in undo.shown_fields(event.changes)
            for before, after in (event.changes[field],)
        ),
        reason=event.reason,
        batch=batch,
        may_undo=may_undo,
        undone_by=undo.who(undone.actor_name, undone.source) if undone else "",
    )


def _source(event: StoredEvent) -> Source:
    if event.undoes is not None:
        return Source.UNDO
    if event.source == "person" and event.batch is not None:
        return Source.BULK
    return next((one for one in Source if one.value == event.source), Source.PERSON)


def filter_titles(
    database: Database, actor: Actor, filters: ActivityFilters, shown: Sequence[Change]
) -> Mapping[str, str]:
    """Return the names of who and what is filtered by; none for what the actor does not see.

    Args:
        database: where they are.
        actor: who reads.
        filters: what is filtered by.
        shown: a page of the changes; whoever is named there, the actor may know.
    """
    scope = ledger_scope(actor)
    titles: dict[str, str] = {}
    if shown:
        if filters.person is not None:
            titles["person"] = shown[0].who
        if filters.learner is not None:
            titles["learner"] = shown[0].learner
        if filters.course is not None:
            titles["course"] = shown[0].course
        return titles
    with database.read() as session:
        if filters.course is not None:
            found = named.titles(session, scope, [filters.course])
            titles["course"] = found.get(filters.course, "")
        # Of others, who has changed or learnt nothing that the actor sees stays unnamed.
        if filters.person is not None and scope.is_everything:
            titles["person"] = named.instructor_name(session, scope, filters.person) or ""
        if filters.learner is not None and scope.is_everything:
            titles["learner"] = named.manager_name(session, scope, filters.learner) or ""
    return {name: title for name, title in titles.items() if title}


def find_filters(database: Database, actor: Actor, typed: object) -> list[FoundFilter]:
    """Return people, learners and courses that the actor may know, to filter by.

    Who makes changes is only found by those who see all enrollments: others choose them in a row.

    Raises:
        NotAllowed: the actor has no ledger.
    """
    scope, text = ledger_scope(actor), clean_search(typed)
    if not text:
        return []
    found: list[FoundFilter] = []
    if may_manage_learning(actor):
        people = find_people(database, actor, text)
        learners = {row.id: (row.name, row.email or "") for row in people}
        found += _staff(database, text)
    else:
        query = LedgerQuery(search=text, sort=SortKey.LEARNER, descending=False)
        rows = read_ledger(database, actor, query, counts_later=True).rows
        learners = {row.learner_id: (row.name, row.email or "") for row in rows}
    for learner, (name, email) in list(learners.items())[:MOST_FOUND]:
        found.append(FoundFilter("learner", learner, name, with_dots(messages.OF_LEARNER, email)))
    values = filter_values(database, actor, LedgerQuery(), FilterName.COURSES.value, text).values
    for value in values[:MOST_FOUND]:
        found.append(FoundFilter("course", int(value.value), value.name, messages.OF_COURSE))
    if scope.is_everything:
        paths = list_paths(database, actor, ListQuery().searching(text)).rows[:MOST_FOUND]
        found += [FoundFilter("course", row.id, row.title, messages.PATH) for row in paths]
    return found


def _staff(database: Database, text: str) -> list[FoundFilter]:
    """Return those with a role other than Learner whose name or email contains the typed words."""
    terms = search_terms(text)
    if terms is None:
        return []
    with database.read() as session:
        staff = stored.staff(session)
    matching = (
        one for one in staff if all(term in search_text(one.name, one.email) for term in terms)
    )
    return [
        FoundFilter("person", one.id, one.name, with_dots(messages.MADE_BY, one.email))
        for one in islice(matching, MOST_FOUND)
    ]
