"""What learners read of their courses: refusals, confirmations and news."""

from __future__ import annotations

from collections.abc import Sequence

from enrollment_portal.domain.shared.wording import listed, plural, show_number

# Refusals.

CANCELLED = "This enrollment was cancelled. Start the course again to continue."
FAILED_UNCHANGED = "That did not work, and nothing was changed. Try again in a moment."


def locked(course: str) -> str:
    """Refuse a lesson of a course that a path keeps locked."""
    return f"Your learning path keeps this course locked. Complete “{course}” first."


def opens_after(course: str) -> str:
    """Tell when a course that a path keeps locked opens."""
    return f"Your learning path keeps this course locked. It opens when you complete {course}."


# Confirmations.

STARTED = "Started. Your progress is saved from now on."
CANCELLED_BY_YOU = "Cancelled. You can start again at any time."
LESSON_DONE = "Marked as done."
COURSE_DONE = "That was the last lesson. You have completed the course!"
COURSE_AWAITS_GRADE = "That was the last lesson. The course is completed once it is graded."
CANCEL_PATH = "You leave the path and stay enrolled in its courses."
CANCEL_COURSE = (
    "What you did stays in your history. If you start again, you start from the beginning."
)
CANCEL_REASON = "Why do you cancel?"
CANCEL_ENROLLMENT = "Cancel enrollment"


def feedback_read(course: str) -> str:
    """Confirm that feedback is marked as read."""
    return f"Feedback on {course} marked as read."


def answer_dismissed(course: str) -> str:
    """Confirm that the answer to a request is dismissed."""
    return f"Answer on {course} dismissed."


def request_withdrawn(course: str) -> str:
    """Confirm that a request was withdrawn."""
    return f"Request for {course} withdrawn."


def message_read(course: str) -> str:
    """Confirm that a message is marked as read."""
    return f"Message about {course} marked as read."


def message_dismissed(course: str) -> str:
    """Confirm that a message is dismissed."""
    return f"Message about {course} dismissed."


# Messages of instructors and admins.

MESSAGES, NEW = "Messages", "New"


def message_from(name: str, at: str) -> str:
    """Tell who sent a message, and when."""
    return f"{name}, {at}"


def mark_message_as_read(course: str) -> str:
    """Name the button that marks a message as read."""
    return f"Mark the message about {course} as read"


def dismiss_message(course: str) -> str:
    """Name the button that dismisses a message."""
    return f"Dismiss the message about {course}"


def message_subject(course: str, organization: str) -> str:
    """Head the mail of a message."""
    return f"{course}: a message from {organization}"


def message_mail(name: str, text: str, by: str, organization: str) -> str:
    """Write the mail of a message."""
    return (
        f"Hello {name},\n\n{text}\n\n{by} sent you this message with {organization}'s learning"
        " portal. Do not answer this mail; you find the message, and your courses, here:\n"
    )


# What a course waits for.

COMPLETED_EARLY = "Completed by an admin before everything in it was done."
NOT_PASSED_AFTER_LESSONS = "All lessons are done. Not passed: a passing grade completes the course."
NOT_PASSED = "Not passed: a passing grade completes the course."
ADMIN_COMPLETES = "An admin completes it."
INSTRUCTOR_COMPLETES = "Your instructor completes it with a grade."


def locked_until(course: str) -> str:
    """Tell what keeps a course locked."""
    return f"Locked until you complete {course}."


def opens_when(course: str) -> str:
    """Tell what opens a locked course of a learning path."""
    return f"Opens when you complete {course}."


def opens_when_you_complete(course: str) -> str:
    """Tell what opens a course of the catalog, in the place of its status."""
    return f"Opens when you complete {course}"


# What changed while the page was open.


def is_new(course: str) -> str:
    """Tell the learner of a new enrollment."""
    return f"You are now enrolled in {course}."


def new_message(course: str) -> str:
    """Tell the learner of a new message."""
    return f"New message about {course}."


def new_messages(n: int) -> str:
    """Tell the learner of several new messages."""
    return plural(n, one="{n} new message.", other="{n} new messages.")


def new_feedback(course: str) -> str:
    """Tell the learner of new feedback."""
    return f"New feedback on {course}."


def new_grade(course: str, grade: str) -> str:
    """Tell the learner of a new grade."""
    return f"Your grade in {course} is {grade}."


def grade_removed(course: str) -> str:
    """Tell the learner that a grade was removed."""
    return f"Your grade in {course} was removed."


def new_deadline(course: str, day: str) -> str:
    """Tell the learner of a new deadline."""
    return f"The deadline of {course} is now {day}."


def deadline_removed(course: str) -> str:
    """Tell the learner that a deadline was removed."""
    return f"{course} no longer has a deadline."


def new_status(course: str, status: str) -> str:
    """Tell the learner of a new status of an enrollment."""
    return f"{course} is now {status}."


def in_course(course: str) -> str:
    """Name the course, before how a request for more time was answered."""
    return f"{course}:"


# Paths whose orders contradict each other, for admins.

CIRCLE_LABEL = "Courses that wait for each other"
CIRCLE_EFFECT = (
    "Whoever takes all of these paths may start each of these courses as soon as one path opens it."
)
CIRCLE_ADVICE = (
    "Whoever takes all of these paths may start each of these courses as soon as one path opens "
    "it. To keep one order, change one of the paths."
)


def waits_for(course: str, previous: str, path: str) -> str:
    """Tell what a path has a course wait for."""
    return f"“{course}” waits for “{previous}” in “{path}”"


def circle(waits: Sequence[str]) -> str:
    """Tell that the waits of several paths contradict each other."""
    return f"{listed(waits)}."


# Facts about courses.

COMPLETED_WITH_A_GRADE = "Completed with a grade"
COMPLETED_BY_AN_ADMIN = "Completed by an admin"
ALSO_WITH_A_GRADE, ALSO_BY_AN_ADMIN = "completed with a grade", "completed by an admin"
"""The same, after other facts."""


def days_to_finish(n: int) -> str:
    """Tell how long a learner has who starts a course."""
    return plural(n, one="{n} day to finish", other="{n} days to finish")


def due_after_start(n: int) -> str:
    """Tell how long a learner has who starts a course, on its page."""
    return plural(n, one="due {n} day after you start", other="due {n} days after you start")


def in_progress(progress: str) -> str:
    """Tell how far a learner is in a course of the catalog."""
    return f"In progress, {progress}"


def lesson_of(number: int, total: int) -> str:
    """Tell which lesson of a course is open."""
    return f"Lesson {show_number(number)} of {show_number(total)}"


def lessons_done(done: int, total: int) -> str:
    """Tell how many lessons of a course are done."""
    return plural(
        total, one="{done} of {n} lesson", other="{done} of {n} lessons", done=show_number(done)
    )


def courses_done(done: int, total: int) -> str:
    """Tell how many courses of a path are done."""
    return plural(
        total, one="{done} of {n} course", other="{done} of {n} courses", done=show_number(done)
    )


# What a learner's pages say.

DEADLINE_IS = "Deadline {deadline}"
GRADE_IS = "Grade {grade}"
MARK_AS_READ, CONTINUE, DISMISS = "Mark as read", "Continue", "Dismiss"
WITHDRAW = "Withdraw request"
START_COURSE, START_AGAIN = "Start course", "Start again"


def start_course(course: str) -> str:
    """Name the button that starts a course of the catalog."""
    return f"Start course {course}"


def start_again(course: str) -> str:
    """Name the button that starts a course again."""
    return f"Start again {course}"


def enrolled_on(day: str) -> str:
    """Say when the learner was enrolled."""
    return f"Enrolled {day}"


def mark_as_read(course: str) -> str:
    """Name the button that marks feedback as read."""
    return f"Mark as read the feedback on {course}"


def continue_with(course: str) -> str:
    """Name the link to an overdue course."""
    return f"Continue with {course}"


def withdraw_for(course: str) -> str:
    """Name the button that withdraws a request."""
    return f"Withdraw request for {course}"


def dismiss_answer(course: str) -> str:
    """Name the button that dismisses the answer to a request."""
    return f"Dismiss the answer on {course}"
