"""The Manage form of one enrollment as its page shows it.

The browser's fields follow `form` only where `field_keys` changes, field by field: no answer of
the server overtakes what is being typed, and a field that nobody changed keeps its focus.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import reflex as rx

from enrollment_portal.domain.enrollment.edits import status_refusal
from enrollment_portal.domain.enrollment.fields import Field, Status, status_choices
from enrollment_portal.domain.learning.learning_paths import deadline_along
from enrollment_portal.domain.shared.calendar import date_to_day, day_to_date
from enrollment_portal.domain.shared.idempotency_keys import read_idempotency_key
from enrollment_portal.domain.shared.typed_text import trimmed
from enrollment_portal.services.enrollment.enrollments import EnrollmentDetails
from enrollment_portal.services.runtime import database
from enrollment_portal.services.shared.organization import organization_of
from enrollment_portal.state.enrollment.draft import FIELDS, LONGEST_KEPT, REASON, Draft
from enrollment_portal.state.shared import open_pages
from enrollment_portal.state.shared.changed_vars import set_changed
from enrollment_portal.state.shared.session import acting
from enrollment_portal.state.shared.views import ConflictView


class ManageForm(rx.State):
    """What the form holds, what it may change, and why a save was refused, field by field."""

    form: dict[str, str] = dict.fromkeys(FIELDS, "")
    """What the fields hold."""
    stored: dict[str, str] = dict.fromkeys(FIELDS, "")
    """What was stored as the form was filled."""
    form_key: str = ""
    """Names the filling: "<enrollment>.<version>.<count>"."""
    field_keys: dict[str, str] = dict.fromkeys(FIELDS, "")
    """By field, the filling that it shows."""
    lengths: dict[str, str] = dict.fromkeys(FIELDS, "0")
    errors: dict[str, str] = dict.fromkeys(FIELDS, "")
    conflicts: list[ConflictView] = []
    conflict_by: str = ""
    is_dirty: bool = False
    may_edit: dict[str, bool] = dict.fromkeys(FIELDS, False)
    may_revert: bool = False
    status_choices: list[str] = [status.key for status in Status]
    """The statuses that may be chosen now, by name."""
    is_active_elsewhere: bool = False
    """The learner is active in the course through another enrollment, so that this cannot be."""
    shows_move_courses: bool = False
    """The deadline that is typed would move those of a path's courses along, if that is wanted."""
    draft_owner: str = ""
    """Whose text the browser keeps for this form: nobody else's tab brings it back."""
    page_key: str = ""
    """Named at random: with the form's key it names a save, so that it is done once."""

    _draft: Draft = Draft()
    _path_day: int | None = None
    """The deadline of a path as it is stored."""
    _course_days: tuple[int, ...] = ()
    """The deadlines of its courses in which the learner is active."""
    _last_sent: tuple[str, dict[str, str]] = ("", {})

    def _get_draft(self) -> Draft:
        """Return what is typed, and over what."""
        organization = organization_of(database())
        today = day_to_date(organization.today()).isoformat()
        return replace(self.get_value("_draft"), tz=organization.zone, today=today)

    def _set_draft(self, draft: Draft) -> None:
        """Show a draft in the form; tell others at the enrollment when somebody begins to type."""
        was_dirty = self.is_dirty
        self._draft = draft
        set_changed(
            self,
            form=dict(draft.typed),
            stored=dict(draft.stored),
            form_key=draft.key,
            field_keys=dict(draft.field_keys),
            lengths={name: f"{len(trimmed(text)):,}" for name, text in draft.typed.items()},
            conflicts=list(draft.conflicts),
            conflict_by=draft.conflict_by,
            is_dirty=draft.is_dirty,
            shows_move_courses=self._moves_courses(draft),
        )
        if draft.is_dirty != was_dirty:
            open_pages.edit(self, draft.is_dirty)

    def _moves_courses(self, draft: Draft) -> bool:
        """Tell whether saving the deadline that is typed could move those of courses along."""
        own = self.get_value("_path_day")
        try:
            until = date_to_day(date.fromisoformat(draft.typed[Field.DEADLINE]))
        except ValueError:
            return False
        return any(deadline_along(day, own, until) for day in self.get_value("_course_days"))

    def _show(self, details: EnrollmentDetails) -> None:
        """Show what may be changed of an enrollment; what is typed stays."""
        self._path_day = details.facts.deadline_day
        self._course_days = details.course_deadlines if details.is_path else ()
        editable = {field.value for field in details.editable}
        choices = status_choices(
            Status(details.facts.status), is_active_elsewhere=details.is_active_elsewhere
        )
        set_changed(
            self,
            may_edit={f: f in editable or (f == REASON and bool(editable)) for f in FIELDS},
            may_revert=details.override is not None and Field.STATUS in details.editable,
            status_choices=[status.key for status in choices],
            is_active_elsewhere=details.is_active_elsewhere,
            draft_owner=str(acting().account_id),
            page_key=self.page_key or secrets.token_urlsafe(12),
            shows_move_courses=self._moves_courses(self.get_value("_draft")),
        )

    def _refuse(self, errors: Mapping[str, str]) -> None:
        """Say beside the fields why they were refused."""
        set_changed(self, errors=dict.fromkeys(FIELDS, "") | dict(errors))

    def _check_status(self, details: EnrollmentDetails) -> None:
        """Say beside a status that was chosen already that it cannot be saved any more."""
        draft = self._get_draft()
        name = draft.typed[Field.STATUS]
        wanted = Status.__members__.get(name.upper())
        error = ""
        if wanted is not None and name != draft.stored[Field.STATUS]:
            error = status_refusal(Status(details.facts.status), wanted, has_changed=True)
        set_changed(self, errors={**self.get_value("errors"), Field.STATUS.value: error})

    def _texts(self, form: object) -> dict[str, str]:
        """Return what was typed into fields of the form; anything else is left out."""
        sent = form if isinstance(form, dict) else {}
        return {
            name: sent[name].replace("\r\n", "\n")[:LONGEST_KEPT]
            for name in FIELDS
            if isinstance(sent.get(name), str) and self.may_edit[name]
        }

    def _key_of(self, form: Mapping[str, object], sent: dict[str, str]) -> str | None:
        """Return the key of a save: another one where another text is sent under the same."""
        key = read_idempotency_key(form.get("save_key"))
        if key and key == self._last_sent[0] and sent != self._last_sent[1]:
            key = f"{self.page_key}.{self.form_key}"
        if key:
            self._last_sent = (key, sent)
        return key
