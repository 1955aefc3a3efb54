"""The state of an uncontrolled form: what is stored, and what a save was answered with."""

from __future__ import annotations

from collections.abc import Mapping

import reflex as rx

from enrollment_portal.domain.shared.errors import Invalid, PortalError
from enrollment_portal.domain.shared.messages import FAILED_UNKNOWN
from enrollment_portal.state.shared.session import keeps_message

LONGEST_KEPT = 50_000
"""More than any field takes, so that a text that is too long is kept to be shortened."""


class UncontrolledForm(rx.State, mixin=True):
    """A form whose fields the browser holds until it is sent.

    The fields follow `form` only when `form_key` changes: what was typed survives a refusal. Until
    a page has arrived, it is drawn from what was held before: a page of one of many records asks
    its own `_is_elsewhere` whether its address names another one, and then does nothing.
    """

    phase: str = "ready"  # of a page that reads first: loading, ready, missing or failed
    form: dict[str, str] = {}
    form_key: str = "0"
    record: str = ""
    """What the form is of, where a page can put another record into it."""
    base_version: str = ""
    """What was stored as the form was filled: a save is checked against changes since then."""
    errors: dict[str, str] = {}
    message: str = ""
    """What the last save did, in a sentence."""
    refusal: str = ""
    """Why the last save changed nothing."""
    may_edit: bool = True

    _sent: str = ""
    """The filling of the fields that was sent last, unless it was refused or failed."""
    _ahead: str = ""
    """The address of a page on which something was done before it arrived."""

    def _fill(
        self, values: Mapping[str, str], message: str = "", *, base_version: object = ""
    ) -> None:
        """Fill the fields anew; `base_version` names what is stored, as a version does."""
        self.form, self.base_version = dict(values), str(base_version)
        self.form_key = str(int(self.form_key) + 1)
        self.errors = dict.fromkeys(values, "")
        if self._ahead == self.router.url.path and not message:
            # The page arrives only now: what it says of what was done on it goes on standing.
            self._ahead = ""
            return
        self.refusal = ""
        if not keeps_message():
            self.message = message

    def _begin_act(self) -> None:
        """Say nothing any more of what was done before."""
        self.message = self.refusal = ""
        self._ahead = "" if self.is_hydrated else self.router.url.path

    def _typed(self, form: object) -> dict[str, str]:
        """Return what a sent form holds in this form's fields; anything else is left out.

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
        """Show why nothing was changed: beside the fields where they are at fault."""
        if isinstance(error, Invalid):
            self.errors = dict.fromkeys(self.get_value("form"), "") | error.errors
        self.message, self.refusal, self._sent = "", error.message, ""

    def _is_again(self, form: object) -> bool:
        """Tell whether a form is sent once more by a second click, whose first one did it all."""
        filling = form.get("filled") if isinstance(form, dict) else None
        before, self._sent = self._sent, filling if isinstance(filling, str) else ""
        return bool(before) and before == self._sent

    def _show_failure(self, why: str = FAILED_UNKNOWN) -> None:
        """Say that something failed; a form that stands there stays, and what is typed in it."""
        self._sent = ""
        if self.phase == "ready":
            self.message, self.refusal = "", why
        else:
            self.phase = "failed"


def _text_in(form: object, name: str) -> str:
    text = form.get(name) if isinstance(form, dict) else None
    return text.replace("\r\n", "\n")[:LONGEST_KEPT] if isinstance(text, str) else ""
