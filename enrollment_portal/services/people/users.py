"""List, read and change the people of the directory, and enroll one of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from enrollment_portal.domain.access.admin_log import Action, SubjectKind
from enrollment_portal.domain.access.messages import (
    EMAIL_TAKEN,
    LAST_SUPER_ADMIN,
    ONLY_SUPER_ADMIN_MAKES,
    logged_account_linked,
)
from enrollment_portal.domain.access.permissions import (
    may_change_account,
    may_create_sign_in_link,
    may_manage_learning,
    may_manage_people,
    require,
    roles_to_give,
)
from enrollment_portal.domain.catalog.courses import CourseKind
from enrollment_portal.domain.enrolling.completed_elsewhere import (
    NOT_COMPLETED,
    TypedCompletion,
    log_text,
    read_completion,
)
from enrollment_portal.domain.enrolling.enroll_request import (
    Decision,
    EnrollRequest,
    Outcome,
    Requester,
)
from enrollment_portal.domain.enrolling.messages import CHOOSE_COURSES, COMPLETED_WITHOUT_DEADLINE
from enrollment_portal.domain.enrollment.fields import Origin
from enrollment_portal.domain.enrollment.messages import OWN_TAB
from enrollment_portal.domain.people import messages
from enrollment_portal.domain.people.people import Actor, Role
from enrollment_portal.domain.people.user_edits import (
    PersonFields,
    access_label,
    changed_fields,
    field_label,
    read_deadline,
    read_person,
)
from enrollment_portal.domain.shared.calendar import now_ms, zone
from enrollment_portal.domain.shared.errors import Invalid, NotAllowed, NotFound, PortalError
from enrollment_portal.domain.shared.listing import ListQuery, read_id
from enrollment_portal.domain.shared.messages import changed_meanwhile
from enrollment_portal.domain.shared.wording import with_commas
from enrollment_portal.services.access.invitations import account_to_link
from enrollment_portal.services.access.role_assignments import remove_role_assignments
from enrollment_portal.services.enrolling.enroll_many import Chosen
from enrollment_portal.services.enrolling.enrolling import Plan, carry_out, plan
from enrollment_portal.services.enrolling.group_rule import enroll_by_groups
from enrollment_portal.services.paths.path_circles import circle_sentences
from enrollment_portal.services.shared.organization import organization_of
from enrollment_portal.services.shared.retrying import again_after_deadlock
from enrollment_portal.storage.access.admin_log import add_act
from enrollment_portal.storage.access.invitations import owner_by_id, void_links
from enrollment_portal.storage.access.role_assignments import (
    NOTHING,
    RoleAssignments,
    role_assignments_of,
)
from enrollment_portal.storage.enrolling.new_enrollments import learnables
from enrollment_portal.storage.history.history import Author
from enrollment_portal.storage.learning.tracking import lock_learners
from enrollment_portal.storage.people import people as stored
from enrollment_portal.storage.people.directory import list_people
from enrollment_portal.storage.people.people import PersonRow, StoredAct, StoredPerson
from enrollment_portal.storage.shared.advisory_locks import SIGN_IN_LOCK, take_advisory_lock
from enrollment_portal.storage.shared.database import Database
from enrollment_portal.storage.shared.listing import Slice

N_ACTS = 100
N_FOUND = 8
_MAX_ENROLLED_AT_ONCE = 100
_EDITS = (
    Action.USER_CHANGED,
    Action.ADMIN_ADDED,
    Action.ADMIN_REMOVED,
    Action.ADMIN_PROMOTED,
    Action.ADMIN_DEMOTED,
    Action.SECTIONS_SWITCHED,
)


@dataclass(frozen=True)
class User:
    """A person, the actor's permissions on them, and their newest entries in the access log."""

    person: StoredPerson
    acts: tuple[StoredAct, ...]
    may_edit: bool
    may_suspend: bool
    may_send_link: bool = False
    """Whether the actor may send a link for a new password: the person has one already."""
    assignments: RoleAssignments = NOTHING
    """The courses they teach and the groups they lead."""


def list_users(database: Database, actor: Actor, query: ListQuery) -> Slice[PersonRow]:
    """Return a page of the directory; the filters are `access` and `status`.

    Raises:
        NotAllowed: the actor may not manage people.
    """
    require(actor, may_manage_people)
    with database.read() as session:
        return list_people(session, query, now=now_ms())


def find_people(database: Database, actor: Actor, typed: object) -> tuple[PersonRow, ...]:
    """Return the first few people that a search finds, none for an empty one."""
    require(actor, may_manage_people)
    query = ListQuery().searching(typed)
    if not query.search:
        return ()
    with database.read() as session:
        return list_people(session, query, now=now_ms(), size=N_FOUND).rows


def read_user(database: Database, actor: Actor, learner_id: object) -> User:
    """Return a person of the directory.

    Raises:
        NotAllowed: the actor may not manage people.
        NotFound: there is no such person.
    """
    require(actor, may_manage_people)
    with database.read() as session:
        return _read(session, actor, learner_id)


def typed_person(person: PersonFields) -> dict[str, str]:
    """Return the text of each form field for a person."""
    return {
        "name": person.name,
        "email": person.email or "",
        "job_title": person.job_title,
        "department": person.department,
        "manager_id": str(person.manager_id or ""),
        "access": person.access.value if person.access else "",
    }


@again_after_deadlock
def save_user(
    database: Database,
    actor: Actor,
    learner_id: object,
    *,
    version: object,
    typed: Mapping[str, object],
) -> User:
    """Change a person and their account together, with a row in the access log.

    With another portal access they no longer teach courses or lead groups. Without an account, they
    may get the email of an account outside the directory, which is theirs then and stays as it is.

    Args:
        database: where they are stored.
        actor: who saves.
        learner_id: whom.
        version: the base version of the form.
        typed: the form's text for each field.

    Raises:
        NotFound: there is no such person.
        NotAllowed: the person is an admin, and the actor no Super Admin.
        Invalid: a field breaks a rule; nothing is changed.
        PortalError: someone else changed the person since the form was loaded.
    """
    require(actor, may_manage_people)
    try:
        with database.write() as session:
            person = _find(session, learner_id)
            _require_may_touch(actor, person)
            if version != person.version:
                raise _changed_meanwhile(session, actor, person)
            has_account = person.account_id is not None
            wanted = read_person(typed, needs_email=has_account, has_access=has_account)
            changed = changed_fields(person.fields, wanted)
            if changed:
                _change(session, actor, person, wanted, changed)
            return _read(session, actor, person.id)
    except IntegrityError:
        raise Invalid({"email": EMAIL_TAKEN}) from None


def _change(
    session: Session,
    actor: Actor,
    person: StoredPerson,
    wanted: PersonFields,
    changed: Collection[str],
) -> None:
    account = account_to_link(session, actor, wanted.email, person) if wanted.email else None
    if "email" in changed and person.account_id is not None:
        # A reset link is mailed there: whoever changes the email could sign in as them.
        owner = owner_by_id(session, person.account_id)
        if owner and not may_create_sign_in_link(actor, owner.role, teaches=owner.teaches):
            raise Invalid({"email": messages.TEACHES})
    if "manager_id" in changed and wanted.manager_id:
        _check_manager(session, person.id, wanted.manager_id)
    if "access" in changed:
        _check_access(session, actor, person, wanted.access)
    stored.change_person(session, person, wanted)
    given_up = ""
    if person.account_id is not None and wanted.access and wanted.email:
        stored.change_account(
            session, person, name=wanted.name, email=wanted.email, role=wanted.access
        )
        if "access" in changed:
            given_up = remove_role_assignments(session, actor, person.account_id, wanted.access)
        if "email" in changed:
            # A link that was mailed to the old address must become invalid.
            void_links(session, person.account_id)
    linked = logged_account_linked(account.email, account.role.label) if account else ""
    add_act(
        session,
        actor,
        Action.USER_CHANGED,
        SubjectKind.USER,
        person.id,
        wanted.name,
        now=now_ms(),
        detail=with_commas((_change_text(person.fields, wanted, changed), given_up, linked)),
    )


def _change_text(before: PersonFields, after: PersonFields, changed: Collection[str]) -> str:
    parts = [field_label(name) for name in changed if name not in ("access", "email")]
    if "email" in changed:
        parts.append(messages.logged_email(before.email, after.email))
    if "access" in changed:
        before_label, after_label = access_label(before.access), access_label(after.access)
        parts.append(messages.logged_access(before_label, after_label))
    return with_commas(parts)


@again_after_deadlock
def suspend_user(database: Database, actor: Actor, learner_id: object) -> User:
    """Suspend a person's account, which ends their sessions at once.

    Raises:
        NotFound: there is no such person, or they have no account.
        NotAllowed: it is the actor, an admin that only a Super Admin suspends, or the last
            Super Admin who can sign in.
    """
    return _set_suspended(database, actor, learner_id, is_suspended=True)


@again_after_deadlock
def reinstate_user(database: Database, actor: Actor, learner_id: object) -> User:
    """Reinstate a suspended person; see `suspend_user`.

    They are enrolled in what their groups were assigned meanwhile.
    """
    return _set_suspended(database, actor, learner_id, is_suspended=False)


def _set_suspended(
    database: Database, actor: Actor, learner_id: object, *, is_suspended: bool
) -> User:
    require(actor, may_manage_people)
    with database.write() as session:
        person = _find(session, learner_id)
        if person.account_id is None:
            raise NotFound
        if person.account_id == actor.account_id:
            raise NotAllowed(messages.SUSPEND_YOURSELF)
        _require_may_touch(actor, person)
        if is_suspended and person.role == Role.SUPER_ADMIN:
            _keep_a_super_admin(session, person)
        if stored.set_suspended(session, person.account_id, is_suspended=is_suspended):
            n_enrolled = 0 if is_suspended else enroll_by_groups(database, session, person.id)
            add_act(
                session,
                actor,
                Action.SUSPENDED if is_suspended else Action.REINSTATED,
                SubjectKind.USER,
                person.id,
                person.name,
                now=now_ms(),
                detail=messages.logged_enrolled_in(n_enrolled) if n_enrolled else "",
            )
        return _read(session, actor, person.id)


@dataclass(frozen=True)
class EnrollPreview:
    """The preview of enrolling a person."""

    decisions: tuple[Decision, ...]
    circles: tuple[str, ...] = ()
    """Circular orders among the courses of the paths, as sentences."""


def preview_enroll_user(
    database: Database,
    actor: Actor,
    learner_id: object,
    course_ids: Collection[object],
    typed_deadline: object = "",
    again: object = False,
    completed: TypedCompletion = NOT_COMPLETED,
) -> EnrollPreview:
    """Return what `enroll_user` would do, with the same arguments; change nothing."""
    require(actor, may_manage_learning)
    with database.read() as session:
        chosen = Chosen([learner_id], (), course_ids, typed_deadline, again, completed)
        made = _plan(database, session, actor, chosen, now_ms())
        paths = {
            one.learnable.id
            for one in made.decisions
            if one.outcome is Outcome.ENROLLED and one.learnable.kind == CourseKind.PATH
        }
        return EnrollPreview(tuple(made.decisions), circle_sentences(session, paths))


@again_after_deadlock
def enroll_user(
    database: Database,
    actor: Actor,
    learner_id: object,
    course_ids: Collection[object],
    typed_deadline: object = "",
    again: object = False,
    completed: TypedCompletion = NOT_COMPLETED,
) -> tuple[Decision, ...]:
    """Enroll a person in courses and learning paths, and return the outcome for each.

    Args:
        database: where everything is stored.
        actor: who enrolls.
        learner_id: whom.
        course_ids: in what, at most 100.
        typed_deadline: for all of them, as 2026-10-02; "" for each course's own.
        again: enroll them again in what they have completed.
        completed: the date and grade, if they have completed all of it already.

    Raises:
        NotAllowed: the actor may not manage learning.
        NotFound: there is no such person.
        Invalid: nothing was chosen, or the deadline is no day or over.
    """
    require(actor, may_manage_learning)
    now = now_ms()
    try:
        with database.write() as session:
            lock_learners(session, [read_id(learner_id) or 0])
            chosen = Chosen([learner_id], (), course_ids, typed_deadline, again, completed)
            made = _plan(database, session, actor, chosen, now)
            author = Author("person", actor.account_id, actor.name)
            carry_out(session, made, author, now=now)
            titles = [d.learnable.title for d in made.decisions if d.outcome is Outcome.ENROLLED]
            if titles:
                who = made.decisions[0].person
                add_act(
                    session,
                    actor,
                    Action.ENROLLED,
                    SubjectKind.USER,
                    who.id,
                    who.name,
                    now=now,
                    detail=with_commas((*titles, log_text(completed)))[:500],
                )
    except IntegrityError:
        raise PortalError(messages.ENROLLED_MEANWHILE) from None
    return made.decisions


def _plan(database: Database, session: Session, actor: Actor, chosen: Chosen, now: int) -> Plan:
    organization = organization_of(database)
    today = organization.today()
    deadline = read_deadline(chosen.typed_deadline, today)
    learner = read_id(next(iter(chosen.people)))
    courses = {id_ for id_ in map(read_id, chosen.courses) if id_}
    if not 0 < len(courses) <= _MAX_ENROLLED_AT_ONCE:
        raise Invalid({"courses": CHOOSE_COURSES})
    if learner is None or not stored.rows_of(session, [learner], now=now_ms()):
        raise NotFound
    tz = zone(organization.time_zone)
    completion = read_completion(chosen.completed, learnables(session, courses), now, tz)
    if completion and deadline is not None:
        raise Invalid({"deadline": COMPLETED_WITHOUT_DEADLINE})
    return plan(
        session,
        [learner],
        courses,
        origin=Origin.ADMIN,
        today=today,
        request=EnrollRequest(
            Requester.ADMIN, tz, chosen.again is True, completion, actor.learner_id, deadline
        ),
    )


def _find(session: Session, learner_id: object) -> StoredPerson:
    found = read_id(learner_id)
    person = stored.person(session, found, now=now_ms(), for_update=True) if found else None
    if person is None:
        raise NotFound
    return person


def _read(session: Session, actor: Actor, learner_id: object) -> User:
    found = read_id(learner_id)
    person = stored.person(session, found, now=now_ms()) if found else None
    if person is None:
        raise NotFound
    is_free = may_change_account(actor, person.role)
    may_suspend = is_free and person.account_id not in (None, actor.account_id)
    owner = owner_by_id(session, person.account_id) if person.account_id else None
    return User(
        person,
        tuple(stored.acts_around(session, person.id, person.account_id, limit=N_ACTS)),
        may_edit=is_free,
        may_suspend=may_suspend,
        may_send_link=may_suspend
        and owner is not None
        and owner.has_password
        and not owner.is_suspended
        and may_create_sign_in_link(actor, owner.role, teaches=owner.teaches),
        assignments=role_assignments_of(session, person.account_id)
        if person.account_id
        else NOTHING,
    )


def _require_may_touch(actor: Actor, person: StoredPerson) -> None:
    if not may_change_account(actor, person.role):
        raise NotAllowed(messages.ONLY_SUPER_ADMIN)


def _check_manager(session: Session, learner_id: int, manager_id: int) -> None:
    if manager_id == learner_id:
        raise Invalid({"manager_id": messages.OWN_MANAGER})
    # Lock: two parallel changes of managers could make a circle that neither of them sees.
    take_advisory_lock(session, SIGN_IN_LOCK)
    if not stored.rows_of(session, [manager_id], now=0):
        raise Invalid({"manager_id": messages.NOT_IN_DIRECTORY})
    if learner_id in stored.those_above(session, manager_id):
        raise Invalid({"manager_id": messages.MANAGER_CIRCLE})


def _check_access(
    session: Session, actor: Actor, person: StoredPerson, wanted: Role | None
) -> None:
    if wanted not in roles_to_give(actor):
        raise Invalid({"access": ONLY_SUPER_ADMIN_MAKES})
    if person.role == Role.SUPER_ADMIN and not person.is_suspended:
        _keep_a_super_admin(session, person)


def _keep_a_super_admin(session: Session, person: StoredPerson) -> None:
    # Lock: two Super Admins who demote each other at once must not both succeed.
    take_advisory_lock(session, SIGN_IN_LOCK)
    if not stored.other_super_admins(session, person.account_id or 0):
        raise NotAllowed(LAST_SUPER_ADMIN)


def _changed_meanwhile(session: Session, actor: Actor, person: StoredPerson) -> PortalError:
    acts = stored.acts_around(session, person.id, person.account_id, limit=N_ACTS)
    last = next((act for act in acts if act.action in _EDITS), None)
    by = last.actor_name if last else ""
    if last and last.actor_id == actor.account_id:
        by = OWN_TAB
    return PortalError(changed_meanwhile(person.name, by))
