"""Reset a forgotten password by a link, and change one's own password."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from enrollment_portal.domain.access import messages
from enrollment_portal.domain.access.admin_log import Action
from enrollment_portal.domain.access.permissions import may_manage_people, require
from enrollment_portal.domain.access.sign_in_links import REQUESTED_MS, SENT_MS, LinkKind
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared.calendar import now_ms
from enrollment_portal.domain.shared.errors import NotAllowed, NotFound, PortalError
from enrollment_portal.domain.shared.listing import read_id
from enrollment_portal.services.access.cookies import MAX_EMAIL
from enrollment_portal.services.access.invitations import require_may_create_sign_in_link
from enrollment_portal.services.access.links import log_link, make_link, person_of
from enrollment_portal.services.access.mail import is_mail_configured, send_mail
from enrollment_portal.services.access.passwords import (
    BAD_PASSWORD,
    MAX_PASSWORD,
    check_password,
    hash_password,
    is_text,
    may_be_chosen,
    normal_password,
)
from enrollment_portal.services.access.sessions import Browser, from_client, record_of_session
from enrollment_portal.services.access.sign_in import read_address, record_failure
from enrollment_portal.services.access.throttling import (
    count_link_request,
    fail,
    forget_other_devices,
    hash_of_token,
    start_attempt,
    succeed,
)
from enrollment_portal.services.shared.organization import organization_of
from enrollment_portal.services.shared.retrying import again_after_deadlock
from enrollment_portal.storage.access import accounts
from enrollment_portal.storage.access import invitations as stored
from enrollment_portal.storage.access.access import close_sessions
from enrollment_portal.storage.shared.database import Database


@dataclass(frozen=True)
class SentLink:
    """A link for a new password; `link` is "" if only its owner gets it, by mail."""

    name: str
    email: str
    link: str = field(repr=False)
    mailed: bool | None = None
    """`None` without mail."""


@again_after_deadlock
def send_link(database: Database, actor: Actor, account_id: object) -> SentLink:
    """Send somebody a link by which they choose a new password; older links become invalid.

    Where mail is configured the actor does not see it, unless the mail could not be sent.

    Args:
        database: where accounts are.
        actor: who sends it.
        account_id: to whom.

    Raises:
        NotFound: there is no such account, or the actor may not see it.
        NotAllowed: the actor may not manage people, the account holds rights that the actor
            lacks, it is suspended, it has no password yet, or it is the actor's own.
    """
    require(actor, may_manage_people)
    now = now_ms()
    with database.write() as session:
        owner = require_may_create_sign_in_link(session, actor, read_id(account_id) or 0)
        if owner.account_id == actor.account_id:
            raise NotAllowed(messages.OWN_ACCOUNT)
        if owner.is_suspended:
            raise NotAllowed(messages.SUSPENDED)
        if not owner.has_password:
            raise NotAllowed(messages.NOT_INVITED)
        link = make_link(
            session, owner.account_id, LinkKind.RESET, now=now, valid_ms=SENT_MS, made_by=actor
        )
        how = "by mail" if is_mail_configured() else "to copy"
        detail = f"{owner.email}, {how}"
        log_link(session, actor, Action.SIGN_IN_LINK_SENT, owner, now=now, detail=detail)
    sent = SentLink(owner.name, owner.email, link)
    if not is_mail_configured():
        return sent
    organization = organization_of(database).name
    was_sent = send_mail(
        owner.email,
        messages.sent_link_subject(organization),
        messages.sent_link_mail(owner.name, actor.name, organization, link),
    )
    return replace(sent, link="" if was_sent else link, mailed=was_sent)


def request_link(database: Database, email: object, client: str) -> str:
    """Count a request for a link by mail, and return the address for `mail_requested_link`.

    It does the same whether or not the address has an account.

    Raises:
        PortalError: no mail is configured here, or nothing was typed.
        Throttled: too many requests for this address or from this client.
    """
    if not is_mail_configured():
        raise PortalError(messages.NO_MAIL)
    if not is_text(email, MAX_EMAIL):
        raise PortalError(messages.EMAIL_NEEDED)
    address = read_address(email)
    count_link_request(database, address, client)
    return address


def mail_requested_link(database: Database, address: str, browser: Browser) -> None:
    """Mail a link to the account with an address, if there is one; call it after the answer."""
    now, organization = now_ms(), organization_of(database)
    with database.write() as session:
        owner = stored.owner_by_email(session, address)
        if owner is None or owner.is_suspended:
            return
        if organization.is_demo and not owner.has_password:
            return  # An account with a password cannot be entered in the demo any more.
        # Older links stay valid: a stranger's request must not invalidate the owner's link.
        link = make_link(
            session,
            owner.account_id,
            LinkKind.RESET,
            now=now,
            valid_ms=REQUESTED_MS,
            replaces=False,
        )
        person, where = person_of(owner), from_client(browser)
        record_of_session(session, person, Action.PASSWORD_LINK_REQUESTED, now, where)
    send_mail(
        owner.email,
        messages.requested_link_subject(organization.name),
        messages.requested_link_mail(owner.name, organization.name, link),
    )


def reset_from_command_line(database: Database, email: object) -> SentLink:
    """Return a link for a new password, for the server's command line.

    Raises:
        PortalError: no account has this email, or it is suspended.
    """
    now, address = now_ms(), read_address(email)
    with database.write() as session:
        owner = stored.owner_by_email(session, address)
        if owner is None:
            raise PortalError(messages.no_account(address))
        if owner.is_suspended:
            raise PortalError(messages.account_suspended(owner.name))
        link = make_link(session, owner.account_id, LinkKind.RESET, now=now, valid_ms=REQUESTED_MS)
        log_link(session, None, Action.SIGN_IN_LINK_SENT, owner, now=now, detail=owner.email)
    return SentLink(owner.name, owner.email, link)


def has_password(database: Database, actor: Actor) -> bool:
    """Return whether the actor's own account has a password; those of the demo have none."""
    with database.read() as session:
        credentials = accounts.credentials_by_email(session, actor.email)
    return credentials is not None and credentials.password_hash is not None


def change_password(
    database: Database, actor: Actor, *, present: object, password: object, browser: Browser
) -> int:
    """Change one's own password; slow on purpose.

    The current session stays, all others of the person end, and links that were sent before become
    invalid.

    Args:
        database: where accounts are.
        actor: whose; signed in with the session of `browser`.
        present: the password until now, as typed.
        password: the new one, as typed.
        browser: from which it comes.

    Returns:
        How many other sessions ended.

    Raises:
        NotAllowed: the account has no password.
        PortalError: the present one is wrong, or the new one is the same, too short or too long.
        Throttled: too many wrong passwords; nothing was checked.
        NotFound: the account is gone or suspended, or its password was changed meanwhile.
    """
    if not may_be_chosen(password):
        raise PortalError(BAD_PASSWORD)
    if not is_text(present, MAX_PASSWORD):
        raise PortalError(messages.WRONG_PASSWORD)
    present, password = str(present), str(password)
    with database.read() as session:
        credentials = accounts.credentials_by_email(session, actor.email)
    if credentials is None or credentials.account_id != actor.account_id:
        raise NotFound
    if credentials.password_hash is None:
        raise NotAllowed(messages.NO_PASSWORD)
    attempt = start_attempt(database, actor.email, browser.client, browser.device)
    if not check_password(present, credentials.password_hash).is_right:
        fail(database, attempt)
        record_failure(database, credentials, browser)
        raise PortalError(messages.WRONG_PASSWORD)
    if normal_password(present) == normal_password(password):
        raise PortalError(messages.SAME_PASSWORD)
    password_hash, own = hash_password(password), hash_of_token(browser.session or "")
    with database.write() as session:
        succeed(session, attempt)
        if not accounts.change_password(session, credentials, password_hash):
            raise NotFound
        ended = close_sessions(session, actor.account_id, own)
        forget_other_devices(session, actor.account_id, browser.device)
        stored.void_links(session, actor.account_id)
        detail = messages.other_sessions_ended(ended) if ended else ""
        record_of_session(session, actor, Action.PASSWORD_CHANGED, now_ms(), detail)
    return ended
