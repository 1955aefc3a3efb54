"""Test HTML templates: values are escaped, and each variant has a template of its own."""

from __future__ import annotations

from enrollment_portal.domain.shared.html_templates import HtmlTemplate, Variants, mark


def test_values_are_put_in_the_places_of_their_marks() -> None:
    html = f'<a href="/rows/{mark("id")}{mark("query")}">{mark("first_name")}</a>'
    values = {"id": 12, "query": "?tab=active&q=a", "first_name": "Zoë"}
    filled = HtmlTemplate.parse(html).fill(values)
    assert filled == '<a href="/rows/12?tab=active&amp;q=a">Zoë</a>'


def test_values_are_escaped_and_not_filled_themselves() -> None:
    hostile = f"""<img src=x onerror="a()">'{mark("name")}"""
    filled = HtmlTemplate.parse(f'<b title="{mark("name")}">{mark("name")}</b>').fill(
        {"name": hostile}
    )
    escaped = f"&lt;img src=x onerror=&quot;a()&quot;&gt;&#x27;{mark('name')}"
    assert filled == f'<b title="{escaped}">{escaped}</b>'


def test_each_sample_is_of_another_variant() -> None:
    variants = Variants(("status", "note"), {"status": ("active", "done")})
    samples = variants.samples()
    assert samples == [
        {"status": "active", "note": ""},
        {"status": "active", "note": mark("note")},
        {"status": "done", "note": ""},
        {"status": "done", "note": mark("note")},
    ]
    assert len({variants.of(sample) for sample in samples}) == len(samples)


def test_of_a_text_it_matters_only_whether_there_is_one() -> None:
    variants = Variants(("status", "note"), {"status": ("active", "done")})
    assert variants.of({"status": "done", "note": "Late"}) == ("done", True)
    assert variants.of({"status": "done", "note": ""}) == ("done", False)


def test_a_part_without_variants_has_one_template() -> None:
    assert Variants((), {}).samples() == [{}]
