"""Validate the form of a person, and of enrolling them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum

from enrollment_portal.domain.people import messages
from enrollment_portal.domain.people.people import Role
from enrollment_portal.domain.shared import calendar
from enrollment_portal.domain.shared.emails import read_email
from enrollment_portal.domain.shared.errors import Invalid
from enrollment_portal.domain.shared.listing import read_id
from enrollment_portal.domain.shared.messages import NOT_A_DATE_OR_EMPTY, TOO_FAR_AWAY
from enrollment_portal.domain.shared.typed_text import clean_text, is_empty

NAME_LENGTH = 200
NO_ACCESS = "none"
"""The portal access of a person who has no account."""


class PersonStatus(StrEnum):
    """Whether a person can sign in; the names used in the URL."""

    ACTIVE = "active"
    INVITED = "invited"
    SUSPENDED = "suspended"
    NONE = "none"

    @property
    def label(self) -> str:
        """The label of the status."""
        return "No access" if self is PersonStatus.NONE else self.value.capitalize()


@dataclass(frozen=True)
class PersonFields:
    """The validated fields of a person; `access` is `None` without an account."""

    name: str
    email: str | None
    job_title: str
    department: str
    manager_id: int | None
    access: Role | None


def access_label(access: Role | None) -> str:
    """Return the label of a person's portal access."""
    return access.label if access else "None"


def read_person(
    typed: Mapping[str, object], *, needs_email: bool, has_access: bool
) -> PersonFields:
    """Validate the form of a person.

    Args:
        typed: the form, by the names of `PersonFields`; the manager by id.
        needs_email: whether the email may be left empty: only of people without an account.
        has_access: whether the person has an account; else portal access must be "none".

    Raises:
        Invalid: one message for each field that breaks a rule.
    """
    errors: dict[str, str] = {}

    def line(name: str, *, required: bool = False) -> str:
        try:
            return clean_text(typed.get(name, ""), NAME_LENGTH, required=required, is_line=True)
        except ValueError as refusal:
            errors[name] = str(refusal)
            return ""

    email: str | None = None
    raw_email = typed.get("email", "")
    if needs_email or not (isinstance(raw_email, str) and is_empty(raw_email)):
        try:
            email = read_email(raw_email)
        except ValueError as refusal:
            errors["email"] = str(refusal)
    raw_manager = typed.get("manager_id", "")
    manager = read_id(raw_manager)
    if raw_manager != "" and manager is None:
        errors["manager_id"] = messages.CHOOSE_MANAGER
    access: Role | None = None
    raw_access = typed.get("access", "")
    if has_access:
        if isinstance(raw_access, str) and raw_access in list(Role):
            access = Role(raw_access)
        else:
            errors["access"] = messages.CHOOSE_ACCESS
    person = PersonFields(
        name=line("name", required=True),
        email=email,
        job_title=line("job_title"),
        department=line("department"),
        manager_id=manager,
        access=access,
    )
    if errors:
        raise Invalid(errors)
    return person


def changed_fields(before: PersonFields, after: PersonFields) -> tuple[str, ...]:
    """Return the names of the fields that differ, in their order."""
    names = (field.name for field in fields(PersonFields))
    return tuple(name for name in names if getattr(before, name) != getattr(after, name))


def field_label(name: str) -> str:
    """Return the label of a field of a person."""
    labels = {"manager_id": "Manager", "access": "Portal access"}
    return labels.get(name, name.replace("_", " ").capitalize())


def read_deadline(typed: object, today: int) -> int | None:
    """Validate a typed deadline, in days since 1970; `None` for each course's default.

    Raises:
        Invalid: no day, in the past, or too far away.
    """
    if typed is None or (isinstance(typed, str) and is_empty(typed)):
        return None
    try:
        if not isinstance(typed, str):
            raise ValueError
        day = calendar.date_to_day(date.fromisoformat(typed.strip()))
    except ValueError:
        raise Invalid({"deadline": NOT_A_DATE_OR_EMPTY}) from None
    if day < today:
        raise Invalid({"deadline": messages.DEADLINE_OVER})
    if day > calendar.LAST_DAY:
        raise Invalid({"deadline": TOO_FAR_AWAY})
    return day
