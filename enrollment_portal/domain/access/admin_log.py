"""The access log: the kinds of actions, the kinds of records they change, and their labels."""

from __future__ import annotations

from enum import StrEnum

COMMAND_LINE = "Command line"
"""The name that the log shows for changes from the server's command line."""


class SubjectKind(StrEnum):
    """The kind of record that an action changed; stored by value."""

    USER = "user"
    GROUP = "group"
    COURSE = "course"
    PATH = "path"
    ADMIN = "admin"
    SESSION = "session"
    LEDGER = "ledger"
    ORGANIZATION = "organization"
    VIEW = "view"


class Action(StrEnum):
    """The kind of action; stored by value."""

    SIGNED_IN = "signed_in"
    SIGN_IN_FAILED = "sign_in_failed"
    SIGNED_OUT = "signed_out"
    SIGNED_OUT_EVERYWHERE = "signed_out_everywhere"
    INVITED = "invited"
    INVITATION_USED = "invitation_used"
    PASSWORD_LINK_REQUESTED = "password_link_requested"  # noqa: S105
    SIGN_IN_LINK_SENT = "sign_in_link_sent"
    SIGN_IN_LINK_USED = "sign_in_link_used"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105
    USER_CHANGED = "user_changed"
    SUSPENDED = "suspended"
    REINSTATED = "reinstated"
    ADMIN_ADDED = "admin_added"
    ADMIN_REMOVED = "admin_removed"
    ADMIN_PROMOTED = "admin_promoted"
    ADMIN_DEMOTED = "admin_demoted"
    SECTIONS_SWITCHED = "sections_switched"
    GROUP_MADE = "group_made"
    GROUP_CHANGED = "group_changed"
    MEMBERS_ADDED = "members_added"
    MEMBERS_REMOVED = "members_removed"
    ASSIGNED = "assigned"
    UNASSIGNED = "unassigned"
    COURSE_MADE = "course_made"
    COURSE_CHANGED = "course_changed"
    COURSE_PUBLISHED = "course_published"
    COURSE_ARCHIVED = "course_archived"
    PATH_MADE = "path_made"
    PATH_CHANGED = "path_changed"
    ENROLLED = "enrolled"
    EXPORTED = "exported"
    ENROLLING_UNDONE = "enrolling_undone"
    EXTENSION_GRANTED = "extension_granted"
    EXTENSION_DECLINED = "extension_declined"
    ORGANIZATION_CHANGED = "organization_changed"
    VIEW_SHARED = "view_shared"
    VIEW_UNSHARED = "view_unshared"
    VIEW_CHANGED = "view_changed"
    VIEW_DELETED = "view_deleted"
    VIEW_RESTORED = "view_restored"

    @property
    def label(self) -> str:
        """The act as shown to people: "Signed in"."""
        return self.value.replace("_", " ").capitalize()
