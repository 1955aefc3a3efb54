"""The marks of what the ledger's search found in its rows."""

from __future__ import annotations

from typing import Any

import reflex as rx

from enrollment_portal.components.browser_modules import browser_module
from enrollment_portal.domain.ledger import messages
from enrollment_portal.state.ledger.ledger import Ledger


class _SearchMatches(rx.Component):
    library = browser_module(__file__, "search_matches.jsx")
    tag = "SearchMatches"

    table: rx.Var[str]
    searched: rx.Var[str]
    texts: rx.Var[dict[str, Any]]


def search_matches() -> rx.Component:
    """Mark in each row what the search found, in the learner or the course."""
    return _SearchMatches.create(table="ledger", searched=Ledger.searched, texts=messages.FOUND_BY)
