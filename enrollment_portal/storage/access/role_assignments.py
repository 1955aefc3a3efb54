"""Read and delete the courses that an account teaches, and the groups that it leads."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session, col, delete, select

from enrollment_portal.domain.people.people import Role
from enrollment_portal.storage.shared.tables import Course, CourseTeacher, GroupLead, PeopleGroup


@dataclass(frozen=True, slots=True)
class RoleAssignments:
    """The titles of the courses that an account teaches, the names of the groups it leads."""

    courses: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()


NOTHING = RoleAssignments()


def role_assignments_of(session: Session, account_id: int) -> RoleAssignments:
    """Return the courses and groups of an account, by title and name."""
    courses = (
        select(Course.title)
        .join(CourseTeacher, col(CourseTeacher.course_id) == Course.id)
        .where(CourseTeacher.account_id == account_id)
        .order_by(col(Course.sort_title), col(Course.id))
    )
    groups = (
        select(PeopleGroup.name)
        .join(GroupLead, col(GroupLead.group_id) == PeopleGroup.id)
        .where(GroupLead.account_id == account_id)
        .order_by(col(PeopleGroup.sort_name), col(PeopleGroup.id))
    )
    return RoleAssignments(
        tuple(session.execute(courses).scalars()), tuple(session.execute(groups).scalars())
    )


def give_up(session: Session, account_id: int, role: Role) -> RoleAssignments:
    """Delete and return the courses or groups that the account's role cannot have.

    Call it after the role was written: whoever adds a course or group locks the account.
    """
    assignments = role_assignments_of(session, account_id)
    teaches, leads = role is Role.INSTRUCTOR, role is Role.GROUP_LEAD
    if assignments.courses and not teaches:
        session.execute(delete(CourseTeacher).where(col(CourseTeacher.account_id) == account_id))
    if assignments.groups and not leads:
        session.execute(delete(GroupLead).where(col(GroupLead.account_id) == account_id))
    return RoleAssignments(
        () if teaches else assignments.courses, () if leads else assignments.groups
    )
