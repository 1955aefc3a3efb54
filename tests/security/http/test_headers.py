"""Test the headers of all responses."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from enrollment_portal.http.headers import SecurityHeaders, script_hashes
from enrollment_portal.settings import settings
from tests.signing_in import use_settings

PAGE = """<!DOCTYPE html><html><head>
<script>window.a = "1 < 2 && '</b>'";</script>
<script src="/assets/entry.js"></script>
<script type="module" async="">import "/assets/x.js";
start("Ö");</script>
</head><body><p>text</p></body></html>"""


@pytest.fixture(autouse=True)
def _settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    use_settings(monkeypatch, PORTAL_URL="http://localhost:3000")
    yield
    settings.cache_clear()


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    """A folder of built pages."""
    (tmp_path / "admin").mkdir()
    for name in ("index.html", "404.html", "admin/index.html"):
        (tmp_path / name).write_text(PAGE, encoding="utf-8")
    return tmp_path


async def _answer(request: Request) -> Response:
    path = request.url.path
    status = 404 if "missing" in path else 304 if "known" in path else 200
    headers = {"Cache-Control": "no-store"} if path == "/secret" else {}
    return PlainTextResponse("" if status == 304 else "x", status, headers)


def serve(pages: Path) -> TestClient:
    return TestClient(SecurityHeaders(Starlette(routes=[Route("/{any:path}", _answer)]), pages))


def policy(client: TestClient, path: str = "/") -> dict[str, list[str]]:
    """Return the sources by directive."""
    text = client.get(path).headers["content-security-policy"]
    return {name: sources for name, *sources in (part.split() for part in text.split("; "))}


class TestPolicy:
    def test_scripts_are_files_of_the_portal_or_allowed_by_hash(self, pages: Path) -> None:
        sources = policy(serve(pages))["script-src"]
        assert sources[0] == "'self'"
        assert len(sources) == 3
        assert all(source.startswith("'sha256-") for source in sources[1:])

    @pytest.mark.parametrize("path", ["/", "/assets/missing.js", "/missing", "/auth/sign-in"])
    def test_evaluation_framing_and_other_targets_are_forbidden(
        self, pages: Path, path: str
    ) -> None:
        found = policy(serve(pages), path)
        assert found["default-src"] == found["base-uri"] == found["frame-ancestors"] == ["'none'"]
        assert found["form-action"] == found["connect-src"] == ["'self'"]
        assert not {"'unsafe-eval'", "'unsafe-inline'", "*", "data:"} & set(found["script-src"])

    @pytest.mark.parametrize("path", ["/assets/a.js", "/assets/known.js"])
    def test_a_hashed_file_has_a_short_policy(self, pages: Path, path: str) -> None:
        assert policy(serve(pages), path) == {
            "default-src": ["'none'"],
            "frame-ancestors": ["'none'"],
        }

    def test_without_built_pages_there_are_no_hashes(self, tmp_path: Path) -> None:
        assert policy(serve(tmp_path / "none"))["script-src"] == ["'self'"]

    def test_pages_are_read_once(self, pages: Path) -> None:
        client = serve(pages)
        before = policy(client)
        for page in pages.rglob("*.html"):
            page.unlink()
        assert policy(client) == before


class TestScriptHashes:
    def test_equal_those_that_browsers_compute(self, tmp_path: Path) -> None:
        (tmp_path / "a.html").write_text("<body><SCRIPT>alert('Hello, world.');</SCRIPT>")
        # The example of the Content Security Policy specification.
        assert script_hashes(tmp_path) == ["'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='"]

    @pytest.mark.parametrize(
        "script", ["if (a < b && c > d) {}", '"</b>&amp;"', "<!-- x", "\n  Ö😀\n", "`${a}`"]
    )
    def test_depend_on_the_exact_text(self, tmp_path: Path, script: str) -> None:
        (tmp_path / "a.html").write_text(f"<script>{script}</script>", encoding="utf-8")
        (tmp_path / "b.html").write_text(
            f"<p>x</p>\n<script defer>{script}</script><p>y</p>", encoding="utf-8"
        )
        assert len(script_hashes(tmp_path)) == 1

    def test_exclude_scripts_from_files(self, tmp_path: Path) -> None:
        (tmp_path / "a.html").write_text('<script src="/a.js">ignored</script><style>b</style>')
        assert script_hashes(tmp_path) == []


class TestOtherHeaders:
    def test_are_on_every_response(self, pages: Path) -> None:
        for path in ("/", "/missing", "/assets/a.js"):
            headers = serve(pages).get(path).headers
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["referrer-policy"] == "same-origin"
            assert headers["cross-origin-opener-policy"] == "same-origin"
            assert "camera=()" in headers["permissions-policy"]
            assert "strict-transport-security" not in headers

    def test_hsts_is_sent_only_over_https(
        self, pages: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        use_settings(monkeypatch, PORTAL_URL="https://portal.example")
        headers = serve(pages).get("/").headers
        assert headers["strict-transport-security"] == "max-age=31536000"

    @pytest.mark.parametrize(
        ("path", "cache_control"),
        [
            ("/", "no-cache"),
            ("/admin/enrollments", "no-cache"),
            ("/known", "no-cache"),
            ("/favicon.ico", "no-cache"),
            ("/assets/a-Bc12.js", "public, max-age=31536000, immutable"),
            ("/assets/known.js", "public, max-age=31536000, immutable"),
            ("/assets/missing.js", "no-cache"),
            ("/secret", "no-store"),
        ],
    )
    def test_only_hashed_files_are_cached(self, pages: Path, path: str, cache_control: str) -> None:
        assert serve(pages).get(path).headers["cache-control"] == cache_control

    def test_a_not_modified_response_keeps_its_policy(self, pages: Path) -> None:
        client = serve(pages)
        assert policy(client, "/known") == policy(client, "/")


@pytest.mark.parametrize("kind", ["websocket", "lifespan"])
def test_other_protocols_are_unchanged(pages: Path, kind: str) -> None:
    seen: list[Any] = []

    async def app(*connection: Any) -> None:
        seen.extend(connection)

    connection = ({"type": kind, "path": "/_event"}, object(), object())
    asyncio.run(SecurityHeaders(app, pages)(*connection))  # type: ignore[arg-type]
    assert all(given is passed for given, passed in zip(connection, seen, strict=True))
