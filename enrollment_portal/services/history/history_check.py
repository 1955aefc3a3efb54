"""Verify history: no row was altered, removed, added or reordered."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlmodel import Session

from enrollment_portal.domain.history import messages
from enrollment_portal.domain.shared.calendar import exact_moment
from enrollment_portal.domain.shared.errors import Invalid, PortalError
from enrollment_portal.domain.shared.wording import sentences
from enrollment_portal.storage.history import history as stored
from enrollment_portal.storage.history.checkpoints import (
    Checkpoint,
    CheckpointHash,
    all_checkpoints,
)
from enrollment_portal.storage.history.history import Place, event_hash
from enrollment_portal.storage.shared.database import Database

_PAGE = 256
_ENTRY = 40
"""Bytes of memory for each enrollment: its version in 8, the hash in 32."""
_HEAD = re.compile(r"(?:([1-9][0-9]*):)?([0-9a-f]{64})")


@dataclass(frozen=True)
class WholeHistory:
    """The result of a verified history."""

    changes: int
    enrollments: int
    without_checkpoint: int
    head: Checkpoint | None
    """The newest checkpoint, which covers all rows before it."""

    def __str__(self) -> str:
        """Return the text that the command line prints."""
        if self.head is None:
            return messages.whole_without_checkpoints(self.changes, self.enrollments)
        until, at = self.head.until_seq, exact_moment(self.head.at)
        lines = [
            messages.whole(self.changes, self.enrollments, until, at),
            messages.without_checkpoint(self.without_checkpoint) if self.without_checkpoint else "",
            messages.keep_head(self.head.head),
        ]
        return "\n".join(line for line in lines if line)


class NotWhole(PortalError):
    """History was altered, or rows of it removed, added or reordered."""

    message = messages.NOT_WHOLE

    def __init__(self, findings: list[str]) -> None:
        super().__init__("\n".join([self.message, *findings]))


def verify_history(database: Database, head: str = "") -> WholeHistory:
    """Read all history in order, and verify its hashes, versions and checkpoints.

    It keeps about 40 bytes in memory for each enrollment.

    Args:
        database: where it is stored.
        head: a checkpoint that was kept elsewhere, "number:hash" or only its hash; "" for none.

    Raises:
        NotWhole: it says which row is the first that was altered, removed, added or reordered.
            If only a checkpoint shows it, it names the checkpoint and its rows.
        Invalid: "head" is no number and hash.
    """
    kept = head.strip().lower()
    match = _HEAD.fullmatch(kept)
    if kept and not match:
        raise Invalid({"head": messages.BAD_HEAD})
    with database.read() as session:
        verification = _Verification(session)
        findings = [
            verification.row_finding() or _enrollment_finding(session, verification),
            verification.checkpoint_finding,
        ]
        if match and not any(
            checkpoint.hash.hex() == match[2] and match[1] in (None, str(checkpoint.id))
            for checkpoint in all_checkpoints(session)
        ):
            findings.append(messages.head_missing(kept))
    if found := [finding for finding in findings if finding]:
        raise NotWhole(found)
    return WholeHistory(
        verification.changes,
        len(verification.newest),
        verification.without_checkpoint,
        verification.checkpoint,
    )


class _Newest:
    """The version and hash of each enrollment's newest row, in compact arrays."""

    def __init__(self) -> None:
        self._pages: dict[int, bytearray] = {}
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def get(self, enrollment_id: int) -> tuple[int, bytes]:
        page = self._pages.get(enrollment_id // _PAGE)
        if page is None:
            return 0, b""
        start = enrollment_id % _PAGE * _ENTRY
        version = int.from_bytes(page[start : start + 8])
        return version, bytes(page[start + 8 : start + _ENTRY]) if version else b""

    def put(self, enrollment_id: int, version: int, row_hash: bytes) -> None:
        page = self._pages.get(enrollment_id // _PAGE)
        if page is None:
            page = self._pages[enrollment_id // _PAGE] = bytearray(_PAGE * _ENTRY)
        self._count += version == 1
        start = enrollment_id % _PAGE * _ENTRY
        page[start : start + _ENTRY] = version.to_bytes(8) + row_hash


class _Verification:
    """One pass over all rows and checkpoints."""

    def __init__(self, session: Session) -> None:
        self.newest = _Newest()
        self.changes = self.without_checkpoint = 0
        self.checkpoint: Checkpoint | None = None
        """The newest checkpoint whose rows have all been read."""
        self.checkpoint_finding = ""
        self._rows = stored.all_rows(session)
        self._checkpoints = all_checkpoints(session)
        self._open = self._next_checkpoint()

    def row_finding(self) -> str:
        """Read to the end, or up to the first wrong row; return what is wrong with it."""
        newest = self.newest
        for row in self._rows:
            # Unpacked, as asking millions of rows for each value by its name takes 20 % longer.
            seq, *hashed, row_hash = row
            enrollment_id, version, at = hashed[:3]
            while self._open and seq > self._open.checkpoint.until_seq:
                self._open = self._close(self._open)
            last, previous = newest.get(enrollment_id)
            if version != last + 1:
                place = Place(seq, enrollment_id, version, at)
                return _row(place, _out_of_order(last, version))
            if row_hash != event_hash(previous, hashed):
                return _row(
                    Place(seq, enrollment_id, version, at),
                    messages.ROW_ALTERED,
                )
            newest.put(enrollment_id, version, row_hash)
            self.changes += 1
            if self._open:
                self._open.add(seq, row_hash)
            else:
                self.without_checkpoint += 1
        while self._open:
            self._open = self._close(self._open)
        return ""

    def _next_checkpoint(self) -> _OpenCheckpoint | None:
        last, checkpoint = self.checkpoint, next(self._checkpoints, None)
        if checkpoint is None:
            return None
        number = last.id + 1 if last else 1
        if checkpoint.id != number and not self.checkpoint_finding:
            self.checkpoint_finding = messages.checkpoint_missing(number, checkpoint.id)
        return _OpenCheckpoint(last.hash if last else b"", checkpoint)

    def _close(self, passed: _OpenCheckpoint) -> _OpenCheckpoint | None:
        self.checkpoint_finding = self.checkpoint_finding or passed.finding()
        self.checkpoint = passed.checkpoint
        return self._next_checkpoint()


class _OpenCheckpoint:
    """A checkpoint whose rows are being read."""

    def __init__(self, previous: bytes, checkpoint: Checkpoint) -> None:
        self.checkpoint = checkpoint
        self._hash = CheckpointHash(previous, checkpoint)
        self._n = self._first = 0

    def add(self, seq: int, row_hash: bytes) -> None:
        if not self._n:
            self._first = seq
        self._n += 1
        self._hash.add(seq, row_hash)

    def finding(self) -> str:
        """Return what is wrong with it after all its rows were read; "" for nothing."""
        checkpoint = self.checkpoint
        at, first, until = exact_moment(checkpoint.at), checkpoint.first_seq, checkpoint.until_seq
        what = messages.in_checkpoint(checkpoint.id, at, first, until)
        if self._n != checkpoint.n:
            return sentences(what, messages.counts_differ(checkpoint.n, self._n))
        if self._first != checkpoint.first_seq or self._hash.digest() != checkpoint.hash:
            return sentences(what, messages.CHECKPOINT_ALTERED)
        return ""


def _enrollment_finding(session: Session, verification: _Verification) -> str:
    """Compare each enrollment with its newest row; call it after the pass."""
    with_history = 0
    for enrollment_id, version in stored.stored_versions(session):
        last, _hash = verification.newest.get(enrollment_id)
        with_history += last > 0
        if last == version:
            continue
        place = stored.newest_place(session, enrollment_id)
        if place is None:
            return messages.without_history(enrollment_id, version)
        wrong = messages.newer_missing if last < version else messages.added_later
        return _row(place, wrong(version))
    if with_history == len(verification.newest):
        return ""
    place = stored.place_without_enrollment(session)
    return _row(place, messages.NO_ENROLLMENT) if place else ""


def _out_of_order(last: int, version: int) -> str:
    if version <= last:
        return messages.out_of_order(last)
    if version == last + 2:
        return messages.version_missing(last + 1)
    return messages.versions_missing(last + 1, version - 1)


def _row(place: Place, wrong: str) -> str:
    at = exact_moment(place.at)
    change = messages.in_change(place.seq, place.version, place.enrollment_id, at)
    return sentences(change, wrong)
