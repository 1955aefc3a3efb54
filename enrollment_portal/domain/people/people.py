"""Roles, the sections of the Admin Portal, and the actor: the signed-in person."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntFlag, StrEnum


class Role(StrEnum):
    """The role of an account; stored by value."""

    SUPER_ADMIN = "super_admin"
    ADMIN = "admin"
    INSTRUCTOR = "instructor"
    GROUP_LEAD = "group_lead"
    LEARNER = "learner"

    @property
    def label(self) -> str:
        """The label of the role: "Super Admin"."""
        return self.value.replace("_", " ").title()


ADMIN_ROLES = frozenset({Role.ADMIN, Role.SUPER_ADMIN})


class Section(IntFlag):
    """The areas of the Admin Portal, switched on or off for each admin; stored as bits."""

    LEARNING = 1
    PEOPLE = 2
    SUPPORT = 4
    BILLING = 8
    CONFIGURATION = 16

    @classmethod
    def all(cls) -> Section:
        """Return all sections."""
        return cls(31)


NO_SECTIONS = Section(0)


@dataclass(frozen=True)
class Actor:
    """The signed-in person, as services see them; read from the database on every event."""

    account_id: int
    name: str
    email: str
    role: Role
    sections: Section = NO_SECTIONS
    """The sections of an Admin; a Super Admin has all of them, whatever is stored here."""
    learner_id: int | None = None
    """The id of their own learner record, if they have one."""

    def has(self, section: Section) -> bool:
        """Return whether this person may use a section of the Admin Portal."""
        if self.role is Role.SUPER_ADMIN:
            return True
        return self.role is Role.ADMIN and section in self.sections
