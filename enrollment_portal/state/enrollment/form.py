"""The Manage form of one enrollment, as its page shows it.

A field of the browser takes the value in `form` only when its entry in `field_keys` changes: so no
answer of the server overwrites what is being typed, and an unchanged field keeps the focus.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import reflex as rx

from enrollment_portal.domain.enrollment.edits import status_refusal
from enrollment_portal.domain.enrollment.fields import Field, Status, status_choices
from enrollment_portal.domain.paths.learning_paths import deadline_along
from enrollment_portal.domain.shared.calendar import date_to_day, day_to_date
from enrollment_portal.domain.shared.idempotency_keys import read_idempotency_key
from enrollment_portal.domain.shared.typed_text import trimmed
from enrollment_portal.domain.shared.wording import show_number
from enrollment_portal.services.enrollment.enrollments import EnrollmentDetails
from enrollment_portal.services.runtime import database
from enrollment_portal.services.shared.organization import organization_of
from enrollment_portal.state.enrollment.draft import FIELDS, LONGEST_KEPT, REASON, Draft
from enrollment_portal.state.shared import open_pages
from enrollment_portal.state.shared.changed_vars import set_changed
from enrollment_portal.state.shared.session import acting
from enrollment_portal.state.shared.views import ConflictView


class ManageForm(rx.State):
    """What the form contains, what may be changed, and by field why a save was refused."""

    form: dict[str, str] = dict.fromkeys(FIELDS, "")
    """The texts in the fields."""
    stored: dict[str, str] = dict.fromkeys(FIELDS, "")
    """What was stored when the form was filled."""
    form_key: str = ""
    """The name of the filling: "<enrollment>.<version>.<count>"."""
    field_keys: dict[str, str] = dict.fromkeys(FIELDS, "")
    """By field, the name of the filling that it shows."""
    lengths: dict[str, str] = dict.fromkeys(FIELDS, "0")
    errors: dict[str, str] = dict.fromkeys(FIELDS, "")
    conflicts: list[ConflictView] = []
    conflict_by: str = ""
    is_dirty: bool = False
    may_edit: dict[str, bool] = dict.fromkeys(FIELDS, False)
    may_revert: bool = False
    status_choices: list[str] = [status.key for status in Status]
    """The names of the statuses that may be chosen now."""
    is_active_elsewhere: bool = False
    """Whether the learner is active in the course through another enrollment, so that this one
    cannot be active."""
    shows_move_courses: bool = False
    """Whether the typed deadline offers to move those of a path's courses along."""
    draft_owner: str = ""
    """Whose draft the browser keeps for this form: no other account restores it."""
    page_key: str = ""
    """A random part of the idempotency key of a save, beside the form's key."""

    _draft: Draft = Draft()
    _path_day: int | None = None
    """The stored deadline of a path."""
    _course_days: tuple[int, ...] = ()
    """The deadlines of the path's courses in which the learner is active."""
    _last_sent: tuple[str, dict[str, str]] = ("", {})

    def _get_draft(self) -> Draft:
        """Return the draft."""
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
            lengths={name: show_number(len(trimmed(text))) for name, text in draft.typed.items()},
            conflicts=list(draft.conflicts),
            conflict_by=draft.conflict_by,
            is_dirty=draft.is_dirty,
            shows_move_courses=self._moves_courses(draft),
        )
        if draft.is_dirty != was_dirty:
            open_pages.edit(self, draft.is_dirty)

    def _moves_courses(self, draft: Draft) -> bool:
        """Tell whether saving the typed deadline could move those of courses along."""
        own = self.get_value("_path_day")
        try:
            until = date_to_day(date.fromisoformat(draft.typed[Field.DEADLINE]))
        except ValueError:
            return False
        return any(deadline_along(day, own, until) for day in self.get_value("_course_days"))

    def _show(self, details: EnrollmentDetails) -> None:
        """Show what may be changed in an enrollment; keep what is typed."""
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
        """Show beside the fields why they were refused."""
        set_changed(self, errors=dict.fromkeys(FIELDS, "") | dict(errors))

    def _check_status(self, details: EnrollmentDetails) -> None:
        """Show beside a chosen status that it cannot be saved any more."""
        draft = self._get_draft()
        name = draft.typed[Field.STATUS]
        wanted = Status.__members__.get(name.upper())
        error = ""
        if wanted is not None and name != draft.stored[Field.STATUS]:
            error = status_refusal(Status(details.facts.status), wanted, has_changed=True)
        set_changed(self, errors={**self.get_value("errors"), Field.STATUS.value: error})

    def _texts(self, form: object) -> dict[str, str]:
        """Return the submitted texts of the form's fields; ignore anything else."""
        sent = form if isinstance(form, dict) else {}
        return {
            name: sent[name].replace("\r\n", "\n")[:LONGEST_KEPT]
            for name in FIELDS
            if isinstance(sent.get(name), str) and self.may_edit[name]
        }

    def _key_of(self, form: Mapping[str, object], sent: dict[str, str]) -> str | None:
        """Return the idempotency key of a save: another one for other texts of the same filling."""
        key = read_idempotency_key(form.get("save_key"))
        if key and key == self._last_sent[0] and sent != self._last_sent[1]:
            key = f"{self.page_key}.{self.form_key}"
        if key:
            self._last_sent = (key, sent)
        return key
