"""Test the progress in a course's lessons, and which of many lessons are shown."""

from __future__ import annotations

from enrollment_portal.domain.learning.lesson_progress import (
    SHOWN_LESSONS,
    CourseProgress,
    course_progress,
    window_of,
)


def of(*times: int | None, n_done: int = 0) -> CourseProgress:
    """Return the progress in lessons that were marked at these moments."""
    lessons = [(f"Lesson {n}", at) for n, at in enumerate(times, 1)]
    return course_progress(lessons, n_lessons=len(lessons), n_done=n_done)


def long_course(n_done: int, *, total: int = 200) -> CourseProgress:
    """Return the progress in a long course of which the first lessons are done."""
    return of(*(n if n <= n_done else None for n in range(1, total + 1)), n_done=n_done)


class TestCourseProgress:
    def test_the_next_lesson_is_the_first_that_is_not_done(self) -> None:
        progress = of(10, 20, None, 40, None)
        assert progress.next_number == 3
        assert (progress.n_done, progress.n_lessons) == (3, 5)
        assert [lesson.done_at for lesson in progress.lessons] == [10, 20, None, 40, None]

    def test_a_count_means_the_first_lessons_without_their_times(self) -> None:
        progress = of(None, None, None, n_done=2)
        assert [lesson.is_done for lesson in progress.lessons] == [True, True, False]
        assert {lesson.done_at for lesson in progress.lessons} == {None}
        assert progress.next_number == 3

    def test_lessons_marked_together_were_done_then_or_before(self) -> None:
        progress = of(10, 10, 30)
        assert [lesson.is_exact for lesson in progress.lessons] == [False, False, True]
        assert progress.next_number == 0

    def test_lessons_that_were_only_counted_are_dated_by_history(self) -> None:
        lessons = [(f"Lesson {n}", None) for n in range(1, 6)]
        reached = [(100, 20), (200, 60)]
        progress = course_progress(lessons, n_lessons=5, n_done=4, reached=reached)
        assert [(one.done_at, one.is_exact) for one in progress.lessons] == [
            (100, True),
            (200, False),
            (200, False),
            (None, True),
            (None, True),
        ]
        assert [one.is_done for one in progress.lessons] == [True] * 4 + [False]
        # What went up and down again dates only what is done now.
        reached = [(100, 80), (200, 20)]
        fallen = course_progress(lessons, n_lessons=5, n_done=1, reached=reached)
        assert [one.done_at for one in fallen.lessons] == [100, None, None, None, None]

    def test_a_course_whose_lessons_are_not_known_counts_them(self) -> None:
        assert course_progress([], n_lessons=10, n_done=3) == CourseProgress((), 10, 3, 4)
        assert course_progress([], n_lessons=10, n_done=10).next_number == 0
        assert course_progress([], n_lessons=0, n_done=0) == CourseProgress()


class TestWindow:
    def test_a_short_course_is_shown_whole(self) -> None:
        progress = long_course(3, total=SHOWN_LESSONS)
        window = window_of(progress, shows_all=False)
        assert (window.lessons, window.n_earlier, window.n_later) == (progress.lessons, 0, 0)

    def test_a_long_course_is_shown_around_the_next_lesson(self) -> None:
        for n_done in range(201):
            window = window_of(long_course(n_done), shows_all=False)
            assert len(window.lessons) == SHOWN_LESSONS
            assert window.n_earlier + SHOWN_LESSONS + window.n_later == 200
            assert min(n_done + 1, 200) in [lesson.number for lesson in window.lessons]

    def test_all_lessons_are_shown_on_request(self) -> None:
        assert len(window_of(long_course(100), shows_all=True).lessons) == 200
