"""Change the deadline of a row of the ledger in the browser."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page

from enrollment_portal.domain.ledger import messages


def deadline_button(page: Page, learner: str) -> Locator:
    """Return the button of a row's deadline."""
    return page.get_by_role("button", name=re.compile(rf"deadline of {re.escape(learner)},", re.I))


def deadline_dialog(page: Page, learner: str) -> Locator:
    """Return the dialog that changes it."""
    return page.get_by_role("dialog", name=f"Deadline of {learner}")


def date_field(dialog: Locator) -> Locator:
    """Return its date field."""
    return dialog.get_by_label(messages.NEW_DATE, exact=True)
