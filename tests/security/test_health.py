"""The health answer: whether the database is there, and nothing else."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import OperationalError
from starlette.testclient import TestClient

from enrollment_portal.http import routes


class Stub:
    """A database that answers, or fails with what a driver raises."""

    def __init__(self, failure: Exception | None = None) -> None:
        self._failure = failure

    def ping(self) -> None:
        """Answer or fail."""
        if self._failure:
            raise self._failure


@pytest.mark.parametrize(
    ("failure", "status", "body"),
    [
        (None, 200, {"status": "ok"}),
        (
            OperationalError("SELECT 1", {}, Exception("host 10.0.0.5")),
            503,
            {"status": "unavailable"},
        ),
        (TimeoutError(), 503, {"status": "unavailable"}),
    ],
)
def test_tells_whether_the_database_answers(
    monkeypatch: pytest.MonkeyPatch, failure: Exception | None, status: int, body: dict[str, str]
) -> None:
    monkeypatch.setattr(routes, "database", lambda: Stub(failure))
    app, *wrappers = routes.transformers()
    for wrap in wrappers:
        app = wrap(app)
    answer = TestClient(app).get("/api/health")
    assert (answer.status_code, answer.json()) == (status, body)
    assert answer.headers["cache-control"] == "no-store"
    assert "content-security-policy" in answer.headers
