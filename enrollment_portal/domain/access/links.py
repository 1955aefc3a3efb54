"""Find web addresses in plain text, so that they can be shown as links."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from enrollment_portal.domain.shared.typed_text import INVISIBLE

_NO_PART = rf"\s\x00-\x1f\x7f-\x9f\ud800-\udfff<>\"“”„«»‹›\\。，、；：！？）」』】》{INVISIBLE}"
_ADDRESS = re.compile(rf"(?<![\w@/.-])https?://[^{_NO_PART}]+", re.IGNORECASE)
_AFTER = ".,:;!?'’*_~`"
_BRACKETS = {")": "(", "]": "[", "}": "{"}


@dataclass(frozen=True)
class TextPart:
    """A part of a text: a link, or plain text with the `href` ""."""

    text: str
    href: str = ""


def with_links(text: str) -> list[TextPart]:
    """Split a text into web addresses and the plain text between them.

    Only addresses of http and https that name a host count, and none with a user name in it, which
    would look like another host. Punctuation after an address, and a bracket that closes one from
    before it, belong to the text.
    """
    parts: list[TextPart] = []
    end = 0
    for found in _ADDRESS.finditer(text):
        address = _without_punctuation(found[0])
        if not _is_web_page(address):
            continue
        if found.start() > end:
            parts.append(TextPart(text[end : found.start()]))
        parts.append(TextPart(address, address))
        end = found.start() + len(address)
    if end < len(text):
        parts.append(TextPart(text[end:]))
    return parts


def _without_punctuation(address: str) -> str:
    while address:
        last = address[-1]
        opening = _BRACKETS.get(last)
        is_closing = opening is not None and address.count(last) > address.count(opening)
        if last not in _AFTER and not is_closing:
            break
        address = address[:-1]
    return address


def _is_web_page(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return bool(parts.hostname) and "@" not in parts.netloc and (parts.port or 1) > 0
    except ValueError:
        return False
