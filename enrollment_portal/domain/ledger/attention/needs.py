"""What needs attention in a ledger, each a filter of it: overdue, stuck, awaiting grade, asked."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from enrollment_portal.domain.ledger.filters import NONE, Filters, Flag
from enrollment_portal.domain.ledger.ledger_query import OPEN_REQUEST, Kind, LedgerQuery


class Need(StrEnum):
    """Why enrollments need attention; the values are names of filters."""

    OVERDUE = Flag.OVERDUE.value
    STUCK = Flag.STUCK.value
    AWAITING_GRADE = Flag.AWAITING_GRADE.value
    REQUESTS = OPEN_REQUEST

    @property
    def filters(self) -> Filters:
        """The filters that find its enrollments; open requests are no such filter."""
        return NONE if self is Need.REQUESTS else Filters(flags=(Flag(self.value),))

    def query(self, kind: Kind) -> LedgerQuery:
        """Return the ledger of a kind with only its enrollments."""
        return LedgerQuery(kind=kind, filters=self.filters, only_requests=self is Need.REQUESTS)

    def is_applied(self, query: LedgerQuery) -> bool:
        """Return whether it is the only filter of a ledger."""
        asked = self.query(query.kind)
        is_alone = (query.filters, query.only_requests) == (asked.filters, asked.only_requests)
        return is_alone and query.as_of is None


def needs_among(names: Collection[str]) -> tuple[Need, ...]:
    """Return what a ledger with these filters can be asked for."""
    return tuple(need for need in Need if need.value in names)
