"""Groups of people: their kinds, and what their fields may hold."""

from __future__ import annotations

from enum import StrEnum


class GroupKind(StrEnum):
    """What holds the people of a group together; stored by value."""

    DEPARTMENT = "department"
    LOCATION = "location"
    ROLE_LEVEL = "role_level"
    COHORT = "cohort"
    PARTNER = "partner"
    CUSTOMER = "customer"
    PROJECT_TEAM = "project_team"
    OTHER = "other"

    @property
    def label(self) -> str:
        """The kind as people read it: "Role Level"."""
        return self.value.replace("_", " ").title()


NAME_LENGTH = 200
