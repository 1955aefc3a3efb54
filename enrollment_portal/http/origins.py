"""Where a request comes from: which client, and whether one of the portal's own pages sent it."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

from starlette.requests import HTTPConnection, Request

from enrollment_portal.settings import origin_of, settings

_IPV6_PREFIX = 64


def client_address(request: HTTPConnection) -> str:
    """Return the address by which a client's attempts are counted.

    Behind your own proxies it is the entry of X-Forwarded-For that the outermost of them wrote;
    what stands to the left of it came from the client and may be anything. An IPv6 address
    counts as its /64 network, which one client has all to itself.
    """
    peer = request.client.host if request.client else ""
    hops = settings().trusted_proxy_hops
    entries = ",".join(request.headers.getlist("x-forwarded-for")).split(",")
    if 0 < hops <= len(entries):
        return _network(entries[-hops]) or _network(peer) or peer
    return _network(peer) or peer


def _network(written: str) -> str:
    """Return an address in one normal form, with or without a port; "" if it is none."""
    written = written.strip()
    if written.startswith("["):
        written = written[1:].partition("]")[0]
    elif written.count(":") == 1:
        written = written.partition(":")[0]
    try:
        address = ip_address(written.partition("%")[0])
    except ValueError:
        return ""
    if address.version == 4:
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ip_network((address, _IPV6_PREFIX), strict=False))


def is_same_origin(request: Request) -> bool:
    """Tell whether one of the portal's own pages sent a request, by what the browser says.

    A browser says so in Sec-Fetch-Site or Origin and no page can forge either. A program that
    sends neither carries nobody's cookies but its own, and passes.
    """
    if request.headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
        return False
    origin = request.headers.get("origin")
    return origin is None or is_own_origin(origin)


def is_own_origin(origin: str | None) -> bool:
    """Tell whether an Origin header names an address of the portal: see `Settings.origins`."""
    return bool(origin) and origin_of(str(origin)) in settings().origins


def listens_to_others(request: Request) -> bool:
    """Tell whether the server takes connections from other machines, as it says itself."""
    server = request.scope.get("server")
    try:
        address = ip_address(server[0] if server else "")
    except ValueError:
        return False  # a socket file, or a name: nothing is known
    return not address.is_loopback
