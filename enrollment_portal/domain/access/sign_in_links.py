"""One-time links that let somebody in: invitations, and links for a new password."""

from __future__ import annotations

import re
from enum import StrEnum

from enrollment_portal.domain.shared.calendar import MS_PER_DAY
from enrollment_portal.domain.shared.errors import PortalError

TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
"""What the token of a link looks like."""
_MS_PER_HOUR = 3_600_000


class LinkKind(StrEnum):
    """What a link is for; stored by value."""

    INVITATION = "invitation"
    """It sets the first password of an account that has none."""
    RESET = "reset"
    """It sets a new password, whatever the account has, and ends the account's sessions."""


INVITED_MS = 7 * MS_PER_DAY
SENT_MS = MS_PER_DAY
"""A link that an admin sends, who may have to hand it over."""
REQUESTED_MS = _MS_PER_HOUR
"""A link that somebody asked for themselves, by mail or at the server's command line."""


class LinkRefused(PortalError):
    """A link that is unknown, used, replaced or too old, or that may open its account no more.

    All of them look the same.
    """

    message = "This link cannot be used. It may be too old, or used already. Ask for a new one."
