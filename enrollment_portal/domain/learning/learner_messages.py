"""Messages to learners, each about one enrollment: what has become of them, and of their mail."""

from __future__ import annotations

from enum import StrEnum

MESSAGE_LENGTH = 2_000
"""How long a message may be, before names are filled in."""


class MessageState(StrEnum):
    """What the learner has done with a message; stored by value."""

    NEW = "new"
    READ = "read"
    DISMISSED = "dismissed"


class Mail(StrEnum):
    """What has become of the mail with a message; stored by value."""

    NONE = "none"
    """There is none: no mail server is configured, or the learner has no address."""
    WAITING = "waiting"
    """It is sent once its job is done."""
    SENDING = "sending"
    """A process has begun to send it; nobody sends it again, even if that process dies."""
    SENT = "sent"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"
    """The message was withdrawn before it was sent."""
