"""Validate the form of a group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from enrollment_portal.domain.catalog.courses import DESCRIPTION_LENGTH
from enrollment_portal.domain.people import messages
from enrollment_portal.domain.people.groups import NAME_LENGTH, GroupKind
from enrollment_portal.domain.shared.errors import Invalid
from enrollment_portal.domain.shared.typed_text import clean_text


@dataclass(frozen=True)
class GroupFields:
    """The validated fields of a group."""

    name: str
    kind: GroupKind
    description: str


def read_group_fields(typed: Mapping[str, object]) -> GroupFields:
    """Validate the form of a group.

    Raises:
        Invalid: one message for each field that breaks a rule.
    """
    errors: dict[str, str] = {}
    name = description = ""
    try:
        name = clean_text(typed.get("name"), NAME_LENGTH, required=True, is_line=True)
    except ValueError as refusal:
        errors["name"] = str(refusal)
    try:
        description = clean_text(typed.get("description", ""), DESCRIPTION_LENGTH)
    except ValueError as refusal:
        errors["description"] = str(refusal)
    kind = typed.get("kind")
    if not isinstance(kind, str) or kind not in list(GroupKind):
        errors["kind"] = messages.CHOOSE_KIND
    if errors:
        raise Invalid(errors)
    return GroupFields(name, GroupKind(str(kind)), description)
