"""What people read of saved views of the ledger: names, labels, refusals and results."""

from __future__ import annotations

from enrollment_portal.domain.shared.wording import show_number

PRODUCT_NAMES = {
    "overdue": "Overdue",
    "due_this_week": "Due this week",
    "stuck": "Stuck",
    "awaiting_grade": "Awaiting grade",
    "completed_this_month": "Completed this month",
    "by_hand": "Set by hand",
}
"""By the key of each view that comes with the product."""
AUDIENCES = {
    "": "Only me",
    "admins": "Admins",
    "instructors": "Instructors",
    "leads": "Group leads",
}
"""Who sees a view; by the value of `views.Audience`."""

ALL_ENROLLMENTS = "All enrollments"
VIEWS, VIEW = "Views", "View"
IS_DEFAULT = "your default"

NAME, SHARED_WITH = "Name", "Shared with"
SHARE_HINT = (
    "Everyone of that role finds it in the sidebar. It shows each of them only the enrollments "
    "that they may see."
)
SAVE_VIEW, SAVE_AS_NEW, SAVE_CHANGES = "Save view", "Save as new view", "Save changes to view"
EDIT_VIEW, COPY_VIEW, DELETE_VIEW = "Rename or share", "Duplicate", "Delete"
SHOW_AS_SAVED = "Show as saved"
MAKE_DEFAULT, CLEAR_DEFAULT = "Set as my default", "Clear my default"
CANCEL, SAVE = "Cancel", "Save"
CHANGED = "Changed"
CHANGED_BY_OTHER = "Changed by someone else"
UNDO = "Undo"
NEW_HEADING, EDIT_HEADING, COPY_HEADING = "Save view", "Rename or share the view", "Duplicate"

CHOOSE_AUDIENCE = "Choose who sees the view."
ONLY_ADMINS_SHARE = "Only admins can share a view. Save it for yourself, or ask an admin."
ONLY_OWNER_CHANGES = (
    "Only the owner of a shared view and Super Admins can change it. Duplicate it to make it yours."
)
PRODUCT_VIEW_STAYS = (
    "This view comes with the portal and stays as it is. Duplicate it to change it."
)
NAME_OF_PRODUCT = "A view that comes with the portal has this name. Choose another."
OWN_NAME_TAKEN = "You have a view with this name. Choose another."
NOTHING_TO_SAVE = "This page has no ledger whose view can be saved."
DELETED_FOR_GOOD = "This view can no longer be restored. Save it again."
GONE = "This view does not exist any more, or is not shared with you."
SAVED_CHANGES = "View saved."
DELETED = "View deleted."
DEFAULT_CLEARED = "Enrollments opens without a view again."
OPENED_INSTEAD = "This view does not exist, or is not shared with you. All enrollments are shown."


def shared_name_taken(audience: str) -> str:
    """Refuse the name of a view that is shared: "Group leads"."""
    return f"Another view that is shared with “{audience}” has this name. Choose another."


def too_many(limit: int) -> str:
    """Refuse one more view of one's own."""
    return f"You have {show_number(limit)} views, the most possible. Delete one first."


def too_many_shared(audience: str, limit: int) -> str:
    """Refuse one more view that is shared with a role: "Group leads"."""
    return (
        f"{show_number(limit)} views are shared with “{audience}”, the most possible. "
        "Delete one first."
    )


def changed_by(name: str, by: str) -> str:
    """Refuse a save of a view that someone else was faster to change."""
    return (
        f"{by} changed “{name}” meanwhile, and nothing was saved. Check what it shows now; if you "
        "save again, yours replaces it."
    )


def saved(name: str) -> str:
    """Announce a new view."""
    return f"View “{name}” saved."


def restored(name: str) -> str:
    """Announce that a view is back."""
    return f"View “{name}” restored."


def default_set(name: str) -> str:
    """Announce a default."""
    return f"Enrollments opens with “{name}” from now on."


def copy_of(name: str) -> str:
    """Name the copy of a view at first."""
    return f"{name} (copy)"


def shared_with(audience: str) -> str:
    """Tell who sees a view: "Shared with Group leads"."""
    return f"Shared with {audience}"


def shared_by(owner: str) -> str:
    """Tell whose view it is."""
    return f"Shared by {owner}"


def with_note(name: str, note: str) -> str:
    """Name a view in full: "Late in Fire Safety (shared by Ann Lee)"."""
    return f"{name} ({note[:1].lower()}{note[1:]})"


# The access log.


def logged_audience(audience: str) -> str:
    """Tell whom a view is shared with."""
    return f"with {audience}"


def logged_change(before: str, after: str) -> str:
    """Tell whom a view was shared with before."""
    return f"with {before} before, now with {after}"
