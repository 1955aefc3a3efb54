"""Groups of people: their kinds, and the limits of their fields."""

from __future__ import annotations

from enum import StrEnum


class GroupKind(StrEnum):
    """What the people of a group have in common; stored by value."""

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
        """The label of the kind: "Role Level"."""
        return self.value.replace("_", " ").title()


NAME_LENGTH = 200
