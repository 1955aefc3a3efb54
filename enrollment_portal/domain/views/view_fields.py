"""Validate the form of a view."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from enrollment_portal.domain.shared.errors import Invalid
from enrollment_portal.domain.shared.text_search import sort_text
from enrollment_portal.domain.shared.typed_text import clean_text
from enrollment_portal.domain.views import messages
from enrollment_portal.domain.views.views import NAME_LENGTH, PRODUCT_VIEWS, Audience


@dataclass(frozen=True)
class ViewFields:
    """The validated fields of a view."""

    name: str
    audience: Audience

    @property
    def name_key(self) -> str:
        """What is different for two names that are told apart: not by case or accents."""
        return name_key(self.name)


def name_key(name: str) -> str:
    """Return what two names must differ in."""
    return sort_text(name) or name


_PRODUCT_KEYS = frozenset(name_key(view.name) for view in PRODUCT_VIEWS.values())


def read_view_fields(typed: Mapping[str, object], *, may_share: bool) -> ViewFields:
    """Validate the form of a view.

    Args:
        typed: `name`, and `audience` as the value of an `Audience`; "" without one.
        may_share: whether the person may choose an audience.

    Raises:
        Invalid: one message for each field that breaks a rule.
    """
    errors: dict[str, str] = {}
    name = ""
    try:
        name = clean_text(typed.get("name"), NAME_LENGTH, required=True, is_line=True)
    except ValueError as refusal:
        errors["name"] = str(refusal)
    if name and name_key(name) in _PRODUCT_KEYS:
        errors["name"] = messages.NAME_OF_PRODUCT
    audience = typed.get("audience", "")
    if not isinstance(audience, str) or audience not in Audience._value2member_map_:
        errors["audience"] = messages.CHOOSE_AUDIENCE
    elif audience and not may_share:
        errors["audience"] = messages.ONLY_ADMINS_SHARE
    if errors:
        raise Invalid(errors)
    return ViewFields(name, Audience(str(audience)))
