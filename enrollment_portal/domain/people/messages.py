"""What people read of users and groups: refusals, conflicts and confirmations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from enrollment_portal.domain.shared.wording import PageTexts, plural, show_number, with_commas

# Users.

CHOOSE_ACCESS = "Choose their portal access."
CHOOSE_MANAGER = "Choose a manager from the list, or nobody."
OWN_MANAGER = "Nobody can be their own manager. Choose someone else."
NOT_IN_DIRECTORY = "This person is no longer in the directory."
MANAGER_CIRCLE = "They already report to this person, directly or indirectly."
MANAGER_CHANGED = "The manager was changed meanwhile. Check it before you choose."
ONLY_SUPER_ADMIN = "Only a Super Admin can change an admin. Ask one of them."
TEACHES = "They teach courses. Only an admin with People and Learning can change this."
SUSPEND_YOURSELF = "You cannot suspend yourself. Ask another admin."
DEADLINE_OVER = "This day has passed. Choose today or a later day."
ENROLLED_MEANWHILE = "Someone else enrolled them in the same moment. Try again."
FOUND_PEOPLE = {"one": "{n} person found.", "other": "{n} people found."}
FOUND_GROUPS = {"one": "{n} group found.", "other": "{n} groups found."}
NO_MANAGER = "No manager chosen."
ACCESS_SUSPENDED = "Access suspended. All their sessions have ended."
ACCESS_REINSTATED = "Access reinstated."
LINK_COPIED = "Link copied."
LINK_NOT_COPIED = "The link could not be copied. It is selected in its field: copy it there."
SUSPEND = "Suspend"
SUSPEND_TEXT = (
    "They are signed out everywhere at once and cannot sign in again until you reinstate them. "
    "Their enrollments stay."
)


def manager(name: str) -> str:
    """Announce the manager who is chosen; `name` may be a variable of the page."""
    return f"Manager: {name}."


def suspend(name: str) -> str:
    """Ask whether to suspend somebody."""
    return f"Suspend {name}?"


def enrolled_in(n: int) -> str:
    """Confirm an enrolling from somebody's page."""
    return plural(
        n,
        one="Enrolled in {n} course or learning path.",
        other="Enrolled in {n} courses or learning paths.",
    )


# Groups.

CHOOSE_KIND = "Choose the kind of group."
ONLY_GROUP_LEADS = (
    "Only people with the portal access Group Lead can lead a group. Change their access on their "
    "page first."
)
SIMILAR_REASONS = "Not enrolled for similar reasons."
UNKNOWN_EMAIL = "Nobody in the directory has this email. Invite them first."
NOT_AN_EMAIL = "This is not an email address."


def the_group(name: str) -> str:
    """Name a group at the beginning of a sentence."""
    return f"The group “{name}”"


def choose_people(limit: int) -> str:
    """Refuse to add nobody, or too many at once."""
    return f"Choose 1 to {show_number(limit)} people."


def not_published(course: str) -> str:
    """Refuse to assign what nobody can start."""
    return f"{course} is not published. Publish it, then assign it."


def not_assignable(course: str) -> str:
    """Refuse to assign what nobody could complete; why is told after it."""
    return f"{course} cannot be assigned."


def joined(n: int, name: str = "") -> str:
    """Confirm new members: by name, if it is one who was chosen by name."""
    if name and n == 1:
        return f"{name} joined the group."
    return plural(n, one="{n} person joined the group.", other="{n} people joined the group.")


def left(n: int, name: str = "") -> str:
    """Confirm removed members; see `joined`."""
    if name and n == 1:
        return f"{name} left the group and stays enrolled."
    return plural(
        n,
        one="{n} person left the group and stays enrolled.",
        other="{n} people left the group and stay enrolled.",
    )


def lead_added(name: str) -> str:
    """Confirm a new lead, whose name may be unknown."""
    return f"{name} leads the group now." if name else "Lead added."


def lead_removed(name: str) -> str:
    """Confirm that somebody leads a group no more."""
    if not name:
        return "Lead removed. They no longer see what the members learn."
    return f"{name} no longer leads the group, and no longer sees what its members learn."


def assigned(title: str) -> str:
    """Confirm that a group was assigned a course or path."""
    return f"Assigned {title}." if title else "Assigned."


def unassigned(title: str) -> str:
    """Confirm that a course or path is no longer assigned to a group."""
    if not title:
        return "Removed. Whoever is enrolled stays enrolled."
    return f"Removed {title}. Whoever is enrolled stays enrolled."


GROUP_STAYS = "The group itself stays as it is."
"""What undoing the enrollments of a group does not touch."""


def created(n: int) -> str:
    """Tell how many enrollments a change of the group created; "" for none."""
    return plural(n, one="{n} enrollment created.", other="{n} enrollments created.") if n else ""


def more_of_them(n: int) -> str:
    """Count those that a list leaves out."""
    return plural(n, other="{n} more")


def n_people(n: int) -> str:
    """Count the members of a group."""
    return plural(n, one="{n} person", other="{n} people")


def invited_until(until: str) -> str:
    """Tell how long an invitation can be used."""
    return f"Invited until {until}"


def in_course(name: str, course: str) -> str:
    """Name somebody and the course that it is about."""
    return f"{name}, {course}"


def kind_and_state(kind: str, state: str) -> str:
    """Tell that something assigned is not published: "Course, draft"."""
    return f"{kind}, {state}"


USERS = PageTexts(
    one="{first}–{last} of {n} person",
    other="{first}–{last} of {n} people",
    none="No people",
    no_match="No people match",
)
GROUPS = PageTexts(
    one="{first}–{last} of {n} group",
    other="{first}–{last} of {n} groups",
    none="No groups",
    no_match="No groups match",
)
MEMBERS = PageTexts(
    one="{first}–{last} of {n} member",
    other="{first}–{last} of {n} members",
    none="No members",
    no_match="No members match",
)


# What the access log says of a change.


def logged_enrolled_in(n: int) -> str:
    """Count the enrollments that somebody's groups created once they were reinstated."""
    return plural(n, other="Enrolled in {n} by their groups")


def logged_email(before: str | None, after: str | None) -> str:
    """Tell which email somebody had, and has."""
    return f"Email from {before or 'none'} to {after or 'none'}"


def logged_access(before: str, after: str) -> str:
    """Tell which portal access somebody had, and has."""
    return f"Portal access from {before} to {after}"


def logged_leads(name: str) -> str:
    """Tell who leads a group from now on."""
    return f"{name} leads it"


def logged_leads_no_more(name: str) -> str:
    """Tell who no longer leads a group."""
    return f"{name} no longer leads it"


def logged_names(names: Sequence[str], n: int) -> str:
    """Name the first of those who joined a group, and count the others."""
    if n <= len(names):
        return with_commas(names)
    more = n - len(names)
    return plural(more, other="{names} and {n} more", names=with_commas(names))


# How a person's or a group's past is told.


def act_on(act: str, subject: str) -> str:
    """Name an act of the access log and whom it was about."""
    return f"{act} {subject}"


def act_with_detail(act: str, detail: str) -> str:
    """Name an act and its details."""
    return f"{act}: {detail}"


# What the pages of users and groups say.

NAME_AND_WHY = "{name}: {why}"
COURSE_AND_OUTCOME = "{course}: {outcome}."
"""What becomes of somebody in a course; why is told after it."""
REMOVE = "Remove"


def since(day: str) -> str:
    """Say since when something is assigned."""
    return f"Since {day}"


def enroll_named(name: str) -> str:
    """Head the dialog that enrolls somebody."""
    return f"Enroll {name}"


@dataclass(frozen=True)
class RecordTexts:
    """What the page of a user, or of a group, says of what it is about."""

    noun: str
    missing: str
    show_all: str


OF_USER = RecordTexts(noun="User", missing="No such user", show_all="Show all users")
OF_GROUP = RecordTexts(noun="Group", missing="No such group", show_all="Show all groups")
