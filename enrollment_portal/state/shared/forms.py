"""The state of an uncontrolled form: what is stored, and the answer to a save."""

from __future__ import annotations

from collections.abc import Mapping

import reflex as rx

from enrollment_portal.domain.shared.errors import Invalid, PortalError
from enrollment_portal.domain.shared.messages import FAILED_UNKNOWN
from enrollment_portal.state.shared.session import keeps_message

LONGEST_KEPT = 50_000
"""Longer than any field allows, so that a text that is too long is kept to be shortened."""


class UncontrolledForm(rx.State, mixin=True):
    """A form whose fields are kept by the browser until it is submitted.

    The fields take the values in `form` only when `form_key` changes, so what was typed survives a
    refusal. Before a page is loaded, it shows the state of its last visit: a page of one of many
    records checks with its `_is_elsewhere` whether its address names another record, and then does
    nothing.
    """

    phase: str = "ready"  # of a page that reads first: loading, ready, missing or failed
    form: dict[str, str] = {}
    form_key: str = "0"
    record: str = ""
    """The record in the form, if a page can open another one in it."""
    base_version: str = ""
    """The version that the form was filled from: a save is merged with changes since then."""
    errors: dict[str, str] = {}
    message: str = ""
    """What the last save did, in a sentence."""
    refusal: str = ""
    """Why the last save changed nothing."""
    answers: int = 0  # counts up, so that the same answer is announced again
    may_edit: bool = True

    _sent: str = ""
    """The filling that was submitted last, unless it was refused or failed."""
    _ahead: str = ""
    """The address of a page on which something was done before it was loaded."""

    def _fill(
        self, values: Mapping[str, str], message: str = "", *, base_version: object = ""
    ) -> None:
        """Fill the fields again; `base_version` identifies what is stored."""
        self.form, self.base_version = dict(values), str(base_version)
        self.form_key = str(int(self.form_key) + 1)
        self.answers += 1
        self.errors = dict.fromkeys(values, "")
        if self._ahead == self.router.url.path and not message:
            # The page is loaded only now: messages about what was done on it stay.
            self._ahead = ""
            return
        self.refusal = ""
        if not keeps_message():
            self.message = message

    def _clear_messages(self) -> None:
        """Clear the messages about earlier acts."""
        self.message = self.refusal = ""
        self._ahead = "" if self.is_hydrated else self.router.url.path

    def _typed(self, form: object) -> dict[str, str]:
        """Return the submitted texts of this form's fields; ignore anything else.

        A checkbox that is off is not sent: it reads as "".
        """
        names = self.get_value("form")
        self.errors = dict.fromkeys(names, "")
        self.message = self.refusal = ""
        return {name: _text_in(form, name) for name in names}

    def _sent_base_version(self, form: object) -> str:
        """Return the base version of a submitted form: the browser keeps that of a draft."""
        sent = form.get("base_version") if isinstance(form, dict) else None
        return sent[:LONGEST_KEPT] if sent and isinstance(sent, str) else self.base_version

    def _refuse(self, error: PortalError) -> None:
        """Show why nothing was changed, beside the fields at fault."""
        if isinstance(error, Invalid):
            self.errors = dict.fromkeys(self.get_value("form"), "") | error.errors
        self.message, self.refusal, self._sent = "", error.message, ""
        self.answers += 1

    def _is_again(self, form: object) -> bool:
        """Tell whether a form was submitted by a second click after the first one succeeded."""
        filling = form.get("filled") if isinstance(form, dict) else None
        before, self._sent = self._sent, filling if isinstance(filling, str) else ""
        return bool(before) and before == self._sent

    def _show_failure(self, why: str = FAILED_UNKNOWN) -> None:
        """Show that an act failed; keep the form and what is typed in it."""
        self._sent = ""
        if self.phase == "ready":
            self.message, self.refusal = "", why
        else:
            self.phase = "failed"


def _text_in(form: object, name: str) -> str:
    text = form.get(name) if isinstance(form, dict) else None
    return text.replace("\r\n", "\n")[:LONGEST_KEPT] if isinstance(text, str) else ""
