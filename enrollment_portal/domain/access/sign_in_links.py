"""One-time sign-in links: invitations, and links for a new password."""

from __future__ import annotations

import re
from enum import StrEnum

from enrollment_portal.domain.access import messages
from enrollment_portal.domain.shared.calendar import MS_PER_DAY
from enrollment_portal.domain.shared.errors import PortalError

TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
"""What the token of a link looks like."""
_MS_PER_HOUR = 3_600_000


class LinkKind(StrEnum):
    """What a link is for; stored by value."""

    INVITATION = "invitation"
    """Sets the first password of an account that has none."""
    RESET = "reset"
    """Sets a new password and ends the account's sessions."""


INVITED_MS = 7 * MS_PER_DAY
SENT_MS = MS_PER_DAY
"""How long a link is valid that an admin sends, perhaps not by mail."""
REQUESTED_MS = _MS_PER_HOUR
"""How long a link is valid that was requested by mail or at the command line."""


class LinkRefused(PortalError):
    """The link is unknown, used, replaced, expired, or its account may no longer be opened.

    One message for all of these, so that it reveals nothing.
    """

    message = messages.LINK_UNUSABLE
