"""Create, read and use one-time sign-in links."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlmodel import Session

from enrollment_portal.domain.access import messages
from enrollment_portal.domain.access.admin_log import Action, SubjectKind
from enrollment_portal.domain.access.permissions import may_create_sign_in_link
from enrollment_portal.domain.access.sign_in_links import TOKEN, LinkKind, LinkRefused
from enrollment_portal.domain.people.people import ADMIN_ROLES, Actor
from enrollment_portal.domain.shared.calendar import now_ms
from enrollment_portal.domain.shared.errors import PortalError
from enrollment_portal.domain.shared.wording import with_commas
from enrollment_portal.services.access.passwords import BAD_PASSWORD, hash_password, may_be_chosen
from enrollment_portal.services.access.sessions import Browser, Opened, from_client, open_session
from enrollment_portal.services.access.throttling import (
    fail,
    forget_other_devices,
    forgive_account,
    hash_of_token,
    start_attempt,
)
from enrollment_portal.services.shared.organization import organization_of
from enrollment_portal.settings import settings
from enrollment_portal.storage.access import invitations as stored
from enrollment_portal.storage.access.access import close_sessions
from enrollment_portal.storage.access.accounts import Credentials, find_account
from enrollment_portal.storage.access.admin_log import add_act
from enrollment_portal.storage.access.invitations import LinkOwner, OpenLink
from enrollment_portal.storage.shared.database import Database


@dataclass(frozen=True)
class LinkFacts:
    """Whose link it is, for its page."""

    kind: LinkKind
    name: str
    email: str
    organization: str


def make_link(
    session: Session,
    account_id: int,
    kind: LinkKind,
    *,
    now: int,
    valid_ms: int,
    made_by: Actor | None = None,
    replaces: bool = True,
) -> str:
    """Create a link and return its address; only its hash is stored.

    Args:
        session: in a write transaction.
        account_id: which account it opens.
        kind: an invitation, or a new password.
        now: the current time, in ms.
        valid_ms: for how long.
        made_by: the admin who created it; it works only while they may create such a link.
        replaces: whether older links become invalid.
    """
    if replaces:
        stored.void_links(session, account_id)
    token = secrets.token_urlsafe(32)
    stored.add_link(
        session,
        account_id,
        hash_of_token(token),
        kind,
        now=now,
        expires=now + valid_ms,
        made_by=made_by.account_id if made_by else None,
    )
    # In the fragment, so that it is in no server log and in no Referer header.
    return f"{settings().portal_url}/welcome#token={token}"


def read_link(database: Database, token: object, browser: Browser) -> LinkFacts:
    """Return whose link it is.

    Raises:
        LinkRefused: used, expired, unknown, or it opens nothing any more.
        Throttled: it is one of these, and so were too many others from this client.
    """
    if not isinstance(token, str) or not TOKEN.fullmatch(token):
        raise LinkRefused
    token_hash = hash_of_token(token)
    with _counting_refusals(database, token_hash, browser), database.read() as session:
        link = _open(session, token_hash)
    owner = link.owner
    return LinkFacts(link.kind, owner.name, owner.email, organization_of(database).name)


def use_link(database: Database, *, token: object, password: object, browser: Browser) -> Opened:
    """Set the password of the account that a link opens, and open a session; slow on purpose.

    A link for a new password ends the account's other sessions. No other link to the account
    works afterwards.

    Args:
        database: where links and accounts are.
        token: of the link, as it arrived.
        password: as typed.
        browser: from which it comes.

    Raises:
        PortalError: the password is too short or too long; the link can be used again.
        LinkRefused: used, expired, unknown, or it opens nothing any more.
        Throttled: it is one of these, and so were too many others from this client.
    """
    if not isinstance(token, str) or not TOKEN.fullmatch(token):
        raise LinkRefused
    if not may_be_chosen(password):
        raise PortalError(BAD_PASSWORD)
    token_hash = hash_of_token(token)
    with _counting_refusals(database, token_hash, browser):
        with database.read() as session:
            _open(session, token_hash)
        password_hash = hash_password(str(password))
        with database.write() as session:
            link = _open(session, token_hash)
            now = now_ms()
            if not stored.use_link(session, link, token_hash, password_hash, now=now):
                raise LinkRefused
            _used(session, link, browser, now)
    credentials = Credentials(link.owner.account_id, password_hash)
    return open_session(database, credentials, browser, has_used_link=True)


def log_link(
    session: Session,
    actor: Actor | None,
    action: Action,
    owner: LinkOwner,
    *,
    now: int,
    detail: str,
) -> None:
    """Record the use or creation of a link in the access log."""
    is_user = owner.learner_id is not None
    add_act(
        session,
        actor,
        action,
        SubjectKind.USER if is_user else SubjectKind.ADMIN,
        owner.learner_id if is_user else owner.account_id,
        owner.name,
        now=now,
        detail=detail,
    )


def person_of(owner: LinkOwner) -> Actor:
    """Return the actor of an account."""
    return Actor(owner.account_id, owner.name, owner.email, owner.role, learner_id=owner.learner_id)


@contextmanager
def _counting_refusals(database: Database, token_hash: str, browser: Browser) -> Iterator[None]:
    """Count an invalid link as a failed attempt of its client.

    A valid link works however many failures its client has: nobody guesses a token of 256 random
    bits, and a campus may share one address.
    """
    try:
        yield
    except LinkRefused:
        fail(database, start_attempt(database, f"link:{token_hash}", browser.client))
        raise


def _open(session: Session, token_hash: str) -> OpenLink:
    """Return a valid link, if its creator may still create such a link.

    Raises:
        LinkRefused: it is not valid.
    """
    link = stored.open_link(session, token_hash, now=now_ms())
    if link is None or not _is_link_still_allowed(session, link):
        raise LinkRefused
    return link


def _is_link_still_allowed(session: Session, link: OpenLink) -> bool:
    """Return whether the creator of a link may still create it.

    Its owner may have become an admin since. An instructor who was invited and teaches by now may
    still use it.
    """
    owner = link.owner
    teaches = owner.teaches and link.kind is LinkKind.RESET
    if link.made_by is None or not (teaches or owner.role in ADMIN_ROLES):
        return True
    maker = find_account(session, link.made_by)
    return maker is not None and may_create_sign_in_link(maker, owner.role, teaches=teaches)


def _used(session: Session, link: OpenLink, browser: Browser, now: int) -> None:
    owner, action, parts = link.owner, Action.INVITATION_USED, [from_client(browser)]
    if link.kind is LinkKind.RESET:
        action = Action.SIGN_IN_LINK_USED
        ended = close_sessions(session, owner.account_id)
        forget_other_devices(session, owner.account_id, None)
        forgive_account(session, owner.email)
        parts.append(messages.sessions_ended(ended) if ended else "")
    log_link(
        session,
        person_of(owner),
        action,
        owner,
        now=now,
        detail=with_commas(parts),
    )
