"""What people read of refusals, conflicts and confirmations about one enrollment."""

from __future__ import annotations

from collections.abc import Sequence

from enrollment_portal.domain.shared.wording import listed, ordinal, plural, sentences, show_number

# The status.

CHOOSE_STATUS = "Choose Active, Completed or Cancelled."
TWO_ACTIVE = (
    "This learner already has another active enrollment in this course. Cancel or complete "
    "that one first."
)
NEEDS_GRADE = (
    "The learner is taking this course again. Without this grade, the earlier enrollment would "
    "become active too. Complete or cancel the newer one first."
)
NOT_TEACHING = "This instructor does not teach the course."
PATHS_ARE_NOT_TAUGHT = "A learning path has no instructors."
TEACHES_NO_MORE = "The instructor no longer teaches the course"
OF_THE_COURSE = "the course’s instructors"
IS_TRACKED = "This status is not overridden. It is the tracked status."
HAS_ENDED = "This enrollment has already ended."
SET_TO_ACTIVE = (
    "The form is set to Active. Save it, then choose whether to reopen this enrollment or to "
    "start a new one."
)
ACTIVE_ELSEWHERE = (
    "Active is not offered: the learner is active in this course through another enrollment."
)
ONLY_TO_ACTIVE = "From here it can only go back to Active."
REOPEN_HEADING = "Reopen it, or start a new one?"
REOPEN_TEXT = (
    "If you reopen this enrollment, it keeps its progress and grade. If you start a new one, this "
    "one stays as it was saved, and other changes in the form are discarded."
)
START_NEW, REOPEN, CANCEL = "Start a new one", "Reopen", "Cancel"
REVERTED = "Reverted to tracked."
DISCARDED = "Discarded. The form shows what is stored."


def only_back_to_active(status: str) -> str:
    """Refuse a change between two statuses that are both an end."""
    return f"{status} can only go back to Active."


def first_back_to_active(stored: str, wanted: str) -> str:
    """Refuse a choice of a status between two that are both an end."""
    return f"{stored} can only go back to Active. Save that first, then choose {wanted}."


def first_back_to_active_now(stored: str, wanted: str) -> str:
    """Refuse a choice of a status after the status was changed while the form was open."""
    return (
        f"The status is now {stored}. {stored} can only go back to Active. "
        f"Save that first, then choose {wanted}."
    )


def has_completed(learner: str, course: str) -> str:
    """Say why it is asked whether to reopen an enrollment."""
    return f"{learner} has completed {course}."


def tracked_status(status: str) -> str:
    """Say what is tracked, below the status."""
    return f"Tracked: {status}."


def tracked_status_at(status: str, progress: str) -> str:
    """Say what is tracked, below the status, where progress is measured."""
    return f"Tracked: {status} at {progress}."


def overridden(status: str, by: str, day: str) -> str:
    """Say who set a status over the tracked one; the status is "active" and so on."""
    return f"Marked as {status} by {by} on {day}."


def overridden_at(progress: str, status: str, by: str, day: str) -> str:
    """Say who set a status over the tracked one, with the tracked progress."""
    return f"Tracked progress {progress}. Marked as {status} by {by} on {day}."


def reason_of(reason: str) -> str:
    """Tell the reason that the person gave."""
    return f"Reason: {reason}"


# Days.

NOT_COMPLETED = "Only a completed enrollment has this date. Set the status to Completed."
NO_DAY = "Enter the day on which it was completed."
IN_FUTURE = "This day is in the future. Choose today or an earlier day."
TOO_LONG_AGO = "That is too long ago. Choose a day after 1 January 1970."
BEFORE_ENROLLMENT = "This is before the enrollment began. Choose a later day."
MOVE_COURSES = (
    "The new deadline is in the form. Choose whether the deadlines of its courses are moved as "
    "well, then save."
)


def completed_before_enrollment(enrolled: str) -> str:
    """Refuse a day of completion before the enrollment began."""
    return f"Before the enrollment on {enrolled}. Choose that day or a later one."


def deadline_before_enrollment(enrolled: str) -> str:
    """Refuse a deadline before the enrollment began."""
    return f"Before the enrollment on {enrolled}. Choose a later day, or remove the deadline."


def deadlines_moved(n: int) -> str:
    """Say how many deadlines of a path's courses moved with that of the path."""
    return plural(
        n,
        one="The deadline of {n} course was moved as well.",
        other="The deadlines of {n} courses were moved as well.",
    )


# Who may change it.

OWN_ELSEWHERE = "This is your own enrollment. Change it on its Manage page, with a reason."
OWN_NEEDS_REASON = "This is your own enrollment. Enter a reason."
OWN_WITH_REASON = (
    "This is your own enrollment. Enter a reason; the history shows that you changed your own."
)
READ_ONLY = "You have read-only access."

# What others changed.

OWN_TAB = "you in another tab"
"""In the place of a name: the same person, elsewhere."""
SOMEONE = "Someone"
CHOOSE_FIRST = "First choose which values to keep."
NOTHING_OVERWRITTEN = "Nothing was overwritten. Choose for each field what to keep, then save."
KEEP_MINE, KEEP_THEIRS, KEEP_OTHER_TAB = "Keep mine", "Keep theirs", "Keep the other tab's"
KEEP_OLD = "Go back to the old value"
USE_VALUES = "Use these values"
VALUES_CHOSEN = "The values that you chose are in the form. Save to keep them."
LOAD_CHANGES = "Load their changes"
CHANGES_LOADED = "Their changes are loaded. What you typed is still in the form and not saved yet."
CHANGED_OFTEN = "This enrollment was changed many times meanwhile."
STATUS_CHANGED = "Someone changed the status meanwhile. The page now shows it."
STATUS_CHANGED_BY_YOU = "You changed the status in another tab. The page now shows it."


def saved_meanwhile(by: str) -> str:
    """Head the fields to choose from; `by` also says when."""
    return f"Saved meanwhile by {by}"


def changed_by(by: str, ago: str) -> str:
    """Say who changed a field to choose."""
    return f"Changed by {by} {ago}."


def news(by: str, fields: str, ago: str) -> str:
    """Tell what somebody else changed while the page was open."""
    return f"{by} changed {fields} {ago}."


def own_news(fields: str, ago: str) -> str:
    """Tell what the person changed themselves in another tab."""
    return f"You changed {fields} in another tab {ago}."


# What a save did.

SAVED_BEFORE_RELOAD = "Changes saved. They were stored before the page was reloaded."
NOT_SAVED_RELOADED = "Not saved yet: the page was reloaded. Check your changes and save again."
NOT_SAVED_OTHER = "Not saved: the page showed another enrollment. Check this one first."
KEY_TAKEN = "This form was already used for something else. Reload the page, then save."
SAVE_OR_DISCARD = "Save or discard your changes first."


def already_set(by: str, fields: Sequence[str]) -> str:
    """Say who had set to the same what a save set, too; `by` is `OWN_TAB` for the person."""
    if by == OWN_TAB:
        return f"You already set {listed(fields)} in another tab."
    return f"{by} already set {listed(fields)}."


def all_already_set(by: str, n_fields: int) -> str:
    """Say who had set the same, where a save changed nothing else."""
    if by == OWN_TAB:
        return plural(
            n_fields,
            one="You already set this value in another tab.",
            other="You already set these values in another tab.",
        )
    return plural(
        n_fields, one="{by} already set this value.", other="{by} already set these values.", by=by
    )


def saved_together(by: str, fields: Sequence[str]) -> str:
    """Confirm that a save was merged with somebody's change of other fields."""
    if by == OWN_TAB:
        return f"Saved together with your own change of {listed(fields)}."
    return f"Saved together with {by}'s change of {listed(fields)}."


# Where the learner is.

ALL_DONE = "All lessons are done."
ALL_DONE_AWAITING_GRADE = "All lessons are done. Awaiting grade."
ALL_DONE_NOT_PASSED = "All lessons are done. Not passed."
NO_LESSONS = "No lessons: an admin completes it."
NO_LESSONS_GRADED = "No lessons: a passing grade completes it."
NO_LESSONS_AWAITING_GRADE = "No lessons: a passing grade completes it. Awaiting grade."
NO_LESSONS_NOT_PASSED = "No lessons: a passing grade completes it. Not passed."


def completed_early(left: int) -> str:
    """Say that an enrollment was completed before all lessons were done."""
    return plural(
        left,
        one="Completed with {n} lesson not done.",
        other="Completed with {n} lessons not done.",
    )


def not_begun(when: str) -> str:
    """Say that the learner has begun no lesson; `when` they were enrolled: "3 days ago"."""
    return f"No lesson started, enrolled {when}"


def never_visited(lesson: int) -> str:
    """Say at which lesson a learner is who has never opened one."""
    return f"At lesson {show_number(lesson)}, never visited"


def is_at(lesson: int, when: str) -> str:
    """Say at which lesson the learner is, and when they were there last."""
    return f"At lesson {show_number(lesson)}, last visit {when}"


def stopped_at(lesson: int, when: str) -> str:
    """Say at which lesson the learner stopped, and when."""
    return f"Stopped at lesson {show_number(lesson)}, {when}"


def earlier_lessons(n: int) -> str:
    """Count the lessons before those that are shown."""
    return plural(n, one="{n} earlier lesson", other="{n} earlier lessons")


def later_lessons(n: int) -> str:
    """Count the lessons after those that are shown."""
    return plural(n, one="{n} later lesson", other="{n} later lessons")


SHOW_ALL_ONE, SHOW_ALL_LESSONS = "Show {n} lesson", "Show all {n} lessons"
SHOW_FEWER = "Show fewer lessons"


def done_on(day: str) -> str:
    """Say when a lesson was done."""
    return f"Done {day}"


def done_by(day: str) -> str:
    """Say by when a lesson was done, where the day itself is not known."""
    return f"Done by {day}"


def opens_when_completed(course: str) -> str:
    """Say what opens a course of a path."""
    return f"Opens when {course} is completed"


def n_of(done: int, total: int) -> str:
    """Say how many lessons or courses are done."""
    return f"{show_number(done)} of {show_number(total)}"


# Which of a learner's enrollments in a course it is.


def nth_time(n: int) -> str:
    """Number an enrollment."""
    return f"{ordinal(n)} time"


def run_ended(n: int, status: str, day: str) -> str:
    """Sum up an earlier enrollment: "1st time: Completed 3 May 2026"."""
    return f"{nth_time(n)}: {status} {day}"


def run_active(n: int, status: str, day: str) -> str:
    """Sum up the active enrollment among several: "2nd time: Active since 3 May 2026"."""
    return f"{nth_time(n)}: {status} since {day}"


def past_with_deadline(status: str, progress: str, day: str) -> str:
    """Sum up what an enrollment was on a past day."""
    return f"{status}, {progress}, deadline {day}"


def past_without_deadline(status: str, progress: str) -> str:
    """Sum up what an enrollment without a deadline was on a past day."""
    return f"{status}, {progress}, no deadline"


def by_others_ago(by: str, ago: str) -> str:
    """Name who saved meanwhile, and when."""
    return f"{by}, {ago}"


OTHERS = "others"
"""In the place of a name: several people."""


def own_enrollment(reason: str) -> str:
    """Mark the reason for changing one's own enrollment, as its history keeps it."""
    return f"Own enrollment: {reason}"


# What the page of an enrollment says.

BEFORE = "Before: {value}"
FROM_TO = "{field} from {before} to {after}"
LENGTH_OF = "{length} of {limit}."
LEARNER_SEES = "The learner sees this on their dashboard."
STAFF_SEES = "Only admins and instructors see this."
REMOVE, REMOVE_DEADLINE = "Remove", "Remove deadline"


def at_most(n: int) -> str:
    """Say how long a text may be."""
    return plural(n, one="At most {n} character.", other="At most {n} characters.")


def learner_sees_answer(n: int) -> str:
    """Say who reads the answer to a request, and how long it may be."""
    return sentences("The learner sees it.", at_most(n))


def is_editing(name: str) -> str:
    """Say that somebody else changes the enrollment."""
    return f"{name} is editing"


def is_here(name: str) -> str:
    """Say that somebody else has it open."""
    return f"{name} is here"
