"""The values that the filters of a ledger can have, and the names of those that are set."""

from __future__ import annotations

from dataclasses import dataclass

from enrollment_portal.domain.access.permissions import Scope, ledger_filters, ledger_scope
from enrollment_portal.domain.enrollment.fields import Origin, Status
from enrollment_portal.domain.ledger import messages
from enrollment_portal.domain.ledger.filter_chips import FilterNames
from enrollment_portal.domain.ledger.filter_menu import Editor, menu
from enrollment_portal.domain.ledger.filters import FilterName
from enrollment_portal.domain.ledger.ledger_query import LedgerQuery
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared.listing import clean_search
from enrollment_portal.domain.shared.text_search import search_terms, search_text, sort_text
from enrollment_portal.services.ledger.ledger import as_seen_by, check_filter
from enrollment_portal.storage.ledger.values import enumerated, listed, named
from enrollment_portal.storage.ledger.values.listed import ListedValue
from enrollment_portal.storage.shared.database import Database

MOST_VALUES = 50
"""How many values are listed at once."""


@dataclass(frozen=True)
class FilterValue:
    """A value of a filter."""

    value: str
    """As `Filters.params` has it, of several values one."""
    name: str
    n: int | None = None
    """How many rows it has in the ledger; `None` if they are not counted."""


@dataclass(frozen=True)
class FilterValues:
    """The first values of a filter, by name."""

    values: tuple[FilterValue, ...] = ()
    is_complete: bool = True
    """Whether there are no more."""


def filter_values(
    database: Database, actor: Actor, query: LedgerQuery, name: object, typed: object
) -> FilterValues:
    """Return the values of a filter that rows of the actor's ledger have today.

    The rows of each value are counted within the actor's scope and the page's course or learner,
    whatever else the query is filtered by. On a past day they are not counted.

    Args:
        database: where the ledger is.
        actor: whose ledger it is.
        query: what it shows.
        name: of the filter; one that has no values, or is not offered, has none.
        typed: a search among the values.

    Raises:
        NotAllowed: the actor has no ledger.
        NotFound: the course or learner of the query does not exist for the actor.
    """
    scope, query = ledger_scope(actor), as_seen_by(actor, query)
    items = {item.name: item for item in menu(query, ledger_filters(actor))}
    item = items.get(name) if isinstance(name, str) else None
    if item is None or item.refusal or item.editor not in (Editor.VALUE, Editor.VALUES):
        return FilterValues()
    terms = search_terms(clean_search(typed))
    if terms is None:
        return FilterValues()
    of = FilterName(item.name)
    if of in _ENUMERATED:
        return FilterValues(_matching(_enumerated(database, scope, query, of), terms))
    in_sql = listed.has_search(of)
    with database.read() as session:
        check_filter(session, scope, query)
        most = MOST_VALUES + 1
        found = listed.list_values(session, scope, query, of, terms if in_sql else (), most)
    is_counted = query.as_of is None
    values = tuple(_value(of, one, is_counted=is_counted) for one in found)
    if not in_sql:
        values = _matching(tuple(sorted(values, key=lambda v: sort_text(v.name))), terms)
    return FilterValues(values[:MOST_VALUES], len(values) <= MOST_VALUES)


def filter_names(database: Database, actor: Actor, query: LedgerQuery) -> FilterNames:
    """Return the names of the records that a query is filtered by, as far as the actor sees them.

    Raises:
        NotAllowed: the actor has no ledger.
    """
    scope, filters = ledger_scope(actor), as_seen_by(actor, query).filters
    ids = [*filters.courses, *([] if filters.path is None else [filters.path])]
    by_id = (filters.group, filters.manager, filters.instructor)
    if not ids and by_id == (None, None, None):
        return FilterNames()
    with database.read() as session:
        titles = named.titles(session, scope, ids) if ids else {}
        group, manager, instructor = (
            None if id_ is None else read(session, scope, id_)
            for read, id_ in zip(
                (named.group_name, named.manager_name, named.instructor_name), by_id, strict=True
            )
        )
    return FilterNames(
        courses={id_: titles[id_] for id_ in filters.courses if id_ in titles},
        path=None if filters.path is None else titles.get(filters.path),
        group=group,
        instructor=instructor,
        manager=manager,
    )


_ENUMERATED = {
    FilterName.STATUS: tuple((one.key, one.label, int(one)) for one in Status),
    FilterName.ORIGIN: tuple((one.value, messages.ORIGINS[one], one.value) for one in Origin),
}
"""The values of filters by what is no record: in a URL, its name, and as it is stored."""


def _enumerated(
    database: Database, scope: Scope, query: LedgerQuery, of: FilterName
) -> tuple[FilterValue, ...]:
    """Return all values of a filter that is not by records, also those without rows."""
    with database.read() as session:
        check_filter(session, scope, query)
        counts = (
            None if query.as_of is not None else enumerated.count_values(session, scope, query, of)
        )
    return tuple(
        FilterValue(value, name, None if counts is None else counts.get(stored, 0))
        for value, name, stored in _ENUMERATED[of]
    )


def _value(of: FilterName, one: ListedValue, *, is_counted: bool) -> FilterValue:
    value = one.name if of is FilterName.DEPARTMENT else str(one.id)
    return FilterValue(value, one.name, one.n if is_counted else None)


def _matching(values: tuple[FilterValue, ...], terms: tuple[str, ...]) -> tuple[FilterValue, ...]:
    return tuple(v for v in values if all(term in search_text(v.name) for term in terms))
