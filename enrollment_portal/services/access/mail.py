"""Send mail, if a server is configured; slow, so never call it on an event loop."""

from __future__ import annotations

import logging
import smtplib
import ssl
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from enrollment_portal.domain.shared.emails import ascii_email
from enrollment_portal.settings import settings

logger = logging.getLogger(__name__)

_SECONDS = 15
_PORTS = {"smtp": 587, "smtps": 465}


def is_mail_configured() -> bool:
    """Return whether the portal can send mail at all."""
    return bool(settings().smtp_url)


def send_mail(to: str, subject: str, body: str) -> bool:
    """Send a plain text mail over an encrypted connection.

    Returns:
        False if it could not be sent; the reason is logged, without the text of the mail.
    """
    server = urlsplit(settings().smtp_url)
    try:
        message = _message(to, subject, body)
        host, port = server.hostname or "", server.port or _PORTS[server.scheme]
        with _connect(server.scheme, host, port) as connection:
            if server.username:
                connection.login(unquote(server.username), unquote(server.password or ""))
            connection.send_message(message)
    except (OSError, smtplib.SMTPException, ValueError) as error:
        # The error may contain the sent text. A ValueError, such as a UnicodeError: no mail can be
        # made of this address or text.
        name = type(error).__name__
        logger.warning("The mail server %s did not take a mail: %s", server.hostname, name)
        return False
    return True


def _message(to: str, subject: str, body: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"] = ascii_email(settings().mail_from), ascii_email(to)
    message["Subject"] = subject
    message.set_content(body)
    return message


def _connect(scheme: str, host: str, port: int) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if scheme == "smtps":
        return smtplib.SMTP_SSL(host, port, timeout=_SECONDS, context=context)
    connection = smtplib.SMTP(host, port, timeout=_SECONDS)
    try:
        connection.starttls(context=context)
    except BaseException:
        connection.close()
        raise
    return connection
