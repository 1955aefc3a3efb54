"""Test how the server fills a built page, and how its app is started."""

from __future__ import annotations

from pathlib import Path

from enrollment_portal.domain.shared.html_templates import Filling
from enrollment_portal.http.first.built_page import BuiltPage
from enrollment_portal.http.headers import script_hashes

START = """import "/assets/manifest.js";
import * as route0 from "/assets/root.js";
window.__reactRouterRouteModules = {"root":route0};
import("/assets/entry.js");"""
PAGE = f"""<html><head><title>Rows</title>
<link rel="modulepreload" href="/assets/root.js"/><script>theme()</script></head>
<body><main aria-busy="true"><p data-first="span" class="small"></p>
<button id="tab-a" aria-selected="true">A</button><input id="search">
<table aria-busy="true">
<tbody aria-hidden="true" data-first="rows"><tr><td id="tab-b">…<input/></td></tr></tbody></table>
</main><script type="module" async="">{START}</script></body></html>"""


def test_an_empty_filling_leaves_the_content() -> None:
    filled = BuiltPage(PAGE).fill(Filling({}))
    assert '<p data-first="span" class="small"></p>' in filled
    assert (
        '<tbody aria-hidden="true" data-first="rows"><tr><td id="tab-b">…<input/></td></tr>'
        in filled
    )


def test_a_filling_is_put_into_its_elements_which_wait_no_longer() -> None:
    filled = BuiltPage(PAGE).fill(Filling({"rows": "<tr><td>Özil</td></tr>", "span": "1–2"}))
    assert '<tbody data-filled="rows"><tr><td>Özil</td></tr></tbody>' in filled
    assert '<p data-filled="span" class="small">1–2</p>' in filled
    assert '<table aria-busy="false">' in filled
    assert '<main aria-busy="true">' in filled
    assert "…" not in filled


def test_attributes_are_set_by_id_and_escaped() -> None:
    filled = BuiltPage(PAGE).fill(Filling({}, {"tab-a": {"aria-selected": '"><script>'}}))
    assert '<button id="tab-a" aria-selected="&quot;&gt;&lt;script&gt;">A</button>' in filled


def test_the_app_starts_after_the_page_is_painted() -> None:
    filled = BuiltPage(PAGE).fill(Filling({}))
    late = '<link fetchpriority="low" rel="modulepreload" href="/assets/root.js"/>'
    assert filled.index("</table>") < filled.index(late) < filled.index('<script type="module"')
    assert filled.count("modulepreload") == 1
    assert 'const route0 = await import("/assets/root.js");' in filled
    assert 'await import("/assets/manifest.js");' in filled
    assert 'import("/assets/entry.js");' in filled


def test_the_policy_permits_the_script_that_starts_the_app_late(tmp_path: Path) -> None:
    (tmp_path / "built").mkdir()
    (tmp_path / "served").mkdir()
    (tmp_path / "built/index.html").write_text(PAGE, encoding="utf-8")
    served = BuiltPage(PAGE).fill(Filling({}))
    (tmp_path / "served/index.html").write_text(served, encoding="utf-8")
    assert set(script_hashes(tmp_path / "served")) <= set(script_hashes(tmp_path / "built"))
