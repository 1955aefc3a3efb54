"""Inviting people: an account without a password, and a link that sets its first one, once."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from enrollment_portal.domain.admin_log import Action, SubjectKind
from enrollment_portal.domain.calendar import MS_PER_DAY, now_ms
from enrollment_portal.domain.emails import read_email
from enrollment_portal.domain.errors import Invalid, NotAllowed, NotFound, PortalError
from enrollment_portal.domain.listing import read_id
from enrollment_portal.domain.people import Actor, Role
from enrollment_portal.domain.rights import may_change_admins, may_manage_people, require
from enrollment_portal.domain.user_edits import (
    ADMIN_ROLES,
    InvitationRefused,
    read_person,
)
from enrollment_portal.services.mail import is_mail_configured, send_mail
from enrollment_portal.services.organization import organization_of
from enrollment_portal.services.passwords import (
    MAX_PASSWORD,
    MIN_PASSWORD,
    hash_password,
    may_be_chosen,
)
from enrollment_portal.services.sessions import hash_of_token, open_session, reserve_attempt
from enrollment_portal.settings import settings
from enrollment_portal.storage import invitations as stored
from enrollment_portal.storage import people
from enrollment_portal.storage.accounts import Credentials
from enrollment_portal.storage.admin_log import add_act
from enrollment_portal.storage.database import Database

VALID_MS = 7 * MS_PER_DAY
_TAKEN = "Somebody else has this email. Give a different one."
TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
"""What the token of a link looks like."""


@dataclass(frozen=True)
class Invitation:
    """An invitation as it is shown once; `expires` in ms, `mailed` is `None` without mail."""

    learner_id: int
    name: str
    email: str
    link: str = field(repr=False)
    expires: int
    mailed: bool | None = None


def roles_to_give(actor: Actor) -> tuple[Role, ...]:
    """Return the portal accesses that the actor may give somebody."""
    plain = (Role.LEARNER, Role.INSTRUCTOR, Role.GROUP_LEAD)
    return (*plain, Role.ADMIN, Role.SUPER_ADMIN) if may_change_admins(actor) else plain


def invite(database: Database, actor: Actor, typed: Mapping[str, object]) -> Invitation:
    """Add a person to the directory with an account, and invite them.

    Args:
        database: where they are stored.
        actor: who invites.
        typed: the fields of `PersonFields` as typed.

    Raises:
        NotAllowed: the actor may not manage people.
        Invalid: a field breaks a rule, or the access is not the actor's to give.
    """
    require(actor, may_manage_people)
    person = read_person(typed, needs_email=True, has_access=True)
    _require_may_give(actor, person.access)
    now = now_ms()
    try:
        with database.write() as connection:
            if person.manager_id and not people.person(connection, person.manager_id, now=now):
                raise Invalid({"manager_id": "This person is not in the directory any more."})
            _refuse_taken(connection, str(person.email), None)
            learner_id = people.add_person(connection, person, now=now)
            invitation = _invite(
                connection, actor, learner_id, person.name, str(person.email), person.access, now
            )
    except IntegrityError:
        raise Invalid({"email": _TAKEN}) from None
    return _mail(database, actor, invitation)


def invite_again(
    database: Database, actor: Actor, learner_id: object, typed: Mapping[str, object]
) -> Invitation:
    """Invite a person of the directory who has no password; older links lead nowhere then.

    Args:
        database: where they are stored.
        actor: who invites.
        learner_id: whom.
        typed: `access`, for a person who has no account yet, and `email` for one without.

    Raises:
        NotFound: there is no such person.
        NotAllowed: the actor may not, the account has a password, or it is suspended.
        Invalid: the email or the access cannot be given.
    """
    require(actor, may_manage_people)
    now = now_ms()
    try:
        with database.write() as connection:
            person = people.person(connection, read_id(learner_id) or 0, now=now, for_update=True)
            if person is None:
                raise NotFound
            role = Role(person.role) if person.role else _read_access(typed.get("access"))
            if person.account_id is None:
                _require_may_give(actor, role)
            elif role in ADMIN_ROLES and not may_change_admins(actor):
                raise NotAllowed("Only a Super Admin invites an admin.")
            if person.has_password:
                raise NotAllowed("They have set a password and can sign in with it.")
            if person.is_suspended:
                raise NotAllowed("Their access is suspended. Reinstate it first.")
            email = person.email or _read_email(typed.get("email"))
            if person.account_id is None or not person.email:
                _refuse_taken(connection, email, person)
            if not person.email:
                people.change_person(connection, person.id, replace(person.fields, email=email))
            invitation = _invite(
                connection, actor, person.id, person.name, email, role, now, person.account_id
            )
    except IntegrityError:
        raise Invalid({"email": _TAKEN}) from None
    return _mail(database, actor, invitation)


def accept(
    database: Database,
    *,
    token: object,
    password: object,
    client: str,
    user_agent: str = "",
    replacing: str | None = None,
) -> str:
    """Set the first password of the invited account and open a session; slow on purpose.

    Args:
        database: where invitations and accounts are.
        token: of the link, as it arrived.
        password: as typed.
        client: the address from which the attempt comes.
        user_agent: what the browser says of itself.
        replacing: the token of the session that the browser had before; it ends.

    Returns:
        The token of a new session.

    Raises:
        PortalError: the password is too short or too long; the link can be used again.
        Throttled: too many attempts; nothing was checked.
        InvitationRefused: used, expired, unknown, or its account is suspended.
    """
    if not isinstance(token, str) or not TOKEN.fullmatch(token):
        raise InvitationRefused
    if not may_be_chosen(password):
        raise PortalError(f"Choose a password of {MIN_PASSWORD} to {MAX_PASSWORD:,} characters.")
    token_hash = hash_of_token(str(token))
    reserved = reserve_attempt(database, f"invitation:{token_hash}", client)
    with database.read() as connection:
        invited = stored.open_invitation(connection, token_hash, now=now_ms())
    if invited is None:
        raise InvitationRefused
    password_hash = hash_password(str(password))
    now = now_ms()
    with database.write() as connection:
        if not stored.use_invitation(
            connection, invited.account_id, token_hash, password_hash, now=now
        ):
            raise InvitationRefused
        themselves = Actor(
            invited.account_id,
            invited.name,
            invited.email,
            Role(invited.role),
            learner_id=invited.learner_id,
        )
        add_act(
            connection,
            themselves,
            Action.INVITATION_USED,
            SubjectKind.USER,
            invited.learner_id,
            invited.name,
            now=now,
        )
    credentials = Credentials(invited.account_id, password_hash)
    return open_session(
        database, credentials, replacing, reserved, client=client, user_agent=user_agent
    )


def _invite(
    connection: Connection,
    actor: Actor,
    learner_id: int,
    name: str,
    email: str,
    role: Role | None,
    now: int,
    account_id: int | None = None,
) -> Invitation:
    role = role or Role.LEARNER
    if account_id is None:
        account_id = people.add_account(
            connection, learner_id, name=name, email=email, role=role, now=now
        )
    token = secrets.token_urlsafe(32)
    stored.add_invitation(
        connection, account_id, hash_of_token(token), now=now, expires=now + VALID_MS
    )
    add_act(
        connection,
        actor,
        Action.INVITED,
        SubjectKind.USER,
        learner_id,
        name,
        now=now,
        detail=f"{email}, {role.label}",
    )
    # After the #, where it reaches neither a server's log nor another page's Referer.
    link = f"{settings().portal_url}/welcome#token={token}"
    return Invitation(learner_id, name, email, link, now + VALID_MS)


def _mail(database: Database, actor: Actor, invitation: Invitation) -> Invitation:
    if not is_mail_configured():
        return invitation
    organization = organization_of(database).name
    was_sent = send_mail(
        invitation.email,
        f"Your invitation to {organization}",
        f"Hello {invitation.name},\n\n{actor.name} invites you to {organization}'s learning portal."
        f" Choose a password here:\n\n{invitation.link}\n\nThe link works once, for 7 days.\n",
    )
    return replace(invitation, mailed=was_sent)


def _require_may_give(actor: Actor, role: Role | None) -> None:
    if role not in roles_to_give(actor):
        raise Invalid({"access": "Only a Super Admin makes someone an admin."})


def _read_access(typed: object) -> Role:
    if not isinstance(typed, str) or typed not in list(Role):
        raise Invalid({"access": "Choose what they may open."})
    return Role(typed)


def _read_email(typed: object) -> str:
    try:
        return read_email(typed)
    except ValueError as refusal:
        raise Invalid({"email": str(refusal)}) from None


def _refuse_taken(connection: Connection, email: str, person: people.StoredPerson | None) -> None:
    if people.is_email_taken(
        connection,
        email,
        learner_id=person.id if person else None,
        account_id=person.account_id if person else None,
    ):
        raise Invalid({"email": _TAKEN})
