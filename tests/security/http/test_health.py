"""Test the health check: database state, and nothing else."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import OperationalError
from starlette.testclient import TestClient

from enrollment_portal.http import routes
from enrollment_portal.storage.shared.trouble import Trouble


class Stub:
    """A database that answers, is in trouble, or fails with what a driver raises."""

    def __init__(self, failure: Exception | Trouble | None = None) -> None:
        self._failure = failure

    def look(self) -> Trouble | None:
        """Return its current trouble."""
        return self._failure if isinstance(self._failure, Trouble) else None

    def ping(self) -> None:
        """Answer or fail."""
        if isinstance(self._failure, Exception):
            raise self._failure


@pytest.mark.parametrize(
    ("failure", "status", "body"),
    [
        (None, 200, {"status": "ok"}),
        (
            OperationalError("SELECT 1", {}, Exception("host 10.0.0.5")),
            503,
            {"status": "unavailable", "database": "no answer"},
        ),
        (TimeoutError(), 503, {"status": "unavailable", "database": "no answer"}),
        *((one, 503, {"status": "unavailable", "database": one.value}) for one in Trouble),
    ],
)
def test_reports_whether_the_database_answers(
    monkeypatch: pytest.MonkeyPatch,
    failure: Exception | Trouble | None,
    status: int,
    body: dict[str, str],
) -> None:
    monkeypatch.setattr(routes, "database", lambda: Stub(failure))
    app, *wrappers = routes.transformers({}, "/templates")
    for wrap in wrappers:
        app = wrap(app)
    answer = TestClient(app).get("/api/health")
    assert (answer.status_code, answer.json()) == (status, body)
    assert answer.headers["cache-control"] == "no-store"
    assert "content-security-policy" in answer.headers
