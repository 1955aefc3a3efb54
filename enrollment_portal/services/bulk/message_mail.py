"""Send messages to learners by mail: each once, after the job that wrote it has ended."""

from __future__ import annotations

import asyncio
import logging

from enrollment_portal.domain.learning import messages
from enrollment_portal.domain.learning.learner_messages import Mail
from enrollment_portal.domain.shared.calendar import now_ms
from enrollment_portal.services.access.mail import is_mail_configured, send_mail
from enrollment_portal.services.shared.organization import organization_of
from enrollment_portal.settings import settings
from enrollment_portal.storage.enrollment import learner_messages as stored
from enrollment_portal.storage.shared.database import Database

logger = logging.getLogger(__name__)

_POLL_SECONDS = 2.0
_LOST_MS = 5 * 60_000
"""After this time a mail that a process began to send is given up: it may have been sent."""


def send_next_mail(database: Database) -> bool:
    """Send the next waiting mail; return whether there was one.

    It is recorded first that it is being sent, so that no other process sends it, nor this one
    after a crash: rather not at all than twice.
    """
    now = now_ms()
    with database.read() as session:
        mail = stored.next_mail(session)
    if mail is None:
        return False
    with database.write() as session:
        if not stored.claim_mail(session, mail.id, now):
            return True
    result = Mail.NONE
    if mail.email:
        organization = organization_of(database).name
        body = messages.message_mail(mail.name, mail.text, mail.sent_by, organization)
        subject = messages.message_subject(mail.title, organization)
        body += f"\n{settings().portal_url}/learn\n"
        result = Mail.SENT if send_mail(mail.email, subject, body) else Mail.FAILED
    with database.write() as session:
        stored.end_mail(session, mail.id, result)
    return True


def give_up_lost_mails(database: Database) -> None:
    """Record as failed what processes that are gone began to send."""
    with database.write() as session:
        stored.give_up_mails(session, now_ms() - _LOST_MS)


async def keep_sending_mails(database: Database) -> None:
    """Send waiting mails while the app runs, until cancelled; do nothing without a mail server.

    An error is logged, and it goes on.
    """
    if not is_mail_configured():
        return
    rounds = 0
    while True:
        try:
            if not rounds % 60:
                await asyncio.to_thread(give_up_lost_mails, database)
            while await asyncio.to_thread(send_next_mail, database):
                pass
        except Exception:
            logger.exception("Mails could not be sent; it is tried again.")
        rounds += 1
        await asyncio.sleep(_POLL_SECONDS)
