"""What people read of courses, lessons, paths and grades: refusals and confirmations."""

from __future__ import annotations

from dataclasses import dataclass

from enrollment_portal.domain.shared.messages import whole_number
from enrollment_portal.domain.shared.wording import PageTexts, plural, sentences, show_number

# Grades.

CHOOSE_SCHEME = "Choose how this course is graded."
TWO_GRADES = 'This course is graded "Pass" or "Fail".'
LETTERS = "This course is graded in letters: A to D with + or −, or F."
PERCENT = "This course is graded in percent, 0 to 100."
HINT_FREE = 'For example "A", "Pass" or "85%".'
HINT_TWO_GRADES = "Pass or Fail."
HINT_LETTERS = "A to D, with + or − where needed, or F."
HINT_PERCENT = "0 to 100%."
NOT_GRADED = "The courses of a learning path are graded, not the path."


def points(top: int) -> str:
    """Refuse a grade that is not a number of points."""
    return f"This course is graded in points, 0 to {top}."


def hint_points(top: int) -> str:
    """Say how a course is graded in points."""
    return f"0 to {top} points."


def grade_too_long(length: int, *, limit: int) -> str:
    """Refuse a grade by its length."""
    return f"A grade has at most {limit} characters; this has {length}."


# Settings.

NOTHING_COMPLETES = (
    "A published course needs a lesson, or a grade or an admin that completes it. Add a lesson, or "
    "choose “Requires a grade” or “Completed by an admin” in its settings."
)
NEEDS_LESSON = (
    "A published course needs a lesson. Add another one first, or make the course a draft in its "
    "settings."
)
NEEDS_COURSE = "A published path needs a published course. Add one first, or keep it a draft."
COMPLETES_OWN = "This would complete your own enrollment. Ask somebody else to do it."
PASSES_OWN = (
    "Your own enrollment in this course is waiting for a passing grade and would no longer need "
    "one. Ask somebody else to do it."
)


EMPTY_FOR_NO_DEADLINE = "Leave it empty for no deadline."


def whole_number_or_empty(lowest: int, highest: int) -> str:
    """Refuse what is no number of a range, in a field that may be empty."""
    return sentences(whole_number(lowest, highest), EMPTY_FOR_NO_DEADLINE)


def too_many_lessons(limit: int) -> str:
    """Refuse one lesson more."""
    return f"A course has at most {show_number(limit)} lessons. Remove one first."


def too_many_courses(limit: int) -> str:
    """Refuse one course more in a path."""
    return f"A path has at most {show_number(limit)} courses. Remove one first."


def already_in_path(course: str) -> str:
    """Refuse to add a course twice."""
    return f"“{course}” is already in this path."


# Stale pages name what was changed.


def the_course(title: str) -> str:
    """Name a course at the beginning of a sentence."""
    return f"The course “{title}”"


def the_path(title: str) -> str:
    """Name a learning path at the beginning of a sentence."""
    return f"The path “{title}”"


def the_lesson(title: str) -> str:
    """Name a lesson at the beginning of a sentence."""
    return f"The lesson “{title}”"


# Confirmations.

PUBLISHED = "Published. People can start it now."
ARCHIVED = "Archived. Its enrollments stay as they are."
BACK_TO_DRAFT = "Back to draft. Nobody can start it."
FOUND_COURSES = {"one": "{n} course found.", "other": "{n} courses found."}
FOUND_LEARNABLES = {
    "one": "{n} course or learning path found.",
    "other": "{n} courses and learning paths found.",
}
FOUND_INSTRUCTORS = {"one": "{n} instructor found.", "other": "{n} instructors found."}
ENROLLMENTS_STAY = "Enrollments in it stay."
REMOVE, KEEP, DISCARD, KEEP_EDITING = "Remove", "Keep", "Discard", "Keep editing"
REMOVE_LESSON_HEADING = "Remove this lesson?"
DISCARD_HEADING = "Discard what you typed?"
DISCARD_LESSON = "What you typed into the lesson below the list has not been saved yet."
REMOVE_STEP_HEADING = "Remove this course from the path?"


def instructor_added(name: str) -> str:
    """Confirm a new teacher of a course."""
    return f"{name} can grade this course now." if name else "They can grade this course now."


def instructor_removed(name: str) -> str:
    """Confirm that somebody teaches a course no more."""
    return f"{name} no longer teaches this course." if name else "Removed."


def moved(title: str, place: int, total: int) -> str:
    """Announce the place of a lesson, or of a path's course, after it was moved."""
    return f"“{title}” is now {show_number(place)} of {show_number(total)}."


def added(title: str) -> str:
    """Confirm a new lesson, or a new course of a path."""
    return f"“{title}” added."


def saved(title: str) -> str:
    """Confirm a changed lesson."""
    return f"“{title}” saved."


def removed(title: str) -> str:
    """Confirm that a lesson was removed."""
    return f"“{title}” removed."


def removed_from_path(title: str) -> str:
    """Confirm that a course was removed from a path."""
    return sentences(removed(title), ENROLLMENTS_STAY)


def added_to_path(title: str, n_people: int) -> str:
    """Confirm a course added to a path, and that several people were enrolled in it."""
    if n_people < 2:
        return added(title)
    enrolled = plural(n_people, other="{n} people were enrolled in it.")
    return sentences(added(title), enrolled)


def remove_lesson(title: str) -> str:
    """Tell what removing a lesson does."""
    return (
        f"“{title}” and its text are deleted. The progress of everybody who is active in the "
        "course is updated; whoever has done all remaining lessons completes it."
    )


def remove_step(title: str) -> str:
    """Tell what removing a course from a path does."""
    return f"“{title}” no longer counts for this path. Enrollments in the course stay as they are."


# Facts about courses and paths.

NO_LESSONS = "No lessons"
COURSES = PageTexts(
    one="{first}–{last} of {n} course",
    other="{first}–{last} of {n} courses",
    none="No courses",
    no_match="No courses match",
)
PATHS = PageTexts(
    one="{first}–{last} of {n} learning path",
    other="{first}–{last} of {n} learning paths",
    none="No learning paths",
    no_match="No learning paths match",
)


def n_lessons(n: int) -> str:
    """Count the lessons of a course."""
    return plural(n, one="{n} lesson", other="{n} lessons")


def n_courses(n: int) -> str:
    """Count the courses of a path."""
    return plural(n, one="{n} course", other="{n} courses")


def n_active(n: int) -> str:
    """Count who is active in a course or path."""
    return plural(n, other="{n} active")


def n_completed(n: int) -> str:
    """Count who has completed a course or path."""
    return plural(n, other="{n} completed")


def range_of_points(top: int) -> str:
    """Tell how a course is graded in points."""
    return f"0 to {show_number(top)} points"


def required(grading: str) -> str:
    """Tell how a course is graded that needs a grade."""
    return f"{grading}, required"


# What the access log says of a change.

LOGGED_BACK_TO_DRAFT = "Back to draft"


def logged_enrolled(n: int) -> str:
    """Count whom the groups of a published course enrolled."""
    return plural(n, other="Enrolled {n} by their groups")


def logged_teaches(name: str) -> str:
    """Tell who teaches a course from now on."""
    return f"{name} teaches it"


def logged_teaches_no_more(name: str) -> str:
    """Tell who no longer teaches a course."""
    return f"{name} no longer teaches it"


def logged_lesson_added(title: str) -> str:
    """Name a new lesson."""
    return f"Lesson “{title}” added"


def logged_lesson_changed(title: str) -> str:
    """Name a changed lesson."""
    return f"Lesson “{title}” changed"


def logged_lesson_moved(title: str) -> str:
    """Name a lesson that was moved in its course."""
    return f"Lesson “{title}” moved"


def logged_lesson_removed(title: str) -> str:
    """Name a lesson that was removed."""
    return f"Lesson “{title}” removed"


def logged_added(title: str) -> str:
    """Name a course that was added to a path."""
    return f"“{title}” added"


def logged_moved(title: str) -> str:
    """Name a course that was moved in a path."""
    return f"“{title}” moved"


def logged_removed(title: str) -> str:
    """Name a course that was removed from a path."""
    return f"“{title}” removed"


def logged_opens_after(title: str) -> str:
    """Name a course that a path keeps locked until the one before it is completed."""
    return f"“{title}” opens after the one before it"


def logged_opens_at_once(title: str) -> str:
    """Name a course that a path no longer keeps locked."""
    return f"“{title}” opens at once"


# What the pages of courses and paths say.

NEEDS_PREVIOUS = "Opens when the one before is completed"
MOVE_UP, MOVE_DOWN = "Move up", "Move down"


def needs_previous(title: str) -> str:
    """Name the box that keeps a course of a path locked."""
    return f"Opens when the one before is completed: {title}"


def move_up(title: str) -> str:
    """Name the button that moves a lesson or course up."""
    return f"Move up: {title}"


def move_down(title: str) -> str:
    """Name the button that moves a lesson or course down."""
    return f"Move down: {title}"


@dataclass(frozen=True)
class RecordTexts:
    """What the pages of courses, or of paths, say of what they are about."""

    new: str
    is_published: str
    is_draft: str


OF_COURSE = RecordTexts(
    new="New course",
    is_published="People can start this course.",
    is_draft="Only admins see this course yet.",
)
OF_PATH = RecordTexts(
    new="New learning path",
    is_published="People can start this learning path.",
    is_draft="Only admins see this learning path yet.",
)
IS_ARCHIVED = "Hidden from the catalog; everything about it is kept."
