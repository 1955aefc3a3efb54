"""A static page with one sentence, for errors where no page of the app can be shown."""

from __future__ import annotations

from html import escape

from starlette.responses import HTMLResponse

from enrollment_portal.domain.shared.language import DIRECTION, LANGUAGE

# The portal's colours in both themes; its stylesheet has another name in every build.
_PAGE = """<!DOCTYPE html>
<html lang="{language}" dir="{direction}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="/favicon.png" type="image/png">
<title>{heading}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1rem;
  box-sizing: border-box; font: 0.875rem/1.25rem Inter, "Segoe UI", system-ui, sans-serif;
  background: light-dark(#fbfbfc, #101014); color: light-dark(#16161d, #ececf1); }}
main {{ box-sizing: border-box; width: 100%; max-width: 23.75rem; padding: 1.5rem;
  overflow-wrap: anywhere; border-radius: 0.75rem; border: 1px solid light-dark(#e4e4ea, #2a2a33);
  background: light-dark(#ffffff, #16161b); }}
h1 {{ margin: 0 0 0.5rem; font-size: 1.25rem; line-height: 1.75rem; letter-spacing: -0.02em; }}
p {{ margin: 0 0 1rem; color: light-dark(#55555f, #b0b0bd); }}
a {{ color: light-dark(#2c46bd, #aab9ff); font-weight: 500; }}
a:focus-visible {{ outline: 2px solid light-dark(#3451d1, #8ea2ff); outline-offset: 2px; }}
</style>
</head>
<body>
<main>
<h1>{heading}</h1>
<p role="alert">{sentence}</p>
<a href="{address}">{label}</a>
</main>
</body>
</html>
"""


def notice_page(
    heading: str, sentence: str, *, status: int, address: str, label: str
) -> HTMLResponse:
    """Return a page that says what is the matter, and has one link onwards.

    Args:
        heading: its heading and title.
        sentence: what is the matter, and what to do.
        status: of the answer.
        address: where the link leads.
        label: what the link reads.
    """
    page = _PAGE.format(
        language=LANGUAGE,
        direction=DIRECTION,
        heading=escape(heading),
        sentence=escape(sentence),
        address=escape(address),
        label=escape(label),
    )
    return HTMLResponse(page, status, headers={"Cache-Control": "no-store"})
