"""The permission matrix of the history of all enrollments; see `matrix` for how to read a row."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from enrollment_portal.domain.activity.activity_query import ActivityFilters
from enrollment_portal.state.activity.changes import Changes, FilterSearch
from enrollment_portal.state.shared.views import ACTIVITY_PATH
from tests.security.matrix import MARKS, Asked, Row, Step, call, changes, on, reads

#            super learn people config support instructor lead learner
OWN_LISTED_ = "a    a    n      n      n       o          o    n"
OWN_SEEN___ = "aa   aa   nn     nn     nn      ar         ar   nn"

UTC = ZoneInfo("UTC")


def _filters(q: Asked) -> ActivityFilters:
    return ActivityFilters(course=q.side.second, learner=q.side.learner)


def _undo(q: Asked) -> list[Step]:
    undone = {"enrollment": q.side.overridden, "seq": q.side.change, "key": "k"}
    return on(ACTIVITY_PATH, (Changes, "load"), (Changes, "undo", undone))


MATRIX: tuple[Row, ...] = (
    reads(
        "activity.list_changes",
        OWN_LISTED_,
        lambda q: call(ActivityFilters(), None, UTC),
        lambda q: on(ACTIVITY_PATH, (Changes, "load")),
    ),
    reads("activity.read_again", OWN_SEEN___, lambda q: call([q.side.change])),
    reads("activity.filter_titles", OWN_SEEN___, lambda q: call(_filters(q), [])),
    reads(
        "activity.find_filters",
        OWN_LISTED_,
        lambda q: call(MARKS),
        lambda q: on(ACTIVITY_PATH, (Changes, "load"), (FilterSearch, "search", {"typed": MARKS})),
    ),
    changes(
        "undoing.undo_change",
        "aa   aa   ff     ff     ff      nf         nf   ff",
        lambda q: call(q.side.overridden, q.side.change),
        _undo,
        case="in the list of changes",
    ),
)
