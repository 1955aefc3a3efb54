"""The pages and actions that the palette lists."""

from __future__ import annotations

from enrollment_portal.domain.bulk.messages import COPY_HINT
from enrollment_portal.domain.shared import messages
from enrollment_portal.domain.views.messages import SAVE_VIEW
from enrollment_portal.state.learning.learning_views import CATALOG_PATH
from enrollment_portal.state.people.users import INVITE_PATH
from enrollment_portal.state.shared.views import (
    ACCESS_PATH,
    ACCOUNT_PATH,
    ACTIVITY_PATH,
    ADMINS_PATH,
    COURSES_PATH,
    ENROLL_PATH,
    GROUPS_PATH,
    LEARN_PATH,
    LEDGER_PATH,
    ORGANIZATION_PATH,
    PACE_PATH,
    PATHS_PATH,
    TEACH_PATH,
    USERS_PATH,
)

Item = dict[str, str]


def _page(label: str, to: str, needs: str = "") -> Item:
    return {"group": "pages", "label": label, "to": to, "needs": needs}


def _action(label: str, press: str, needs: str = "", lacks: str = "") -> Item:
    return {"group": "actions", "label": label, "press": press, "needs": needs, "lacks": lacks}


PAGES = [
    _page("Enrollments", LEDGER_PATH, "ledger"),
    _page("Courses", COURSES_PATH, "learning"),
    _page("Learning Paths", PATHS_PATH, "learning"),
    _page("Activity", ACTIVITY_PATH, "ledger"),
    _page("Enroll learners", ENROLL_PATH, "learning"),
    _page("Users", USERS_PATH, "people"),
    _page("Invite a user", INVITE_PATH, "people"),
    _page("Groups", GROUPS_PATH, "people"),
    _page("Admins", ADMINS_PATH, "configuration"),
    _page("Access", ACCESS_PATH, "configuration"),
    _page("Organization", ORGANIZATION_PATH, "configuration"),
    _page("Stuck and pace", PACE_PATH, "configuration"),
    _page("My courses", TEACH_PATH, "teaching"),
    _page("My learning", LEARN_PATH, "own learning"),
    _page("Catalog", CATALOG_PATH, "own learning"),
    _page("Account settings", ACCOUNT_PATH),
]
_CHANGE = "[data-selection] button[aria-haspopup=dialog]"
ACTIONS = [
    _action(messages.EXTEND_SELECTED, _CHANGE, needs="learning"),
    _action(messages.CHANGE_SELECTED, _CHANGE, lacks="learning"),
    _action(COPY_HINT, "[data-copy-rows]"),
    _action(SAVE_VIEW, "#save-view"),
    _action(messages.EXPORT_ROWS, "#export"),
    _action(messages.LIGHT_THEME, "[data-theme=light]"),
    _action(messages.DARK_THEME, "[data-theme=dark]"),
    _action(messages.SYSTEM_THEME, "[data-theme=system]"),
    _action(messages.SHORTCUTS, "[data-shortcuts]"),
    _action(messages.SIGN_OUT, "#header form[action='/auth/sign-out'] button"),
]
