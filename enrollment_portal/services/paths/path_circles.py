"""Describe circular orders of courses in several learning paths, as sentences for admins."""

from __future__ import annotations

from collections.abc import Collection

from sqlmodel import Session

from enrollment_portal.domain.paths.learning_paths import circle_sentence, circles
from enrollment_portal.storage.paths.learning_paths import paths_in_use, paths_with_ids


def circle_sentences(session: Session, path_ids: Collection[int]) -> tuple[str, ...]:
    """Return the circular orders among these paths and those in use.

    Paths in use are published, or somebody is active in them. Nobody is locked out by a circle, as
    a course opens as soon as one path opens it, but the orders of the paths contradict each other.
    """
    if not path_ids:
        return ()
    paths = {one.id: one for one in paths_in_use(session)}
    paths |= {one.id: one for one in paths_with_ids(session, path_ids)}
    return tuple(circle_sentence(circle) for circle in circles(tuple(paths.values()), path_ids))
