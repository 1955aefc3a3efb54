"""Check what must be true after a run, and report what is wrong."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.browser.durability.jepsen.story import Operation, Outcome, Recorded, Story

_MOST_REPORTED = 5
ACTIVE = 0


@dataclass(frozen=True)
class Problem:
    """A violated rule, on one enrollment."""

    enrollment: int
    what: str


def check(story: Story) -> list[Problem]:
    """Return all problems of a run."""
    return [
        *_added_or_removed_rows(story),
        *_versions(story),
        *_replayed(story),
        *_answers_kept(story),
        *_nobody_overwritten(story),
        *_undone(story),
        *_sent_twice(story),
        *_two_active(story),
    ]


def report(story: Story, problems: list[Problem]) -> str:
    """Return the problems, and for each enrollment all its operations in order."""
    by_enrollment: dict[int, list[str]] = defaultdict(list)
    for problem in problems:
        by_enrollment[problem.enrollment].append(problem.what)
    lines = [f"{len(problems)} problems on {len(by_enrollment)} enrollments."]
    for id_, found in list(by_enrollment.items())[:_MOST_REPORTED]:
        lines += [f"\nEnrollment {id_}", *(f"  WRONG: {what}" for what in found)]
        lines.append(f"  before: {story.before.get(id_)}")
        lines += [
            "  asked:",
            *(f"    {_asked(op)}" for op in story.operations if op.enrollment == id_),
        ]
        lines += ["  history:", *(f"    {_written(e)}" for e in story.history.get(id_, []))]
        lines.append(f"  after: {story.after.get(id_)}")
    return "\n".join(lines)


def _asked(op: Operation) -> str:
    what = f"undo of row {op.undoes}" if op.undoes else f"{dict(op.wanted)}"
    made = f" as version {op.version}" if op.version else ""
    twice = f", sent {op.times} times" if op.times > 1 else ""
    return (
        f"{op.name} by {op.author} on version {op.base}: {what}{twice}:"
        f" {op.outcome}{made} {op.words!r}"
    )


def _written(event: Recorded) -> str:
    takes_back = f", undoes {event.undoes}" if event.undoes else ""
    return (
        f"{event.seq}: version {event.version} by {event.author}, {event.kind}"
        f" {dict(event.changes)} {event.reason!r}{takes_back}"
    )


def _added_or_removed_rows(story: Story) -> Iterator[Problem]:
    for id_ in story.before.keys() ^ story.after.keys():
        yield Problem(id_, "the enrollment is new" if id_ in story.after else "it is gone")


def _versions(story: Story) -> Iterator[Problem]:
    """History holds each version once, from the first to the one that is stored."""
    for id_, row in story.after.items():
        versions = [event.version for event in story.history.get(id_, [])]
        if versions != list(range(1, row.version + 1)):
            yield Problem(id_, f"versions {versions} in history, {row.version} stored")


def _replayed(story: Story) -> Iterator[Problem]:
    """Each change starts from the values of the previous one, the last ends at the stored ones."""
    for id_, start in story.before.items():
        values = dict(start.values)
        for event in story.history.get(id_, []):
            if event.version <= start.version:
                continue
            for name, (before, after) in event.changes.items():
                if name in values and before != values[name]:
                    yield Problem(
                        id_,
                        f"version {event.version} changes {name} from {before!r},"
                        f" which was {values[name]!r}",
                    )
                values[name] = after
        stored = story.after[id_].values if id_ in story.after else {}
        for name, value in stored.items():
            if value != values[name]:
                yield Problem(id_, f"{name} is {value!r}; its history ends with {values[name]!r}")


def _made_by(story: Story, op: Operation) -> list[Recorded]:
    return [e for e in story.history.get(op.enrollment, []) if _name_of(e) == op.name]


def _name_of(event: Recorded) -> str:
    """Return the operation of a row: an undo has a reason of its own, and its key."""
    return event.reason if event.undoes is None else (event.save_key or "").partition(".")[0]


def _answers_kept(story: Story) -> Iterator[Problem]:
    """Acknowledged writes are there once, refused ones are not, and nothing else is."""
    named = {(op.enrollment, op.name) for op in story.operations}
    for op in story.operations:
        made = _made_by(story, op)
        if len(made) > 1:
            yield Problem(op.enrollment, f"{op.name} is in history {len(made)} times")
        match op.outcome:
            case Outcome.ACKNOWLEDGED if not made and not _was_already_set(story, op, op.wanted):
                yield Problem(op.enrollment, f"{op.name} was acknowledged and is lost")
            case Outcome.REFUSED | Outcome.CONFLICT if made:
                yield Problem(op.enrollment, f"{op.name} was {op.outcome} and is in history")
        for event in made:
            yield from _as_asked(story, op, event)
    for id_, history in story.history.items():
        first = story.before[id_].version if id_ in story.before else 0
        for event in history:
            if event.version > first and (id_, _name_of(event)) not in named:
                yield Problem(id_, f"nobody asked for version {event.version}")


def _was_already_set(
    story: Story, op: Operation, wanted: Mapping[str, Any], before: int | None = None
) -> bool:
    """Tell whether others had already set the requested values, since the author had read them.

    Args:
        story: the run.
        op: what was asked for.
        wanted: of its fields, with the values that were typed.
        before: the version that was made instead of that; `None` for none.
    """
    if op.undoes:
        return False
    if not wanted:
        return True
    newest = story.after[op.enrollment].version if op.enrollment in story.after else 0
    last = before - 1 if before else op.version or newest
    # Without a version in the answer, it was so at some moment since.
    moments = [last] if before or op.version else range(op.base + 1, last + 1)
    return any(_is_already_set(story, op, wanted, version) for version in moments)


def _is_already_set(story: Story, op: Operation, wanted: Mapping[str, Any], version: int) -> bool:
    """Tell whether fields had values at a version, each set since the author had read them."""
    set_to: dict[str, Any] = {}
    for event in story.history.get(op.enrollment, []):
        if op.base < event.version <= version:
            set_to |= {name: after for name, (_before, after) in event.changes.items()}
    return all(name in set_to and set_to[name] == value for name, value in wanted.items())


def _as_asked(story: Story, op: Operation, event: Recorded) -> Iterator[Problem]:
    after = {name: values[1] for name, values in event.changes.items()}
    wanted = dict(op.wanted)
    if op.undoes:
        undone = [e for e in story.history[op.enrollment] if e.seq == op.undoes]
        wanted = {name: values[0] for e in undone for name, values in e.changes.items()}
    # What others had set to the same value since is agreed, and nothing is written for it.
    left_out = {name: value for name, value in wanted.items() if name not in after}
    if not op.undoes and left_out and _was_already_set(story, op, left_out, before=event.version):
        wanted = {name: wanted[name] for name in after if name in wanted}
    if after != wanted:
        yield Problem(op.enrollment, f"{op.name} asked for {wanted}, made {after}")
    if event.author != op.author:
        yield Problem(op.enrollment, f"{op.name} is by {op.author}, and stands as {event.author}'s")
    if op.version and op.version != event.version:
        yield Problem(
            op.enrollment, f"{op.name} was told version {op.version}, made {event.version}"
        )
    if event.undoes != op.undoes:
        yield Problem(op.enrollment, f"{op.name} takes back {op.undoes}, stands as {event.undoes}")


def _nobody_overwritten(story: Story) -> Iterator[Problem]:
    """A change overwrites no newer one of the same field that its author had not seen."""
    for op in story.operations:
        for event in _made_by(story, op) if not op.undoes else ():
            for other in story.history[op.enrollment]:
                unseen = op.base < other.version < event.version
                both = event.changes.keys() & other.changes.keys()
                if unseen and both:
                    yield Problem(
                        op.enrollment,
                        f"{op.name}, from version {op.base}, wrote over {', '.join(sorted(both))}"
                        f" of version {other.version} unseen",
                    )


def _undone(story: Story) -> Iterator[Problem]:
    """Undo overwrites no newer change of the same field that is in effect."""
    for id_, history in story.history.items():
        for undo in (event for event in history if event.undoes is not None):
            undone = next((event for event in history if event.seq == undo.undoes), None)
            if undone is None:
                yield Problem(id_, f"version {undo.version} undoes row {undo.undoes} of another")
                continue
            between = [e for e in history if undone.version < e.version < undo.version]
            for event in _in_effect(between):
                if event.changes.keys() & undone.changes.keys():
                    what = f"{event.version} with {undone.version}"
                    yield Problem(id_, f"version {undo.version} takes back {what}")


def _in_effect(events: list[Recorded]) -> list[Recorded]:
    """Return the changes in effect: neither undone changes nor their undos."""
    gone: set[int | None] = set()
    seqs = {event.seq for event in events}
    for event in reversed(events):
        # From the newest on: an undo whose change is in effect again has itself been undone.
        if event.seq not in gone and event.undoes in seqs - gone:
            gone |= {event.seq, event.undoes}
    return [event for event in events if event.seq not in gone]


def _sent_twice(story: Story) -> Iterator[Problem]:
    """A save that a browser sent again was done once."""
    keys = Counter(e.save_key for h in story.history.values() for e in h if e.save_key)
    for id_, history in story.history.items():
        for event in history:
            if event.save_key and keys[event.save_key] > 1:
                yield Problem(
                    id_, f"the save {event.save_key} was done {keys[event.save_key]} times"
                )


def _two_active(story: Story) -> Iterator[Problem]:
    active: dict[tuple[int, int], list[int]] = defaultdict(list)
    for id_, row in story.after.items():
        if row.values["status"] == ACTIVE:
            active[row.learner_id, row.course_id].append(id_)
    for ids in active.values():
        for id_ in ids[1:]:
            yield Problem(id_, f"active in the same course as {ids[0]}")
