"""What people read of users and groups: refusals, conflicts and confirmations."""

from __future__ import annotations

from enrollment_portal.domain.shared.wording import counted

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
ACCESS_SUSPENDED = "Access suspended. All their sessions have ended."
ACCESS_REINSTATED = "Access reinstated."
SUSPEND = "Suspend"
SUSPEND_TEXT = (
    "They are signed out everywhere at once and cannot sign in again until you reinstate them. "
    "Their enrollments stay."
)


def suspend(name: str) -> str:
    """Ask whether to suspend somebody."""
    return f"Suspend {name}?"


def enrolled_in(n: int) -> str:
    """Confirm an enrolling from somebody's page."""
    return f"Enrolled in {counted(n, 'course or learning path', 'courses or learning paths')}."


# Groups.

CHOOSE_KIND = "Choose the kind of group."
ONLY_GROUP_LEADS = (
    "Only people with the portal access Group Lead can lead a group. Change their access on their "
    "page first."
)
LEAD_ADDED = "Lead added."
LEAD_REMOVED = "Lead removed. They no longer see what the members learn."
ASSIGNED = "Assigned."
UNASSIGNED = "Removed. Whoever is enrolled stays enrolled."
SIMILAR_REASONS = "Not enrolled for similar reasons."
UNKNOWN_EMAIL = "Nobody in the directory has this email. Invite them first."
NOT_AN_EMAIL = "This is not an email address."


def the_group(name: str) -> str:
    """Name a group at the beginning of a sentence."""
    return f"The group “{name}”"


def choose_people(limit: int) -> str:
    """Refuse to add nobody, or too many at once."""
    return f"Choose 1 to {limit:,} people."


def not_published(course: str) -> str:
    """Refuse to assign what nobody can start."""
    return f"{course} is not published. Publish it, then assign it."


def not_assignable(course: str, why: str) -> str:
    """Refuse to assign what nobody could complete."""
    return f"{course} cannot be assigned. {why}"


def joined(n: int) -> str:
    """Confirm new members."""
    return f"{counted(n, 'person', 'people')} joined the group."


def left(n: int) -> str:
    """Confirm removed members."""
    return f"{counted(n, 'person', 'people')} left the group and stay enrolled."


def and_enrolled(done: str, n: int) -> str:
    """Add how many enrollments a change of the group created."""
    return f"{done} {counted(n, 'enrollment')} created."


def undone(done: str) -> str:
    """Add to the confirmation of an undo what it did not touch."""
    return f"{done} The group itself stays as it is."
