"""Test folding, search texts and search terms."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from enrollment_portal.domain.shared.text_search import (
    MAX_SEARCH_LENGTH,
    finds_titles,
    fold,
    search_terms,
    search_text,
    sort_text,
)

LETTERS = "aAbBİIıißẞéÉЙйŁłæŒþĐø李龙くﬁ𝐀ǅΣς%_\\'\" \t\u0301"
TEXTS = st.text() | st.text(st.sampled_from(LETTERS), max_size=12)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("İIıi", "iiii"),
        ("Straße STRASSE STRAẞE", "strasse strasse strasse"),
        ("Émile E\u0301MILE", "emile emile"),
        ("Йод", "иод"),
        ("Łódź Ærø Œuvre Þór Đặng", "lodz aero oeuvre thor dang"),
        ("ﬁn 𝐀na ½", "fin ana 1⁄2"),
        ("ΣΊΣΥΦΟΣ", "σισυφοσ"),
        ("李小龙", "李小龙"),
        ('100%_\\"', '100%_\\"'),
        ("O'Brien O’Brien Oʻbrien O´Brien O＇Brien", "obrien obrien obrien obrien obrien"),
        ("a‐b a‑b a‒b a–b a—b a―b a−b a－b a﹣b", "a-b a-b a-b a-b a-b a-b a-b a-b a-b"),
        ("A\u200bn\ufeffa \u2060Be\u00adrg\u200e", "ana berg"),
        ("ヤマダ ﾔﾏﾀ", "やまた やまた"),
        ("８５ ٨٥ ८५", "85 85 85"),
    ],
)
def test_folding_keeps_plain_letters(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(TEXTS)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(TEXTS)
def test_folding_removes_case_accents_and_composition(text: str) -> None:
    folded = fold(text)
    assert not any(unicodedata.combining(character) for character in folded)
    assert fold(unicodedata.normalize("NFD", text)) == folded
    assert fold(unicodedata.normalize("NFC", text)) == folded


@given(st.lists(TEXTS))
def test_sort_texts_order_by_code_point_as_utf_8_does(texts: list[str]) -> None:
    keys = [sort_text(text) for text in texts]
    as_bytes = sorted(keys, key=lambda key: key.encode("utf-8", "surrogatepass"))
    assert sorted(keys) == as_bytes


@given(TEXTS)
def test_sort_texts_have_single_spaces_between_words(text: str) -> None:
    assert sort_text(text) == " ".join(sort_text(text).split())


@given(name=TEXTS, email=st.none() | TEXTS)
def test_people_are_found_by_every_word_and_every_prefix(name: str, email: str | None) -> None:
    searched = search_text(name, email)
    words = fold(f"{name} {email or ''}").split()
    for word in words:
        if not word.isalnum():
            continue
        for length in {1, 2, 3, len(word)}:
            terms = search_terms(word[:length])
            assert terms is not None
            assert all(term in searched for term in terms)


@given(name=TEXTS, data=st.data())
def test_three_or_more_letters_are_found_inside_words(name: str, data: st.DataObject) -> None:
    words = [word for word in fold(name).split() if len(word) >= 3 and word.isalnum()]
    if words:
        word = data.draw(st.sampled_from(words))
        start = data.draw(st.integers(0, len(word) - 3))
        assert search_terms(word[start : start + 3]) == (word[start : start + 3],)
        assert word[start : start + 3] in search_text(name, None)


def _finds(typed: str, name: str, email: str | None = None) -> bool:
    terms = search_terms(typed)
    return terms is not None and all(term in search_text(name, email) for term in terms)


@pytest.mark.parametrize(
    ("name", "searches"),
    [
        ("O'Brien", "O’Brien,Oʻbrien,O`Brien,o´brien,OBRIEN,brien,o'b"),
        ("Ana‑Lea", "ana-lea,ana–lea,ANA−LEA,ana－lea,lea"),
        ("박지수", "박,지,수,지수,박지수,박ㅈ,ㅈ,바"),
        ("ヤマダ タロウ", "やまだ,ヤマダ,ﾔﾏﾀﾞ,マ,ま,たろう"),
        ("やまだ", "ヤマダ,ダ"),
        ("Müller", "müller,Mueller,MUELLER,muller,mu,mue,ller"),
        ("Mueller", "müller,mueller,muller,Mü"),
        ("Muller", "müller,muller"),
        ("Groß", "gross,GROẞ,groß"),
        ("Gross", "groß,gross"),
        ("Jörg Schön", "joerg schoen,jorg,jörg schon"),
        ("Joerg Schoen", "jörg schön,jorg schon"),
        ("Åse Bjørn", "aase,ase,åse bjoern,bjorn"),
        ("Aase Bjoern", "åse,bjørn,ase bjorn"),
        ("Ærø Sæther", "aeroe,ærø,aero,saether"),
        ("Saether", "sæther,säther"),
        ("Œuvre", "oeuvre,OEUV"),
        ("Kurs १२", "12,१२,１２"),
    ],
)
def test_a_name_is_found_however_it_is_typed(name: str, searches: str) -> None:
    assert {typed: _finds(typed, name) for typed in searches.split(",")} == dict.fromkeys(
        searches.split(","), True
    )


@pytest.mark.parametrize(
    "typed",
    [
        "Berg, Ana",
        "Ana Berg <ana@x.example>",
        '"Berg, Ana" <ana@x.example>;',
        "“Ana” (Berg)",
        "ana@x.example,",
        "\u200bAna\u2060 \ufeffBe\u00adrg",
        "Ana — Berg.",
        "Ａｎａ，Ｂｅｒｇ",
        "\ud800ana",
    ],
)
def test_punctuation_around_words_and_invisible_characters_are_ignored(typed: str) -> None:
    assert _finds(typed, "Ana Berg", "ana@x.example")
    assert not _finds(typed, "Bo Alba", "bo@x.example")


@given(TEXTS)
@example("\ud800")
def test_people_are_found_by_the_exact_text_of_their_name(name: str) -> None:
    if "\x00" not in name and len(name) <= 20 and search_terms(name) is not None:
        assert _finds(name, name)


def test_people_are_found_by_both_forms_of_their_domain() -> None:
    assert _finds("MÜLLER.example", "Ana", "ana@müller.example")
    assert _finds("ana@mueller.example", "Ana", "ana@müller.example")
    assert _finds("ana@xn--mller-kva.example", "Ana", "ana@müller.example")
    assert _finds("müller", "J M", "j.mueller@x.example")


@pytest.mark.parametrize("typed", ["지", "수"])
def test_a_syllable_finds_only_names_that_contain_it(typed: str) -> None:
    assert not _finds(typed, "박민아")


@given(st.text(max_size=400))
def test_search_parts_are_few_and_each_long_enough_for_a_trigram_index(typed: str) -> None:
    terms = search_terms(typed)
    if terms is None:
        assert "\x00" in typed or not fold(typed).split()
        return
    assert len(terms) == len(set(terms)) <= 8
    assert all(len(term) >= 3 and "\x00" not in term for term in terms)


@given(st.permutations(["ana", "berg", "x", "yz"]))
def test_the_order_of_words_does_not_matter(words: list[str]) -> None:
    assert search_terms(" ".join(words)) == ("berg", "  x", " yz", "ana")


def test_a_term_inside_another_adds_no_condition() -> None:
    assert search_terms("ann anna nna b") == ("anna", "  b")


def test_empty_text_is_no_search_and_a_nul_finds_nobody() -> None:
    assert search_terms(" \t\u3000") == ()
    assert search_terms("ana\x00") is None


def test_text_beyond_the_limit_is_not_searched() -> None:
    assert search_terms("a" * 5_000) == ("a" * MAX_SEARCH_LENGTH,)


def test_titles_are_searched_from_three_letters_on() -> None:
    found = {typed: finds_titles(search_terms(typed) or ()) for typed in ("", "a", "ai", "a b")}
    assert not any(found.values())
    assert all(finds_titles(search_terms(typed) or ()) for typed in ("fir", "a fire", "李小龍"))
