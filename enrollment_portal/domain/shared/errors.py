"""What can go wrong because of what a person asked for, each with what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from enrollment_portal.domain.shared import messages


class PortalError(Exception):
    """A refusal that a person can understand and act on."""

    message = messages.FAILED

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or self.message)
        self.message = message or self.message


class NotSignedIn(PortalError):
    """Nobody is signed in, or the session has ended."""

    message = messages.SESSION_ENDED


class NotAllowed(PortalError):
    """The person is known, and may not do this."""

    message = messages.NOT_ALLOWED


class OwnEnrollment(NotAllowed):
    """It is the person's own enrollment, which somebody else has to change."""

    message = messages.OWN_ENROLLMENT


class NotFound(PortalError):
    """The thing does not exist for this person: absent and invisible look the same."""

    message = messages.NOT_FOUND


class WrongCredentials(PortalError):
    """The email and the password do not belong together; never says which was wrong."""

    message = "That email and password do not match an account. Check both and try again."


class Throttled(PortalError):
    """Too many failed attempts for this account or from this client."""

    message = "Too many failed attempts. Wait a while, then try again."


class StaleVersion(PortalError):
    """A record is no longer at the version that a change was based on; nothing of it is kept."""

    message = messages.JUST_CHANGED


class StorageUnavailable(PortalError):
    """The database cannot be written, or not be reached; nothing was saved."""

    message = messages.READ_ONLY_DATABASE


class DemoIsLocal(PortalError):
    """The demo company, open without passwords, would be reached from other machines."""

    message = (
        "The demo company is open without passwords to whoever reaches the portal, and other"
        " machines do: REFLEX_BACKEND_HOST or PORTAL_URL is not an address of this machine alone."
        " Set PORTAL_DEMO=open if that is wanted, or PORTAL_DEMO=off."
    )


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
    """One field on which a save met somebody else's.

    `base` is the value both started from, `theirs` what is stored now, `mine` what was sent;
    `mine == base` where only they changed it. Values are raw, not formatted for display.
    """

    field: str
    base: object
    theirs: object
    mine: object
    by: str = ""
    """Who changed this field last, "" where nobody else did."""
    at: int = 0
    """When, in milliseconds since 1970 UTC."""


class Conflict(PortalError):
    """Another save was first; nothing was overwritten.

    Args:
        version: the version stored now, to base the next save on.
        by: who saved last, by name.
        at: when, in milliseconds since 1970 UTC.
        fields: every field they changed or this save wanted to.
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
    """What was asked for cannot be done as things stand; the message says why and what to do."""


class NeedsConfirmation(Refused):
    """A value is only set by the Manage form, which asks a question before it saves.

    Args:
        typed: by field name, what the form is to hold.
    """

    def __init__(self, typed: Mapping[str, str]) -> None:
        super().__init__()
        self.typed = dict(typed)
