"""Invite people: create an account without a password, and a one-time link that sets one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from enrollment_portal.domain.access import messages
from enrollment_portal.domain.access.admin_log import Action, SubjectKind
from enrollment_portal.domain.access.permissions import (
    may_change_account,
    may_create_sign_in_link,
    may_manage_people,
    require,
    roles_to_give,
)
from enrollment_portal.domain.access.sign_in_links import INVITED_MS, LinkKind
from enrollment_portal.domain.people.messages import CHOOSE_ACCESS, NOT_IN_DIRECTORY
from enrollment_portal.domain.people.people import ADMIN_ROLES, Actor, Role
from enrollment_portal.domain.people.user_edits import read_person
from enrollment_portal.domain.shared.calendar import now_ms
from enrollment_portal.domain.shared.emails import read_email
from enrollment_portal.domain.shared.errors import Invalid, NotAllowed, NotFound
from enrollment_portal.domain.shared.listing import read_id
from enrollment_portal.services.access.links import make_link
from enrollment_portal.services.access.mail import is_mail_configured, send_mail
from enrollment_portal.services.shared.organization import organization_of
from enrollment_portal.storage.access import invitations as stored
from enrollment_portal.storage.access.admin_log import add_act
from enrollment_portal.storage.access.invitations import LinkOwner
from enrollment_portal.storage.people import people
from enrollment_portal.storage.shared.database import Database


@dataclass(frozen=True)
class Invitation:
    """An invitation, shown once; `expires` in ms, `mailed` is `None` if no mail is configured.

    Without a link nobody is invited: the person has been linked to an account that existed already.
    """

    learner_id: int
    name: str
    email: str
    link: str = field(repr=False)
    expires: int
    mailed: bool | None = None


def invite(database: Database, actor: Actor, typed: Mapping[str, object]) -> Invitation:
    """Add a person to the directory with an account, and invite them.

    If an account outside the directory has their email (that of the first Super Admin can), it
    becomes theirs and stays as it is: see `account_to_link`.

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
        with database.write() as session:
            if person.manager_id and not people.person(session, person.manager_id, now=now):
                raise Invalid({"manager_id": NOT_IN_DIRECTORY})
            account = account_to_link(session, actor, str(person.email), None)
            learner_id = people.add_person(session, person, now=now)
            if account:
                return _linked(session, actor, learner_id, person.name, account)
            invitation = _invite(
                session, actor, learner_id, person.name, str(person.email), person.access, now
            )
    except IntegrityError:
        raise Invalid({"email": messages.EMAIL_TAKEN}) from None
    return _mail(database, actor, invitation)


def invite_again(
    database: Database, actor: Actor, learner_id: object, typed: Mapping[str, object]
) -> Invitation:
    """Invite a person of the directory who has no password; older links become invalid.

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
        with database.write() as session:
            person = people.person(session, read_id(learner_id) or 0, now=now, for_update=True)
            if person is None:
                raise NotFound
            role = Role(person.role) if person.role else _read_access(typed.get("access"))
            if person.account_id is None:
                _require_may_give(actor, role)
            else:
                require_may_create_sign_in_link(session, actor, person.account_id)
            if person.has_password:
                raise NotAllowed(messages.HAS_PASSWORD)
            if person.is_suspended:
                raise NotAllowed(messages.SUSPENDED)
            email = person.email or _read_email(typed.get("email"))
            account = None
            if person.account_id is None or not person.email:
                account = account_to_link(session, actor, email, person)
            if account or not person.email:
                people.change_person(session, person, replace(person.fields, email=email))
            if account:
                return _linked(session, actor, person.id, person.name, account)
            invitation = _invite(
                session, actor, person.id, person.name, email, role, now, person.account_id
            )
    except IntegrityError:
        raise Invalid({"email": messages.EMAIL_TAKEN}) from None
    return _mail(database, actor, invitation)


def _invite(
    session: Session,
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
            session, learner_id, name=name, email=email, role=role, now=now
        )
    link = make_link(
        session, account_id, LinkKind.INVITATION, now=now, valid_ms=INVITED_MS, made_by=actor
    )
    add_act(
        session,
        actor,
        Action.INVITED,
        SubjectKind.USER,
        learner_id,
        name,
        now=now,
        detail=f"{email}, {role.label}",
    )
    return Invitation(learner_id, name, email, link, now + INVITED_MS)


def _linked(
    session: Session, actor: Actor, learner_id: int, name: str, account: LinkOwner
) -> Invitation:
    """Record that a person has been linked to an account, and return that nobody is invited."""
    add_act(
        session,
        actor,
        Action.USER_CHANGED,
        SubjectKind.USER,
        learner_id,
        name,
        now=now_ms(),
        detail=messages.logged_account_linked(account.email, account.role.label),
    )
    return Invitation(learner_id, name, account.email, link="", expires=0)


def _mail(database: Database, actor: Actor, invitation: Invitation) -> Invitation:
    if not is_mail_configured():
        return invitation
    organization = organization_of(database).name
    was_sent = send_mail(
        invitation.email,
        messages.invitation_subject(organization),
        messages.invitation_mail(invitation.name, actor.name, organization, invitation.link),
    )
    return replace(invitation, mailed=was_sent)


def require_may_create_sign_in_link(session: Session, actor: Actor, account_id: int) -> LinkOwner:
    """Return an account, if the actor may create a sign-in link for it.

    Raises:
        NotFound: there is no such account.
        NotAllowed: it has permissions that the actor lacks.
    """
    owner = stored.owner_by_id(session, account_id)
    if owner is None:
        raise NotFound
    if not may_create_sign_in_link(actor, owner.role, teaches=owner.teaches):
        raise NotAllowed(
            messages.ONLY_SUPER_ADMIN_INVITES
            if owner.role in ADMIN_ROLES
            else messages.TEACHER_INVITED_BY
        )
    return owner


def _require_may_give(actor: Actor, role: Role | None) -> None:
    if role not in roles_to_give(actor):
        raise Invalid({"access": messages.ONLY_SUPER_ADMIN_MAKES})


def _read_access(typed: object) -> Role:
    if not isinstance(typed, str) or typed not in list(Role):
        raise Invalid({"access": CHOOSE_ACCESS})
    return Role(typed)


def _read_email(typed: object) -> str:
    try:
        return read_email(typed)
    except ValueError as refusal:
        raise Invalid({"email": str(refusal)}) from None


def account_to_link(
    session: Session, actor: Actor, email: str, person: people.StoredPerson | None
) -> LinkOwner | None:
    """Return the account outside the directory that writing a person with an email links to them.

    Its password, role and sections stay, and nobody gets a link to sign in with it.

    Args:
        session: in a write transaction, before the person is written.
        actor: who writes them.
        email: the email to be written.
        person: as stored; `None` for a new one.

    Raises:
        Invalid: somebody else has the email; or the account is an admin's, and the actor may not
            change admins.
    """
    account_id = person.account_id if person else None
    account = stored.owner_by_email(session, email) if account_id is None else None
    if account and account.learner_id is not None:
        account = None
    if people.is_email_taken(
        session,
        email,
        learner_id=person.id if person else None,
        account_id=account.account_id if account else account_id,
    ):
        raise Invalid({"email": messages.EMAIL_TAKEN})
    if account and not may_change_account(actor, account.role):
        raise Invalid({"email": messages.ADMIN_OUTSIDE})
    return account
