"""Test that pages answer at the typed address."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.testclient import TestClient

from enrollment_portal.http.addresses import PageAddresses


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    """A client of a folder with two pages."""
    for page in ("login", "admin/learning"):
        (tmp_path / page).mkdir(parents=True)
        (tmp_path / page / "index.html").write_text(page)
    (tmp_path / "admin" / "secret.txt").write_text("secret")
    app = Starlette(routes=[Mount("/", StaticFiles(directory=tmp_path, html=True))])
    return TestClient(PageAddresses(app, pages=tmp_path), follow_redirects=False)


@pytest.mark.parametrize("path", ["/login", "/login/", "/admin/learning", "/admin/learning?tab=x"])
def test_a_page_is_served_without_a_redirect(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.text) == (200, path.strip("/").partition("?")[0])


@pytest.mark.parametrize("path", ["/nothing", "//login", "/admin/secret.txt/"])
def test_no_other_address_becomes_a_page(client: TestClient, path: str) -> None:
    assert client.get(path).text not in ("login", "admin/learning")
