"""The ledger in the HTML of its page, which is shown before the app has started."""

from __future__ import annotations

from collections.abc import Mapping

from enrollment_portal.domain.access.permissions import may_manage_learning, may_see_ledger
from enrollment_portal.domain.bulk.actions import may_change_many
from enrollment_portal.domain.ledger.layout.columns import Layout
from enrollment_portal.domain.shared.html_templates import Filling
from enrollment_portal.services.access import cookies
from enrollment_portal.services.access.sign_in import who_is
from enrollment_portal.services.ledger.columns import read_layout
from enrollment_portal.services.ledger.ledger import as_seen_by, in_time
from enrollment_portal.services.runtime import database
from enrollment_portal.services.views.opening import open_ledger
from enrollment_portal.state.ledger.reading import count_texts, read_page, span_of
from enrollment_portal.state.ledger.row_templates import RowTemplates
from enrollment_portal.state.ledger.shown_view import key_of
from enrollment_portal.state.shared.opened_from import OpenedFrom
from enrollment_portal.state.shared.session import zone_of
from enrollment_portal.state.shared.views import LEDGER_PATH


def first_ledger(
    cookie_header: str, parameters: Mapping[str, str], templates: str
) -> Filling | None:
    """Return what the ledger's page shows to the person of a session; `None` for what it is built.

    Args:
        cookie_header: that came with the request.
        parameters: of the address.
        templates: the built page of the ledger's templates.
    """
    actor = who_is(database(), cookies.session_token(cookie_header))
    if actor is None or not may_see_ledger(actor):
        return None
    opened = open_ledger(database(), actor, parameters)
    view, query = opened.view, in_time(database(), as_seen_by(actor, opened.query))
    has_layout = view is not None and view.layout is not None
    layout = Layout.parse(view.layout) if view and has_layout else read_layout(database(), actor)
    if layout != Layout():
        return None
    page, rows = read_page(actor, query, zone_of(cookie_header), counts_later=True)
    if not rows:
        return None
    label, made = query.kind.heading, RowTemplates.parse(templates)
    is_now = query.as_of is None
    may_select = may_change_many(actor) and is_now
    values = {
        "may_select": may_select,
        "may_edit": may_manage_learning(actor) and is_now,
        "opens": OpenedFrom(LEDGER_PATH, query, key_of(view, query, opened.default)).suffix,
        "label": label,
    }
    body = "".join(made.row_of(row, **values) for row in rows)
    counts = count_texts(page.counts if page.is_counted else {})
    return Filling(
        {
            "headings": made.head_of(query, label=label, may_select=may_select),
            "rows": body,
            "span": span_of(page, query),
            **{f"count-tab-{tab}": text for tab, text in counts.items()},
        },
        {
            f"tab-{tab}": {
                "aria-selected": "true" if tab == query.tab else "false",
                "tabindex": "0" if tab == query.tab else "-1",
            }
            for tab in counts
        },
    )
