"""Courses that wait for each other through several learning paths, told to admins in sentences."""

from __future__ import annotations

from collections.abc import Collection

from sqlmodel import Session

from enrollment_portal.domain.learning.learning_paths import circle_words, circles
from enrollment_portal.storage.catalog.learning_paths import paths_in_use, paths_with_ids


def circle_sentences(session: Session, path_ids: Collection[int]) -> tuple[str, ...]:
    """Return which courses wait for each other through these paths and those that are in use.

    Those are the published ones, and others that somebody is still active in. Nobody is locked out
    by it: each of these courses opens as soon as one path opens it. But the orders of the paths
    contradict each other.
    """
    if not path_ids:
        return ()
    paths = {one.id: one for one in paths_in_use(session)}
    paths |= {one.id: one for one in paths_with_ids(session, path_ids)}
    return tuple(circle_words(circle) for circle in circles(tuple(paths.values()), path_ids))
