"""The permission matrix: every service function × every role × own and other's object.

A row has one cell for each role, in the order of `world.ROLES`: what is expected for the own
object and for the other's. A row without an object has one letter in each cell.

    a  allowed: a function that changes something does, one that reads tells of the object
    o  allowed, and tells of what is the actor's own alone (in rows without an object)
    n  NotAllowed
    f  NotFound: what a person may not see does not exist
    i  Invalid: a field holds what is not the actor's to give
    r  nothing: it returns as for an object that does not exist

What is refused changes nothing. `steps` are the raw events that lead to the function from a page;
their last one is judged. `by_event` has the cells where a page lets fewer people in than the
function does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from enrollment_portal.domain.ledger.filters import Filters
from enrollment_portal.domain.ledger.ledger_query import Kind, LedgerQuery
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared.calendar import MS_PER_DAY, day_to_date
from enrollment_portal.domain.shared.listing import ListQuery
from enrollment_portal.services.access.sessions import Browser
from enrollment_portal.services.access.throttling import hash_of_token
from enrollment_portal.services.catalog.lessons import read_lessons
from enrollment_portal.services.enrolling import enroll_many
from enrollment_portal.services.enrolling.enroll_many import Chosen
from enrollment_portal.services.grading.grading import RowEdit
from enrollment_portal.services.people.users import read_user, typed_person
from enrollment_portal.services.shared.organization import (
    base_of,
    forget_organization,
    organization_of,
)
from enrollment_portal.state.access.access import AccessLog
from enrollment_portal.state.access.admins import Admins
from enrollment_portal.state.access.organization import OrganizationForm
from enrollment_portal.state.access.own_sessions import OwnSessions
from enrollment_portal.state.access.pace_settings import PaceForm
from enrollment_portal.state.catalog.courses import CoursePage, Courses, Lessons
from enrollment_portal.state.catalog.paths import PathPage, Paths
from enrollment_portal.state.enrolling.enroll import Enroll
from enrollment_portal.state.enrolling.retaking import Retaking
from enrollment_portal.state.enrollment.details import Details
from enrollment_portal.state.enrollment.saving import Saving
from enrollment_portal.state.grading.grading import Grading
from enrollment_portal.state.grading.pasting import Pasting
from enrollment_portal.state.grading.teaching import Teaching
from enrollment_portal.state.learning.learning import Catalog, Learning
from enrollment_portal.state.learning.learning_course import (
    CancelForm,
    CourseHome,
    LessonRoom,
    RequestForm,
)
from enrollment_portal.state.ledger.filtering import LedgerFilters
from enrollment_portal.state.ledger.ledger import Ledger
from enrollment_portal.state.people.group_changes import GroupChanges
from enrollment_portal.state.people.group_page import GroupPage
from enrollment_portal.state.people.groups import Groups, Members, NewGroup
from enrollment_portal.state.people.people_search import (
    EnrollGroups,
    EnrollPeople,
    InstructorPicker,
    LearnablePicker,
    PeoplePicker,
)
from enrollment_portal.state.people.user_page import EnrollUser, UserPage
from enrollment_portal.state.people.users import Invite, Users
from enrollment_portal.state.requests.decisions import RequestDecision
from tests.builders import NOW
from tests.security.world import Side, World
from tests.signing_in import PASSWORD

MARKS = "mark"
"""What both sides' marks hold, for searches that find both."""
DAY = "2150-01-01"
PAST_DAY = (NOW - 300 * MS_PER_DAY) // MS_PER_DAY
"""A day on which every enrollment existed."""


@dataclass(frozen=True)
class Asked:
    """A request: the world, whose object, and which role."""

    world: World
    side: Side
    role: str

    def actor(self) -> Actor:
        """Return the actor of the role."""
        return self.world.actor(self.role)


@dataclass(frozen=True)
class Call:
    """Arguments after `(database, actor)`."""

    args: tuple[Any, ...] = ()
    kwargs: tuple[tuple[str, Any], ...] = ()


def call(*args: Any, **kwargs: Any) -> Call:
    """Return arguments for a service function."""
    return Call(args, tuple(kwargs.items()))


@dataclass(frozen=True)
class Step:
    """One raw event: a handler of a state, on a page, with its arguments."""

    path: str
    state: type
    handler: str
    payload: tuple[tuple[str, Any], ...] = ()


def on(path: str, *events: tuple[Any, ...]) -> list[Step]:
    """Return events of one page, each `(State, "handler", {argument: value})`."""
    return [
        Step(path, state, handler, tuple((rest[0] if rest else {}).items()))
        for state, handler, *rest in events
    ]


Steps = Callable[[Asked], list[Step]]


@dataclass(frozen=True)
class Row:
    """One function, or one case of it, with what each role may expect."""

    function: str
    cells: str
    call: Callable[[Asked], Call]
    steps: tuple[Steps, ...] = ()
    case: str = ""
    changes: bool = False
    tells: bool = True
    """Whether marks are looked for in what is told: that of the object where it is allowed, and
    none of the other's where it is not."""
    by_event: str = ""

    @property
    def id(self) -> str:
        """The test id."""
        return f"{self.function} {self.case}".strip()

    @property
    def has_object(self) -> bool:
        """Whether own and other objects differ."""
        return len(self.cells.split()[0]) == 2


def reads(
    function: str, cells: str, args: Callable[[Asked], Call], *steps: Steps, **rest: Any
) -> Row:
    """Return a row of a function that changes nothing."""
    return Row(function, cells, args, steps, **rest)


def changes(
    function: str, cells: str, args: Callable[[Asked], Call], *steps: Steps, **rest: Any
) -> Row:
    """Return a row of a function that changes something for whom it is allowed."""
    return Row(function, cells, args, steps, changes=True, **rest)


#          super learn people config support instructor lead learner
LEARNING = "aa    aa   nn     nn     nn      nn         nn   nn"
PEOPLE__ = "aa    nn   aa     nn     nn      nn         nn   nn"
CONFIG__ = "aa    nn   nn     aa     nn      nn         nn   nn"
SUPER___ = "aa    nn   nn     nn     nn      nn         nn   nn"
LEARNERS = "ff    ff   ff     ff     ff      ff         ff   af"
GRADERS_ = "aa    aa   nn     nn     nn      af         nn   nn"


def one(cells: str) -> str:
    """Return the cells of the same right where there is no object."""
    return " ".join(cell[0] for cell in cells.split())


COURSES, PATHS = "/admin/learning/courses", "/admin/learning/paths"
LEDGER = "/admin/learning/enrollments"
USERS, GROUPS = "/admin/people/users", "/admin/people/groups"
ADMINS, ACCESS = "/admin/configuration/admins", "/admin/configuration/access"
ORGANIZATION, PACE = "/admin/configuration/organization", "/admin/configuration/pace"
LEARN, TEACH = "/learn", "/teach"

ORGANIZATION_TYPED = {"name": "Acme", "time_zone": "Asia/Tokyo"}
PACE_TYPED = {"stuck_days": "21", "pace_weeks": "6"}
COURSE_FORM = {"title": "Renamed", "description": "New", "deadline_days": "", "scheme": "free"}
PATH_FORM = {"title": "Renamed", "description": "New", "deadline_days": ""}
LESSON_FORM = {"title": "Renamed", "content": "New"}
GROUP_FORM = {"name": "Renamed", "kind": "other", "description": "New"}
INVITED = {"name": "Newcomer", "email": "new@elsewhere.example", "access": "learner"}


def _outside(asked: Asked) -> dict[str, str]:
    """Return the form that adds a Super Admin whose account has no person in the directory."""
    return INVITED | {"email": asked.world.actor("super admin").email}


def _session_of(asked: Asked) -> int:
    """Return the actor's account, or that of the other side's learner."""
    is_own = asked.side is asked.world.own
    return asked.world.accounts[asked.role] if is_own else asked.side.learner_account


def _session_hash(asked: Asked) -> str:
    """Return the hash of the actor's session, or of somebody else's."""
    is_own = asked.side is asked.world.own
    mine = asked.role
    role = mine if is_own else next(one for one in asked.world.sessions if one != mine)
    return hash_of_token(asked.world.sessions[role])


def _organization_base(asked: Asked) -> str:
    forget_organization(asked.world.database)  # its rows are restored between the cells
    return base_of(organization_of(asked.world.database))


def _fingerprint(asked: Asked) -> str:
    actor = asked.world.actor("super admin")
    return enroll_many.preview(asked.world.database, actor, _chosen(asked)).fingerprint


def _chosen(asked: Asked) -> Chosen:
    return Chosen(people=[asked.side.idle], courses=[asked.side.spare])


def _version_of_lesson(asked: Asked) -> int:
    actor = asked.world.actor("super admin")
    _course, lessons = read_lessons(asked.world.database, actor, asked.side.course)
    return lessons[0].version


def _filled(asked: Asked, person: int) -> dict[str, str]:
    actor = asked.world.actor("super admin")
    return typed_person(read_user(asked.world.database, actor, person).person.fields)


def _version_of_person(asked: Asked, person: int) -> int:
    actor = asked.world.actor("super admin")
    return read_user(asked.world.database, actor, person).person.version


def _course(asked: Asked, *events: Any) -> list[Step]:
    return on(f"{COURSES}/{asked.side.course}", (CoursePage, "load"), *events)


def _lessons(asked: Asked, *events: Any) -> list[Step]:
    return on(f"{COURSES}/{asked.side.course}/lessons", (Lessons, "load"), *events)


def _path(asked: Asked, *events: Any) -> list[Step]:
    return on(f"{PATHS}/{asked.side.path}/courses", (PathPage, "load"), *events)


def _group(asked: Asked, *events: Any) -> list[Step]:
    return on(f"{GROUPS}/{asked.side.group}", (GroupPage, "load"), *events)


def _user(asked: Asked, person: int, *events: Any) -> list[Step]:
    return on(f"{USERS}/{person}", (UserPage, "load"), *events)


def _details(asked: Asked, enrollment: int, *events: Any) -> list[Step]:
    return on(f"{LEDGER}/{enrollment}/manage", (Details, "load"), *events)


def _own_course(asked: Asked, course: int, *events: Any) -> list[Step]:
    return on(f"{LEARN}/courses/{course}", (CourseHome, "load"), *events)


def _lesson_room(asked: Asked, *events: Any) -> list[Step]:
    side = asked.side
    path = f"{LEARN}/courses/{side.course}/lessons/{side.lessons[0]}"
    return on(path, (LessonRoom, "load"), *events)


def _grid(asked: Asked, *events: Any) -> list[Step]:
    return on(f"{TEACH}/courses/{asked.side.course}", (Grading, "load"), *events)


def _cell(asked: Asked) -> dict[str, Any]:
    return {
        "enrollment": asked.side.enrollment,
        "field": "grade",
        "typed": "A",
        "version": 1,
        "ticket": 1,
    }


def _pasted(asked: Asked) -> dict[str, Any]:
    return {"enrollment": asked.side.enrollment, "field": "grade", "clipboard": "A"}


def _enroll_page(asked: Asked, *events: Any) -> list[Step]:
    return on(
        f"{LEDGER}/enroll",
        (Enroll, "load"),
        (EnrollPeople, "search", {"typed": f"Ida {asked.side.mark}"}),
        (Enroll, "add", {"kind": "people", "chosen_id": asked.side.idle}),
        (LearnablePicker, "search", {"typed": f"Spare {asked.side.mark}"}),
        (Enroll, "add", {"kind": "courses", "chosen_id": asked.side.spare}),
        (Enroll, "show"),
        *events,
    )


def _enroll_user(asked: Asked, *events: Any) -> list[Step]:
    return on(
        f"{USERS}/{asked.side.idle}/enrollments",
        (EnrollUser, "open_form", {"is_open": True}),
        (LearnablePicker, "search", {"typed": f"Spare {asked.side.mark}"}),
        (EnrollUser, "choose", {"course": asked.side.spare}),
        *events,
    )


MATRIX: tuple[Row, ...] = (
    # --- access -------------------------------------------------------------------------------
    reads(
        "access.read_access_log",
        one(CONFIG__),
        lambda q: call(ListQuery(), ZoneInfo("UTC")),
        lambda q: on(ACCESS, (AccessLog, "load")),
    ),
    reads(
        "access.read_sessions",
        #  super learn people config support instructor lead learner
        "aa    af   af     aa     af      af         af   af",
        lambda q: call(_session_of(q)),
        lambda q: on(
            ACCESS, (AccessLog, "filter_by", {"name": "person", "value": str(_session_of(q))})
        ),
        by_event=CONFIG__,
        tells=False,
    ),
    changes(
        "access.sign_out_everywhere",
        "aa    af   af     aa     af      af         af   af",
        lambda q: call(_session_of(q)),
        lambda q: on(
            ACCESS,
            (AccessLog, "filter_by", {"name": "person", "value": str(_session_of(q))}),
            (AccessLog, "sign_out_person"),
        ),
        by_event=CONFIG__,
    ),
    changes(
        "access.end_own_session",
        "af    af   af     af     af      af         af   af",
        lambda q: call(_session_hash(q)),
        lambda q: on("/account", (OwnSessions, "end", {"id_hash": _session_hash(q)})),
    ),
    changes(
        "access.sign_out_everywhere",
        "aa    ff   ff     nn     ff      ff         ff   ff",
        lambda q: call(q.side.admin),
        lambda q: on(
            ACCESS,
            (AccessLog, "filter_by", {"name": "person", "value": str(q.side.admin)}),
            (AccessLog, "sign_out_person"),
        ),
        case="of an admin",
    ),
    # --- admins -------------------------------------------------------------------------------
    reads(
        "admins.list_admins",
        one(CONFIG__),
        lambda q: call(),
        lambda q: on(ADMINS, (Admins, "load")),
    ),
    reads(
        "admins.find_candidates",
        one(SUPER___),
        lambda q: call(MARKS),
        lambda q: on(ADMINS, (Admins, "search", {"typed": MARKS})),
    ),
    changes(
        "admins.add_admin",
        SUPER___,
        lambda q: call(q.side.learner_account),
        lambda q: on(
            ADMINS,
            (Admins, "load"),
            (Admins, "add", {"account_id": q.side.learner_account, "is_super": True}),
        ),
    ),
    changes(
        "admins.remove_admin",
        SUPER___,
        lambda q: call(q.side.admin),
        lambda q: on(
            ADMINS,
            (Admins, "load"),
            (Admins, "ask_to_remove", {"account_id": q.side.admin}),
            (Admins, "remove"),
        ),
    ),
    changes(
        "admins.set_super_admin",
        SUPER___,
        lambda q: call(q.side.admin, is_super=True),
        lambda q: on(
            ADMINS, (Admins, "make_super", {"account_id": q.side.admin, "is_super": True})
        ),
    ),
    changes(
        "admins.switch_section",
        SUPER___,
        lambda q: call(q.side.admin, "people", is_on=True),
        lambda q: on(
            ADMINS,
            (
                Admins,
                "switch",
                {"account_id": q.side.admin, "section": "people", "is_on": True},
            ),
        ),
    ),
    changes(
        "admins.switch_section",
        one(SUPER___).replace("a", "f"),
        lambda q: call(q.world.accounts[q.role], "configuration", is_on=True),
        lambda q: on(
            ADMINS,
            (
                Admins,
                "switch",
                {
                    "account_id": q.world.accounts[q.role],
                    "section": "configuration",
                    "is_on": True,
                },
            ),
        ),
        case="of oneself",
        tells=False,  # who may, sees the list of all admins again
    ),
    # --- settings of the organization ---------------------------------------------------------
    reads(
        "organization.organization_settings",
        one(CONFIG__),
        lambda q: call(),
        lambda q: on(ORGANIZATION, (OrganizationForm, "load")),
        tells=False,  # everybody sees the name
    ),
    changes(
        "organization.save_organization",
        one(CONFIG__),
        lambda q: call(base=_organization_base(q), typed=ORGANIZATION_TYPED),
        lambda q: on(
            ORGANIZATION,
            (OrganizationForm, "load"),
            (OrganizationForm, "save", {"form": ORGANIZATION_TYPED}),
        ),
    ),
    # --- settings of stuck and pace -----------------------------------------------------------
    reads(
        "pace_settings.pace_settings",
        one(CONFIG__),
        lambda q: call(),
        lambda q: on(PACE, (PaceForm, "load")),
        tells=False,  # two numbers
    ),
    changes(
        "pace_settings.save_pace_settings",
        one(CONFIG__),
        lambda q: call(base="14-4", typed=PACE_TYPED),
        lambda q: on(PACE, (PaceForm, "load"), (PaceForm, "save", {"form": PACE_TYPED})),
    ),
    # --- courses ------------------------------------------------------------------------------
    reads(
        "courses.list_courses",
        one(LEARNING),
        lambda q: call(ListQuery()),
        lambda q: on(COURSES, (Courses, "load")),
    ),
    reads(
        "courses.find_learnables",
        one(LEARNING),
        lambda q: call(MARKS),
        lambda q: on(PATHS, (PathPage, "search", {"typed": MARKS})),
    ),
    reads(
        "courses.find_learnables",
        one(LEARNING),
        lambda q: call(MARKS),
        lambda q: on(USERS, (LearnablePicker, "search", {"typed": MARKS})),
        case="to choose one",
    ),
    reads(
        "courses.find_all_instructors",
        one(LEARNING),
        lambda q: call(f"substitute {MARKS}"),
        lambda q: on(LEDGER, (InstructorPicker, "search", {"typed": f"substitute {MARKS}"})),
    ),
    reads("courses.read_course", LEARNING, lambda q: call(q.side.course), lambda q: _course(q)),
    changes(
        "courses.make_course",
        one(LEARNING),
        lambda q: call(COURSE_FORM),
        lambda q: on(
            f"{COURSES}/new", (CoursePage, "load"), (CoursePage, "save", {"form": COURSE_FORM})
        ),
    ),
    changes(
        "courses.save_course",
        LEARNING,
        lambda q: call(q.side.course, version=1, typed=COURSE_FORM),
        lambda q: _course(q, (CoursePage, "save", {"form": COURSE_FORM})),
    ),
    changes(
        "courses.set_course_state",
        LEARNING,
        lambda q: call(q.side.course, "archived", version=1),
        lambda q: _course(q, (CoursePage, "put", {"state": "archived"})),
    ),
    reads(
        "courses.find_instructors",
        LEARNING,
        lambda q: call(q.side.course, f"substitute {q.side.mark}"),
        lambda q: _course(q, (CoursePage, "search", {"typed": f"substitute {q.side.mark}"})),
    ),
    changes(
        "courses.add_teacher",
        LEARNING,
        lambda q: call(q.side.course, q.side.spare_teacher),
        lambda q: _course(q, (CoursePage, "add_teacher", {"account_id": q.side.spare_teacher})),
    ),
    changes(
        "courses.remove_teacher",
        LEARNING,
        lambda q: call(q.side.course, q.side.teacher),
        lambda q: _course(q, (CoursePage, "remove_teacher", {"account_id": q.side.teacher})),
    ),
    # --- enroll_many --------------------------------------------------------------------------
    reads(
        "enroll_many.find_people",
        one(LEARNING),
        lambda q: call("mia"),
        lambda q: on(f"{LEDGER}/enroll", (EnrollPeople, "search", {"typed": "mia"})),
    ),
    reads(
        "enroll_many.find_groups",
        one(LEARNING),
        lambda q: call(MARKS),
        lambda q: on(f"{LEDGER}/enroll", (EnrollGroups, "search", {"typed": MARKS})),
    ),
    reads(
        "enroll_many.people_by_email",
        LEARNING,
        lambda q: call(q.side.idle_email),
        lambda q: on(
            f"{LEDGER}/enroll",
            (Enroll, "load"),
            (Enroll, "paste", {"form": {"emails": q.side.idle_email}}),
        ),
    ),
    reads("enroll_many.read_names", LEARNING, lambda q: call(_chosen(q))),
    reads("enroll_many.preview", LEARNING, lambda q: call(_chosen(q)), lambda q: _enroll_page(q)),
    changes(
        "enroll_many.enroll",
        LEARNING,
        lambda q: call(_chosen(q), _fingerprint(q)),
        lambda q: _enroll_page(q, (Enroll, "enroll")),
    ),
    # --- enrollments --------------------------------------------------------------------------
    reads(
        "enrollments.read_enrollment",
        #  super learn people config support instructor lead learner
        "aa    aa   ff     ff     ff      af         af   ff",
        lambda q: call(q.side.enrollment),
        lambda q: _details(q, q.side.enrollment),
    ),
    reads(
        "neighbours.read_neighbours",
        #  super learn people config support instructor lead learner
        "aa    aa   nn     nn     nn      af         af   nn",
        lambda q: call(q.side.enrollment, LedgerQuery()),
        tells=False,  # of the others around it
    ),
    changes(
        "enrollments.save_enrollment",
        "aa    aa   ff     ff     ff      nf         nf   ff",
        lambda q: call(q.side.enrollment, version=1, typed={"status": "cancelled"}),
        lambda q: _details(
            q, q.side.enrollment, (Saving, "save", {"form": {"status": "cancelled"}})
        ),
        case="status",
    ),
    changes(
        "enrollments.save_enrollment",
        "aa    aa   ff     ff     ff      nf         nf   ff",
        lambda q: call(q.side.enrollment, version=1, typed={"deadline": DAY}),
        lambda q: _details(q, q.side.enrollment, (Saving, "save", {"form": {"deadline": DAY}})),
        case="deadline",
    ),
    changes(
        "enrollments.save_with_courses",
        "aa    aa   ff     ff     ff      nf         nf   ff",
        lambda q: call(q.side.enrollment, version=1, typed={"deadline": DAY}),
        lambda q: _details(
            q,
            q.side.enrollment,
            (Saving, "save", {"form": {"deadline": DAY, "moves_courses": "on"}}),
        ),
    ),
    changes(
        "enrollments.save_enrollment",
        "aa    aa   ff     ff     ff      af         nf   ff",
        lambda q: call(q.side.enrollment, version=1, typed={"grade": "A"}),
        lambda q: _details(q, q.side.enrollment, (Saving, "save", {"form": {"grade": "A"}})),
        case="grade",
    ),
    changes(
        "enrollments.save_fields",
        "aa    aa   ff     ff     ff      af         nf   ff",
        lambda q: call(q.side.enrollment, version=1, typed={"grade": "A"}),
        lambda q: _grid(q, (Grading, "save_cell", _cell(q))),
    ),
    changes(
        "enrollments.save_enrollment",
        "aa    aa   ff     ff     ff      af         nf   ff",
        lambda q: call(q.side.enrollment, version=1, typed={"feedback": "Good"}),
        lambda q: _details(q, q.side.enrollment, (Saving, "save", {"form": {"feedback": "Good"}})),
        case="feedback",
    ),
    changes(
        "enrollments.save_enrollment",
        "aa    aa   ff     ff     ff      af         nf   ff",
        lambda q: call(q.side.enrollment, version=1, typed={"note": "Inside"}),
        lambda q: _details(q, q.side.enrollment, (Saving, "save", {"form": {"note": "Inside"}})),
        case="note",
    ),
    changes(
        "enrollments.save_enrollment",
        "aa    aa   ff     ff     ff      nf         nf   ff",
        lambda q: call(q.side.overridden, version=3, typed={"status": "active"}),
        lambda q: _details(
            q,
            q.side.overridden,
            (Saving, "save", {"form": {"status": "active"}}),
            (Retaking, "reopen"),
        ),
        case="reopened",
    ),
    changes(
        "retaking.create_retake",
        LEARNING,
        lambda q: call(q.side.overridden),
        lambda q: _details(
            q,
            q.side.overridden,
            (Saving, "save", {"form": {"status": "active"}}),
            (Retaking, "start_new"),
        ),
    ),
    reads(
        "enrollments.find_done",
        #  super learn people config support instructor lead learner
        "aa    aa   ff     ff     ff      af         nf   ff",
        lambda q: call(q.side.enrollment, version=1, typed={"grade": "A"}, key="a-save"),
        lambda q: _details(
            q,
            q.side.enrollment,
            (Saving, "save", {"form": {"filled": f"{q.side.enrollment}.9.9", "grade": "A"}}),
        ),
        # It was not done; tests/integration/enrollment/test_already_set.py has one that was.
        tells=False,
    ),
    changes(
        "enrollments.revert_to_tracked",
        "aa    aa   ff     ff     ff      nf         nf   ff",
        lambda q: call(q.side.overridden, version=2),
        lambda q: _details(q, q.side.overridden, (Saving, "revert")),
    ),
    # --- exporting ----------------------------------------------------------------------------
    # The access log records it; `test_export` checks the content.
    changes(
        "exporting.export_ledger",
        #  super learn people config support instructor lead learner
        "a     a    n      n      n       a          a    n",
        lambda q: call(LedgerQuery(), ZoneInfo("UTC"), q.actor),
    ),
    changes(
        "exporting.export_ledger",
        "aa    aa   nn     nn     nn      af         ff   nn",
        lambda q: call(LedgerQuery(course=q.side.course), ZoneInfo("UTC"), q.actor),
        case="of a course",
    ),
    changes(
        "exporting.export_ledger",
        "aa    aa   nn     nn     nn      ff         af   nn",
        lambda q: call(
            LedgerQuery(learner=q.side.learner, as_of=PAST_DAY), ZoneInfo("UTC"), q.actor
        ),
        case="of a learner as of a past day",
    ),
    # --- extensions ---------------------------------------------------------------------------
    changes(
        "extensions.request_extension",
        LEARNERS,
        lambda q: call(q.side.unasked, DAY, "I was ill"),
        lambda q: _own_course(
            q, q.side.hidden, (RequestForm, "send", {"form": {"day": DAY, "reason": "I was ill"}})
        ),
    ),
    changes(
        "extension_decisions.decide_extension",
        LEARNING,
        lambda q: call(q.side.request, True),
        lambda q: _details(
            q,
            q.side.enrollment,
            (RequestDecision, "grant_extension", {"form": {"day": "", "answer": ""}}),
        ),
        lambda q: _details(
            q, q.side.enrollment, (RequestDecision, "decline_extension", {"form": {"answer": "No"}})
        ),
    ),
    changes(
        "extensions.withdraw_extension",
        #  super learn people config support instructor lead learner
        "ff    ff   ff     ff     ff      ff         ff   af",
        lambda q: call(q.side.request),
        lambda q: on(LEARN, (Learning, "withdraw", {"request_id": q.side.request})),
        lambda q: _own_course(q, q.side.course, (CourseHome, "withdraw")),
    ),
    changes(
        "extensions.see_answer",
        #  super learn people config support instructor lead learner
        "rr    rr   rr     rr     rr      rr         rr   ar",
        lambda q: call(q.side.answered),
        lambda q: on(LEARN, (Learning, "dismiss", {"request_id": q.side.answered})),
    ),
    # --- grading ------------------------------------------------------------------------------
    changes(
        "grading.grade_cell",
        "aa    aa   rr     rr     rr      ar         rr   rr",
        lambda q: call(q.side.enrollment, "grade", "A", 1),
        lambda q: _grid(q, (Grading, "save_cell", _cell(q))),
    ),
    changes(
        "grading.grade_cell",
        "rr    rr   rr     rr     rr      rr         rr   rr",
        lambda q: call(q.side.enrollment, "status", "cancelled", 1),
        lambda q: _grid(q, (Grading, "save_cell", {**_cell(q), "field": "status"})),
        case="status",
    ),
    changes(
        # Of a change that somebody else made.
        "grading_undo.undo_cell",
        "rr    rr   rr     rr     rr      rr         rr   rr",
        lambda q: call(q.side.enrollment, "somebody-elses-save"),
        lambda q: _grid(
            q,
            (
                Grading,
                "undo_cell",
                {
                    "enrollment": q.side.enrollment,
                    "field": "grade",
                    "save_key": "somebody-elses-save",
                    "ticket": 1,
                },
            ),
        ),
    ),
    changes(
        "grading.grade_many",
        GRADERS_,
        lambda q: call(q.side.course, [RowEdit(q.side.enrollment, 1, {"grade": "A"})]),
        lambda q: _grid(q, (Pasting, "paste", _pasted(q)), (Pasting, "apply")),
    ),
    changes(
        "grading.grade_many",
        "af    af   nn     nn     nn      af         nn   nn",
        lambda q: call(q.world.own.course, [RowEdit(q.side.enrollment, 1, {"note": "x"})]),
        case="within one's own course",
    ),
    # --- groups -------------------------------------------------------------------------------
    reads(
        "groups.list_groups",
        one(PEOPLE__),
        lambda q: call(ListQuery()),
        lambda q: on(GROUPS, (Groups, "load")),
    ),
    reads("groups.read_group", PEOPLE__, lambda q: call(q.side.group), lambda q: _group(q)),
    reads(
        "groups.list_members",
        PEOPLE__,
        lambda q: call(q.side.group, ListQuery()),
        lambda q: on(f"{GROUPS}/{q.side.group}", (Members, "load")),
    ),
    changes(
        "groups.make_group",
        one(PEOPLE__),
        lambda q: call(GROUP_FORM),
        lambda q: on(f"{GROUPS}/new", (NewGroup, "load"), (NewGroup, "save", {"form": GROUP_FORM})),
    ),
    changes(
        "groups.save_group",
        PEOPLE__,
        lambda q: call(q.side.group, version=1, typed=GROUP_FORM),
        lambda q: _group(q, (GroupPage, "save", {"form": GROUP_FORM})),
    ),
    changes(
        "groups.add_members",
        PEOPLE__,
        lambda q: call(q.side.group, [q.side.idle]),
        lambda q: _group(q, (GroupChanges, "add_person", {"person": q.side.idle})),
    ),
    changes(
        "groups.add_members_by_email",
        PEOPLE__,
        lambda q: call(q.side.group, q.side.idle_email),
        lambda q: _group(
            q,
            (GroupPage, "open_paste", {"is_open": True}),
            (GroupPage, "paste", {"form": {"emails": q.side.idle_email}}),
        ),
    ),
    changes(
        "groups.remove_members",
        PEOPLE__,
        lambda q: call(q.side.group, [q.side.learner]),
        lambda q: _group(q, (GroupChanges, "remove_person", {"person": q.side.learner})),
    ),
    changes(
        "groups.add_lead",
        PEOPLE__,
        lambda q: call(q.side.group, q.side.spare_lead),
        lambda q: _group(q, (GroupChanges, "add_lead", {"person": q.side.spare_lead})),
    ),
    changes(
        "groups.remove_lead",
        PEOPLE__,
        lambda q: call(q.side.group, q.side.lead),
        lambda q: _group(q, (GroupChanges, "remove_lead", {"account": q.side.lead})),
    ),
    changes(
        "groups.assign",
        SUPER___,  # needs both sections
        lambda q: call(q.side.group, q.side.spare),
        lambda q: _group(q, (GroupChanges, "assign", {"course": q.side.spare})),
    ),
    changes(
        "groups.unassign",
        SUPER___,
        lambda q: call(q.side.group, q.side.second),
        lambda q: _group(q, (GroupChanges, "unassign", {"course": q.side.second})),
    ),
    # --- invitations --------------------------------------------------------------------------
    changes(
        "invitations.invite",
        one(PEOPLE__),
        lambda q: call(INVITED),
        lambda q: on(f"{USERS}/new", (Invite, "load"), (Invite, "save", {"form": INVITED})),
    ),
    changes(
        "invitations.invite",
        "a     n    i      n      n       n          n    n",
        lambda q: call(INVITED | {"access": "admin"}),
        lambda q: on(
            f"{USERS}/new",
            (Invite, "load"),
            (Invite, "save", {"form": INVITED | {"access": "admin"}}),
        ),
        case="an admin",
    ),
    changes(
        "invitations.invite",
        "a     n    i      n      n       n          n    n",
        lambda q: call(_outside(q)),
        lambda q: on(f"{USERS}/new", (Invite, "load"), (Invite, "save", {"form": _outside(q)})),
        case="an admin outside the directory",
    ),
    changes(
        "invitations.invite_again",
        PEOPLE__,
        lambda q: call(q.side.idle, {"access": "learner"}),
        lambda q: _user(q, q.side.idle, (UserPage, "invite", {"access": "learner"})),
    ),
    changes(
        "invitations.invite_again",
        "aa    nn   ii     nn     nn      nn         nn   nn",
        lambda q: call(q.side.idle, {"access": "super_admin"}),
        lambda q: _user(q, q.side.idle, (UserPage, "invite", {"access": "super_admin"})),
        case="as a Super Admin",
    ),
    changes(
        "invitations.invite_again",
        SUPER___,
        lambda q: call(q.side.admin_person, {}),
        lambda q: _user(q, q.side.admin_person, (UserPage, "invite", {"access": "admin"})),
        case="an admin",
    ),
    # --- password_resets ----------------------------------------------------------------------
    changes(
        "password_resets.send_link",
        PEOPLE__,
        lambda q: call(q.side.learner_account),
        lambda q: _user(q, q.side.learner, (UserPage, "send_link")),
    ),
    changes(
        "password_resets.send_link",
        PEOPLE__,
        lambda q: call(q.side.learner_account),
        lambda q: on(ADMINS, (Admins, "send_link", {"account_id": q.side.learner_account})),
        case="on the Admins page",
        by_event=SUPER___,
    ),
    changes(
        "password_resets.send_link",
        SUPER___,  # needs both People and Learning: a teacher reads grades and internal notes
        lambda q: call(q.side.teacher),
        lambda q: on(ADMINS, (Admins, "send_link", {"account_id": q.side.teacher})),
        case="to a teacher",
    ),
    reads(
        "password_resets.has_password",
        #  super learn people config support instructor lead learner
        "r     r    r      r      r       r          r    r",
        lambda q: call(),
    ),
    changes(
        "password_resets.change_password",
        #  super learn people config support instructor lead learner
        "n     n    n      n      n       a          n    a",
        lambda q: call(present=PASSWORD, password="another passphrase", browser=Browser()),
    ),
    # --- learning -----------------------------------------------------------------------------
    reads(
        "learning.read_dashboard",
        #  super learn people config support instructor lead learner
        "r     r    r      r      r       r          r    o",
        lambda q: call(),
        lambda q: on(LEARN, (Learning, "load")),
    ),
    reads(
        "learning.read_catalog",
        "n     n    n      n      n       n          n    a",
        lambda q: call("", None),
        lambda q: on(f"{LEARN}/catalog", (Catalog, "load")),
    ),
    changes(
        "learning.read_course",
        LEARNERS,
        lambda q: call(q.side.hidden),
        lambda q: _own_course(q, q.side.hidden),
        case="a draft",
    ),
    changes(
        "learning.read_course",
        "f     f    f      f      f       f          f    a",
        lambda q: call(q.world.own.course),
        lambda q: _own_course(q, q.world.own.course),
        case="with new feedback",
    ),
    changes(
        "learning.read_lesson",
        LEARNERS,
        lambda q: call(q.side.course, q.side.lessons[0]),
        lambda q: _lesson_room(q),
    ),
    changes(
        "learning.start_course",
        LEARNERS,
        lambda q: call(q.side.spare if q.side is q.world.own else q.side.hidden),
        lambda q: on(
            f"{LEARN}/catalog",
            (
                Catalog,
                "start",
                {"course_id": q.side.spare if q.side is q.world.own else q.side.hidden},
            ),
        ),
        lambda q: _own_course(
            q,
            q.side.spare if q.side is q.world.own else q.side.hidden,
            (CourseHome, "start"),
        ),
    ),
    changes(
        "learning.cancel_enrollment",
        LEARNERS,
        lambda q: call(q.side.unasked, "Too much"),
        lambda q: _own_course(
            q, q.side.hidden, (CancelForm, "send", {"form": {"why": "Too much"}})
        ),
    ),
    changes(
        "learning.read_feedback",
        "rr    rr   rr     rr     rr      rr         rr   ar",
        lambda q: call(q.side.enrollment, f"For {q.side.mark}"),
        lambda q: on(
            LEARN,
            (Learning, "load"),
            (Learning, "mark_read", {"enrollment_id": q.side.enrollment}),
        ),
    ),
    changes(
        "learning.mark_message",
        "rr    rr   rr     rr     rr      rr         rr   ar",
        lambda q: call(q.side.message, is_dismissed=True),
        lambda q: on(LEARN, (Learning, "read_message", {"message_id": q.side.message})),
        lambda q: on(LEARN, (Learning, "dismiss_message", {"message_id": q.side.message})),
    ),
    # --- ledger -------------------------------------------------------------------------------
    reads(
        "ledger.read_ledger",
        #  super learn people config support instructor lead learner
        "a     a    n      n      n       o          o    n",
        lambda q: call(LedgerQuery()),
        lambda q: on(LEDGER, (Ledger, "load")),
    ),
    # Only who may see all of a course's, or a learner's, enrollments has them on a page.
    reads(
        "ledger.read_ledger",
        "aa    aa   nn     nn     nn      af         ff   nn",
        lambda q: call(LedgerQuery(course=q.side.course)),
        lambda q: on(f"{COURSES}/{q.side.course}", (Ledger, "load")),
        case="of a course",
    ),
    reads(
        "ledger.read_ledger",
        "aa    aa   nn     nn     nn      ff         af   nn",
        lambda q: call(LedgerQuery(learner=q.side.learner)),
        lambda q: on(f"{USERS}/{q.side.learner}/enrollments", (Ledger, "load")),
        case="of a learner",
    ),
    reads(
        "ledger.read_rows",
        "aa    aa   nn     nn     nn      ar         ar   nn",
        lambda q: call(LedgerQuery(), [q.side.enrollment]),
        case="that are shown",
    ),
    reads(
        "ledger.read_ledger",
        "a     a    n      n      n       o          o    n",
        lambda q: call(LedgerQuery(as_of=PAST_DAY)),
        lambda q: on(
            LEDGER,
            (Ledger, "load"),
            (Ledger, "show_as_of", {"day": day_to_date(PAST_DAY).isoformat()}),
        ),
        case="as of a past day",
    ),
    reads(
        "ledger.read_ledger",
        "aa    aa   nn     nn     nn      af         ff   nn",
        lambda q: call(LedgerQuery(course=q.side.course, as_of=PAST_DAY)),
        case="of a course as of a past day",
    ),
    reads(
        "ledger.read_ledger",
        "aa    aa   nn     nn     nn      ff         af   nn",
        lambda q: call(LedgerQuery(learner=q.side.learner, as_of=PAST_DAY)),
        case="of a learner as of a past day",
    ),
    reads(
        "ledger.count_rows",
        "aa    aa   nn     nn     nn      af         ff   nn",
        lambda q: call(LedgerQuery(course=q.side.course)),
        tells=False,
    ),
    reads(
        "ledger.days_to_choose",
        "a     a    n      n      n       r          r    n",
        lambda q: call(),
        tells=False,
    ),
    reads(
        "attention.needs_of",
        "a     a    n      n      n       r          r    n",
        lambda q: call(Kind.COURSES),
        tells=False,
    ),
    reads(
        "filter_values.filter_values",
        #  super learn people config support instructor lead learner
        "a     a    n      n      n       o          o    n",
        lambda q: call(LedgerQuery(), "courses", ""),
        lambda q: on(
            LEDGER,
            (Ledger, "load"),
            (LedgerFilters, "list_values", {"name": "courses", "typed": ""}),
        ),
    ),
    reads(
        "filter_values.filter_values",
        "a     a    n      n      n       r          o    n",
        lambda q: call(LedgerQuery(), "group", ""),
        lambda q: on(
            LEDGER,
            (Ledger, "load"),
            (LedgerFilters, "list_values", {"name": "group", "typed": ""}),
        ),
        case="groups",
    ),
    reads(
        "filter_values.filter_names",
        "aa    aa   nn     nn     nn      ar         ar   nn",
        lambda q: call(LedgerQuery(filters=Filters(courses=(q.side.course,)))),
        lambda q: on(
            LEDGER,
            (Ledger, "load"),
            (LedgerFilters, "apply", {"name": "courses", "text": str(q.side.course)}),
        ),
        case="of a course",
    ),
    # --- lessons ------------------------------------------------------------------------------
    reads(
        "lessons.read_lessons",
        LEARNING,
        lambda q: call(q.side.course),
        lambda q: _lessons(q),
    ),
    changes(
        "lessons.add_lesson",
        LEARNING,
        lambda q: call(q.side.course, LESSON_FORM),
        lambda q: _lessons(q, (Lessons, "save", {"form": LESSON_FORM})),
    ),
    changes(
        "lessons.save_lesson",
        LEARNING,
        lambda q: call(
            q.side.course, q.side.lessons[0], version=_version_of_lesson(q), typed=LESSON_FORM
        ),
        lambda q: _lessons(
            q,
            (Lessons, "edit", {"lesson_id": q.side.lessons[0]}),
            (Lessons, "save", {"form": LESSON_FORM}),
        ),
    ),
    changes(
        "lessons.move_lesson",
        LEARNING,
        lambda q: call(q.side.course, q.side.lessons[0], down=True, version=1),
        lambda q: _lessons(q, (Lessons, "move", {"lesson_id": q.side.lessons[0], "down": True})),
    ),
    changes(
        "lessons.remove_lesson",
        LEARNING,
        lambda q: call(q.side.course, q.side.lessons[0], version=1),
        lambda q: _lessons(
            q,
            (Lessons, "ask_to_remove", {"lesson_id": q.side.lessons[0]}),
            (Lessons, "remove"),
        ),
    ),
    # --- pasting ------------------------------------------------------------------------------
    reads(
        "pasting.preview_paste",
        GRADERS_,
        lambda q: call(q.side.course, [q.side.enrollment], "grade", "A"),
        lambda q: _grid(q, (Pasting, "paste", _pasted(q))),
    ),
    # --- paths --------------------------------------------------------------------------------
    reads(
        "paths.list_paths",
        one(LEARNING),
        lambda q: call(ListQuery()),
        lambda q: on(PATHS, (Paths, "load")),
    ),
    reads("paths.read_path", LEARNING, lambda q: call(q.side.path), lambda q: _path(q)),
    changes(
        "paths.make_path",
        one(LEARNING),
        lambda q: call(PATH_FORM),
        lambda q: on(f"{PATHS}/new", (PathPage, "load"), (PathPage, "save", {"form": PATH_FORM})),
    ),
    changes(
        "paths.save_path",
        LEARNING,
        lambda q: call(q.side.path, version=1, typed=PATH_FORM),
        lambda q: _path(q, (PathPage, "save", {"form": PATH_FORM})),
    ),
    changes(
        "paths.set_path_state",
        LEARNING,
        lambda q: call(q.side.path, "archived", version=1),
        lambda q: _path(q, (PathPage, "put", {"state": "archived"})),
    ),
    changes(
        "paths.add_step",
        LEARNING,
        lambda q: call(q.side.path, q.side.spare),
        lambda q: _path(q, (PathPage, "add", {"course_id": q.side.spare})),
    ),
    changes(
        "paths.remove_step",
        LEARNING,
        lambda q: call(q.side.path, q.side.second, version=1),
        lambda q: _path(
            q,
            (PathPage, "ask_to_remove", {"course_id": q.side.second}),
            (PathPage, "remove"),
        ),
    ),
    changes(
        "paths.move_step",
        LEARNING,
        lambda q: call(q.side.path, q.side.second, down=False, version=1),
        lambda q: _path(q, (PathPage, "move", {"course_id": q.side.second, "down": False})),
    ),
    changes(
        "paths.set_needs_previous",
        LEARNING,
        lambda q: call(q.side.path, q.side.second, is_on=True, version=1),
        lambda q: _path(q, (PathPage, "lock", {"course_id": q.side.second, "is_on": True})),
    ),
    # --- teaching -----------------------------------------------------------------------------
    reads(
        "teaching.taught_courses",
        #  super learn people config support instructor lead learner
        "n     n    n      n      n       o          n    n",
        lambda q: call(),
        lambda q: on(TEACH, (Teaching, "load")),
    ),
    reads("teaching.read_grid", GRADERS_, lambda q: call(q.side.course), lambda q: _grid(q)),
    reads("teaching.count_grid", GRADERS_, lambda q: call(q.side.course), tells=False),
    reads(
        "teaching.reread_rows",
        GRADERS_,
        lambda q: call(q.side.course, {q.side.enrollment: 0}),
        lambda q: [*_grid(q), *on(f"{TEACH}/courses/{q.side.course}", (Grading, "refresh"))],
        tells=False,
    ),
    # --- tracking -----------------------------------------------------------------------------
    changes(
        "lessons_done.mark_done",
        LEARNERS,
        lambda q: call(q.side.course, q.side.lessons[0]),
        lambda q: _lesson_room(q, (LessonRoom, "mark")),
    ),
    # --- users --------------------------------------------------------------------------------
    reads(
        "users.list_users",
        one(PEOPLE__),
        lambda q: call(ListQuery()),
        lambda q: on(USERS, (Users, "load")),
    ),
    reads(
        "users.find_people",
        one(PEOPLE__),
        lambda q: call("mia"),
        lambda q: on(GROUPS, (PeoplePicker, "search", {"typed": "mia"})),
    ),
    reads(
        "users.read_user",
        PEOPLE__,
        lambda q: call(q.side.learner),
        lambda q: _user(q, q.side.learner),
    ),
    changes(
        "users.save_user",
        PEOPLE__,
        lambda q: call(
            q.side.learner,
            version=_version_of_person(q, q.side.learner),
            typed=_filled(q, q.side.learner) | {"name": "Renamed"},
        ),
        lambda q: _user(
            q,
            q.side.learner,
            (
                UserPage,
                "save",
                {"form": _filled(q, q.side.learner) | {"name": "Renamed"}},
            ),
        ),
    ),
    changes(
        "users.save_user",
        SUPER___,
        lambda q: call(
            q.side.admin_person,
            version=_version_of_person(q, q.side.admin_person),
            typed=_filled(q, q.side.admin_person) | {"email": "mine@elsewhere.example"},
        ),
        lambda q: _user(
            q,
            q.side.admin_person,
            (
                UserPage,
                "save",
                {"form": _filled(q, q.side.admin_person) | {"email": "mine@elsewhere.example"}},
            ),
        ),
        case="an admin",
    ),
    changes(
        "users.save_user",
        "aa    nn   ii     nn     nn      nn         nn   nn",
        lambda q: call(
            q.side.learner,
            version=_version_of_person(q, q.side.learner),
            typed=_filled(q, q.side.learner) | {"access": "super_admin"},
        ),
        lambda q: _user(
            q,
            q.side.learner,
            (
                UserPage,
                "save",
                {"form": _filled(q, q.side.learner) | {"access": "super_admin"}},
            ),
        ),
        case="into a Super Admin",
    ),
    changes(
        "users.suspend_user",
        PEOPLE__,
        lambda q: call(q.side.learner),
        lambda q: _user(q, q.side.learner, (UserPage, "suspend")),
    ),
    changes(
        "users.suspend_user",
        SUPER___,
        lambda q: call(q.side.admin_person),
        lambda q: _user(q, q.side.admin_person, (UserPage, "suspend")),
        case="an admin",
    ),
    changes(
        "users.reinstate_user",
        PEOPLE__,
        lambda q: call(q.side.suspended),
        lambda q: _user(q, q.side.suspended, (UserPage, "reinstate")),
    ),
    reads(
        "users.preview_enroll_user",
        LEARNING,
        lambda q: call(q.side.idle, [q.side.spare]),
        lambda q: _enroll_user(q),
    ),
    changes(
        "users.enroll_user",
        LEARNING,
        lambda q: call(q.side.idle, [q.side.spare]),
        lambda q: _enroll_user(q, (EnrollUser, "enroll")),
    ),
)
