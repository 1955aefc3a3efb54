"""Undoing a batch that a page has just made, and redoing it."""

from __future__ import annotations

import asyncio
import secrets

import reflex as rx

from enrollment_portal.domain.history import messages
from enrollment_portal.domain.shared.errors import PortalError
from enrollment_portal.services.history.undoing_batches import UndoneBatch, undo_batch
from enrollment_portal.services.runtime import database
from enrollment_portal.state.shared.session import acting

UNDO, _REDO = "Undo", "Redo"
_N_NAMED = 5


class BatchUndo(rx.State, mixin=True):
    """A page that offers to undo the batch it has just made, and then to redo it."""

    offer: str = ""
    """The batch that was just made, while it can be undone."""
    offer_label: str = UNDO

    _batch: str = ""

    def _offer_undo(self, batch: str, label: str = UNDO) -> None:
        """Offer to undo a batch; withdraw the offer with ""."""
        self._batch, self.offer_label = batch, label
        self.offer = secrets.token_urlsafe(6) if batch else ""

    async def _turn(self, texts: messages.BatchTexts) -> tuple[str, str]:
        """Undo or redo the offered batch, and offer the reverse.

        Args:
            texts: what confirms it.

        Returns:
            What was done, and what was left unchanged, in words.
        """
        batch, is_redo = self._batch, self.offer_label == _REDO
        try:
            undone = await asyncio.to_thread(undo_batch, database(), acting(), batch)
        except PortalError as refusal:
            self._offer_undo("")
            return "", refusal.message
        self._offer_undo("")
        if undone.undone:
            self._offer_undo(undone.batch, UNDO if is_redo else _REDO)
        return _done_text(undone, texts, is_redo=is_redo), _left_text(undone)


def _done_text(undone: UndoneBatch, texts: messages.BatchTexts, *, is_redo: bool) -> str:
    if not undone.undone:
        return ""
    sentence = messages.redone_for if is_redo else messages.undone_for
    return sentence(undone.undone, texts)


def _left_text(undone: UndoneBatch) -> str:
    if not undone.left:
        return ""
    named = [(one.learner, one.why) for one in undone.left[:_N_NAMED]]
    return messages.left_as_is(len(undone.left), named)
