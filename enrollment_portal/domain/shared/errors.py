"""Errors that a person can cause, each with a message that says what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from enrollment_portal.domain.shared import messages


class PortalError(Exception):
    """The base class of all errors with a message for the person."""

    message = messages.FAILED

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or self.message)
        self.message = message or self.message


class NotSignedIn(PortalError):
    """Nobody is signed in, or the session has ended."""

    message = messages.SESSION_ENDED


class NotAllowed(PortalError):
    """The person is signed in, but lacks the permission."""

    message = messages.NOT_ALLOWED


class OwnEnrollment(NotAllowed):
    """People may not change their own enrollment in this way."""

    message = messages.OWN_ENROLLMENT


class NotFound(PortalError):
    """The record does not exist, or the person may not see it: the message is the same."""

    message = messages.NOT_FOUND


class WrongCredentials(PortalError):
    """The email or the password is wrong; the message does not say which."""

    message = messages.WRONG_CREDENTIALS


class Throttled(PortalError):
    """Too many failed attempts for this account or from this client."""

    message = messages.THROTTLED


class StaleVersion(PortalError):
    """The record is no longer at the base version of the change; nothing was written."""

    message = messages.JUST_CHANGED


class StorageUnavailable(PortalError):
    """The database cannot be reached or written; nothing was saved."""

    message = messages.READ_ONLY_DATABASE


class DemoIsLocal(PortalError):
    """Refuse to serve the demo company, which needs no passwords, to other machines."""

    message = messages.DEMO_IS_LOCAL


class Invalid(PortalError):
    """Input that breaks a rule.

    Args:
        errors: for each field, by its name in the form, the sentence to show next to it.
    """

    message = messages.CHECK_FIELDS

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__()
        self.errors = dict(errors)


@dataclass(frozen=True)
class FieldConflict:
    """A conflict in one field: somebody else changed it since the form was loaded.

    `base` is the value of the base version, `theirs` the stored one, `mine` the submitted one;
    `mine == base` where only they changed it. Values are raw, not formatted for display.
    """

    field: str
    base: object
    theirs: object
    mine: object
    by: str = ""
    """Who last changed this field, "" if nobody else did."""
    at: int = 0
    """When, in milliseconds since 1970 UTC."""


class Conflict(PortalError):
    """Somebody else changed the same fields since the form was loaded; nothing was written.

    Args:
        version: the version stored now, to base the next save on.
        by: who saved last, by name.
        at: when, in milliseconds since 1970 UTC.
        fields: every field that they changed or that was submitted.
        is_own: it was the same person, in another tab.
    """

    message = messages.CONFLICT
    own_message = messages.OWN_CONFLICT

    def __init__(
        self,
        version: int,
        by: str,
        at: int,
        fields: tuple[FieldConflict, ...],
        *,
        is_own: bool = False,
    ) -> None:
        super().__init__(self.own_message if is_own else None)
        self.is_own = is_own
        self.version, self.by, self.at, self.fields = version, by, at, fields


class Refused(PortalError):
    """The action is not possible in the current state; the message says why and what to do."""


class NeedsConfirmation(Refused):
    """This value needs the Manage form, which asks a question before it saves.

    Args:
        typed: the values to put into the form, by field name.
    """

    def __init__(self, typed: Mapping[str, str]) -> None:
        super().__init__()
        self.typed = dict(typed)
