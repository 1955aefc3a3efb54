"""Test the client's address, the sending page, and the path to redirect to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.requests import Request

from enrollment_portal.domain.access.local_paths import local_path
from enrollment_portal.http.origins import (
    client_address,
    is_own_origin,
    is_same_origin,
)
from enrollment_portal.settings import settings
from tests.signing_in import use_settings


@pytest.fixture(autouse=True)
def _fresh_settings() -> Iterator[None]:
    settings.cache_clear()
    yield
    settings.cache_clear()


def request_from(peer: str | None = "203.0.113.9", **headers: str | list[str]) -> Request:
    raw = [
        (name.replace("_", "-").encode(), value.encode("latin-1"))
        for name, values in headers.items()
        for value in ([values] if isinstance(values, str) else values)
    ]
    return Request(
        {
            "type": "http",
            "method": "POST",
            "scheme": "http",
            "server": ("testserver", 80),
            "path": "/auth/sign-in",
            "query_string": b"",
            "headers": raw,
            "client": (peer, 1234) if peer is not None else None,
        }
    )


class TestClientAddress:
    def test_without_proxies_the_header_is_ignored(self) -> None:
        assert client_address(request_from(x_forwarded_for="198.51.100.7")) == "203.0.113.9"

    @pytest.mark.parametrize(
        ("hops", "header", "address"),
        [
            ("1", "198.51.100.7", "198.51.100.7"),
            ("1", "6.6.6.6, 198.51.100.7", "198.51.100.7"),
            ("2", "6.6.6.6, 198.51.100.7, 10.0.0.2", "198.51.100.7"),
            ("2", "6.6.6.6,198.51.100.7 ,10.0.0.2", "198.51.100.7"),
            ("1", "198.51.100.7:5123", "198.51.100.7"),
            ("1", "::ffff:198.51.100.7", "198.51.100.7"),
            ("1", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("1", "[2001:db8:1:2:3:4:5:6]:443", "2001:db8:1:2::/64"),
            # Fewer entries than proxies, or no address where one must be: the peer itself.
            ("2", "198.51.100.7", "203.0.113.9"),
            ("1", "198.51.100.7, unknown", "203.0.113.9"),
            ("1", "", "203.0.113.9"),
        ],
    )
    def test_the_client_address_is_counted_from_the_right(
        self, monkeypatch: pytest.MonkeyPatch, hops: str, header: str, address: str
    ) -> None:
        use_settings(monkeypatch, REFLEX_TRUSTED_PROXY_HOPS=hops)
        assert client_address(request_from(x_forwarded_for=header)) == address

    def test_several_headers_are_read_as_one_list(self, monkeypatch: pytest.MonkeyPatch) -> None:
        use_settings(monkeypatch, REFLEX_TRUSTED_PROXY_HOPS="2")
        request = request_from(x_forwarded_for=["6.6.6.6", "198.51.100.7", "10.0.0.2"])
        assert client_address(request) == "198.51.100.7"

    def test_addresses_of_one_network_are_one_client(self) -> None:
        first, second = request_from("2001:db8:1:2::1"), request_from("2001:db8:1:2:ffff::9")
        assert client_address(first) == client_address(second)

    def test_a_socket_without_an_address_is_one_client(self) -> None:
        assert client_address(request_from(None)) == ""


class TestSameOrigin:
    @pytest.mark.parametrize(
        "headers",
        [
            {},
            {"sec_fetch_site": "same-origin"},
            {"sec_fetch_site": "none"},
            {"origin": "https://portal.example"},
            {"origin": "https://PORTAL.example:443"},
        ],
    )
    def test_own_pages_are_accepted(self, monkeypatch: pytest.MonkeyPatch, headers: dict) -> None:
        use_settings(monkeypatch, PORTAL_URL="https://portal.example")
        assert is_same_origin(request_from(**headers))

    @pytest.mark.parametrize(
        "headers",
        [
            {"sec_fetch_site": "cross-site"},
            {"sec_fetch_site": "same-site"},
            {"sec_fetch_site": "SAME-ORIGIN "},
            {"sec_fetch_site": "cross-site", "origin": "https://portal.example"},
            {"sec_fetch_site": "same-origin", "origin": "https://evil.example"},
            {"origin": "null"},
            {"origin": ""},
            {"origin": "http://portal.example"},
            {"origin": "https://portal.example.evil.example"},
            {"origin": "https://portal.example:8443"},
            {"origin": "https://portal.example:99999999"},
            {"origin": "https://[portal.example"},
            {"origin": "null", "host": ""},
            # The address that it was opened at counts only where it is one of the portal's.
            {"origin": "http://testserver", "host": "testserver"},
            {"origin": "http://127.0.0.1:3000", "host": "127.0.0.1:3000"},
        ],
    )
    def test_other_pages_are_refused(self, monkeypatch: pytest.MonkeyPatch, headers: dict) -> None:
        use_settings(monkeypatch, PORTAL_URL="https://portal.example")
        assert not is_same_origin(request_from(**headers))


class TestOrigins:
    """One list, for posted forms and for the pages' socket alike."""

    @pytest.mark.parametrize(
        ("url", "origins"),
        [
            ("https://portal.example", ("https://portal.example",)),
            ("https://Portal.Example:443/", ("https://portal.example",)),
            ("http://portal.example:8080", ("http://portal.example:8080",)),
            ("http://localhost:3000", ("http://localhost:3000", "http://127.0.0.1:3000")),
            ("http://127.0.0.1:3000", ("http://127.0.0.1:3000", "http://localhost:3000")),
            ("http://localhost", ("http://localhost", "http://127.0.0.1")),
            ("http://localhost.example", ("http://localhost.example",)),
            ("http://[::1]:3000", ("http://[::1]:3000",)),
        ],
    )
    def test_contain_the_portals_address_and_both_names_of_loopback(
        self, monkeypatch: pytest.MonkeyPatch, url: str, origins: tuple[str, ...]
    ) -> None:
        use_settings(monkeypatch, PORTAL_URL=url)
        assert settings().origins == origins
        assert all(is_own_origin(origin) for origin in origins)

    @pytest.mark.parametrize("origin", [None, "", "null", "x", "http://[", "file:///x"])
    def test_a_missing_origin_is_not_in_the_list(
        self, monkeypatch: pytest.MonkeyPatch, origin: str | None
    ) -> None:
        use_settings(monkeypatch, PORTAL_URL="https://portal.example")
        assert not is_own_origin(origin)

    @pytest.mark.parametrize("url", ["portal.example", "ftp://portal.example", "http://", "x:y"])
    def test_an_address_that_no_browser_opens_is_refused_at_startup(
        self, monkeypatch: pytest.MonkeyPatch, url: str
    ) -> None:
        use_settings(monkeypatch, PORTAL_URL=url)
        with pytest.raises(SystemExit, match="PORTAL_URL"):
            settings()


@pytest.mark.parametrize(
    "path", ["/", "/admin/enrollments", "/admin/enrollments?tab=overdue&q=a b", "/c/Ö", "/a//b"]
)
def test_a_path_of_the_portal_is_redirected_to(path: str) -> None:
    assert local_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        None,
        7,
        "",
        "admin",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "/a\r\nSet-Cookie: portal_session=x",
        "/\x00",
        "/\x7f",
        "/\u202eevil",
        "/\ud800",
        " //evil.example",
        "https://evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        "/" + "a" * 2048,
    ],
)
def test_any_other_target_redirects_to_the_home_page(path: object) -> None:
    assert local_path(path) == "/"
