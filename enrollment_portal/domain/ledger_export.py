"""The ledger as a file: its address, its name, and the words of its first line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlencode

from enrollment_portal.domain.calendar import day_to_date
from enrollment_portal.domain.ledger_query import Kind, LedgerQuery, SortKey
from enrollment_portal.domain.listing import read_id
from enrollment_portal.domain.text_search import fold

EXPORT_PATH = "/api/enrollments.csv"
HEADINGS = (
    SortKey.LEARNER.label,
    "Email",
    SortKey.COURSE.label,
    SortKey.STATUS.label,
    f"{SortKey.PROGRESS.label} (%)",
    SortKey.ENROLLED.label,
    SortKey.DEADLINE.label,
    "Asks for",
    "Enrollment id",
)
_LONGEST_NAME = 60


def export_address(query: LedgerQuery) -> str:
    """Return where the file of what a query shows is, all of its pages."""
    whole = replace(query, place=None, course=None, learner=None).to_url()
    narrowed = {"course": query.course, "learner": query.learner}
    rest = urlencode({name: id_ for name, id_ in narrowed.items() if id_ is not None})
    asked = "&".join(part for part in (whole, rest) if part)
    return f"{EXPORT_PATH}?{asked}" if asked else EXPORT_PATH


def read_export_address(params: Mapping[str, object]) -> LedgerQuery:
    """Return the query that such an address names; nonsense falls back as in the page's address.

    What is no id of a course or a learner is read as 0, which nothing has.
    """
    query = replace(LedgerQuery.parse(params), place=None)
    for name in ("course", "learner"):
        if name in params:
            query = replace(query, **{name: read_id(params[name]) or 0})
    return query


def file_name(query: LedgerQuery, of: str, now: datetime) -> str:
    """Return the name of the file: of the past day that it shows, or of the moment it is made.

    Args:
        query: what it holds.
        of: the course or the learner that it is of, "" for all.
        now: this moment, in the viewer's zone.
    """
    name = "learning-paths" if query.kind is Kind.PATHS else "enrollments"
    plain = re.sub(r"[^a-z0-9]+", "-", fold(of))[:_LONGEST_NAME].strip("-")
    day = "" if query.as_of is None else day_to_date(query.as_of).isoformat()
    return "-".join(part for part in (name, plain, day or f"{now:%Y-%m-%d-%H%M}") if part) + ".csv"
