"""Read the ids of a selection within the actor's scope, and store selections as text."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import parse_qsl

from sqlmodel import Session

from enrollment_portal.domain.access.permissions import ledger_scope
from enrollment_portal.domain.bulk.selection import Selection, check_size
from enrollment_portal.domain.ledger.ledger_query import LedgerQuery
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.services.ledger.ledger import as_seen_by, at_today, check_filter
from enrollment_portal.storage import ledger as stored
from enrollment_portal.storage.shared.database import Database

CHUNK = 1_000
"""How many rows are decided at once."""


def ids_of(
    database: Database, session: Session, actor: Actor, selection: Selection
) -> Iterator[list[int]]:
    """Yield the ids of a selection, some at a time; single rows whether or not they exist.

    Args:
        database: whose organization says which day is today, for filters relative to it.
        session: in which all are read.
        actor: in whose ledger.
        selection: which.

    Raises:
        Invalid: nothing matches, or more than one action may change.
        NotFound: a course or learner that it is filtered by does not exist for the actor.
    """
    if selection.query is None:
        ids = sorted(selection.ids)
        check_size(len(ids))
        for start in range(0, len(ids), CHUNK):
            yield ids[start : start + CHUNK]
        return
    scope = ledger_scope(actor)
    query = at_today(database, as_seen_by(actor, selection.query))
    check_filter(session, scope, query)
    reader, counts = stored.open_ledger(session, scope, query)
    n = sum(counts[status] for status in query.tab.statuses)
    check_size(n)
    for rows in reader.all_rows(CHUNK) if reader else ():
        ids = [row.id for row in stored.as_shown(rows)]
        if selection.excluded:
            ids = [id_ for id_ in ids if id_ not in selection.excluded]
        if ids:
            yield ids
        # Other threads answer pages meanwhile, as Python runs one at a time.
        time.sleep(0)


def selection_text(selection: Selection) -> str:
    """Return a selection as text, which `read_selection_text` reads."""
    query = selection.query
    if query is None:
        return json.dumps({"ids": sorted(selection.ids)})
    return json.dumps(
        {
            "query": query.to_url(),
            "course": query.course,
            "learner": query.learner,
            "excluded": sorted(selection.excluded),
        }
    )


def read_selection_text(text: str) -> Selection:
    """Return the selection of a stored text."""
    found = json.loads(text)
    if "ids" in found:
        return Selection(frozenset(found["ids"]))
    query = LedgerQuery.parse(dict(parse_qsl(found["query"])))
    query = replace(query, course=found["course"], learner=found["learner"])
    return Selection(query=query, excluded=frozenset(found["excluded"]))
