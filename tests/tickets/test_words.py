"""Words are compared without case and accents."""

import re
import unicodedata

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tickets.words import LONGEST, MOST_ASKED, MOST_WORDS, asked_begins, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ()),
        ("… !?", ()),
        ("It's DARK, dark!", ("it", "s", "dark")),
        ("Été à Ångström", ("ete", "a", "angstrom")),
        ("STRASSE straße", ("strasse",)),
        ("order_no A-17", ("order", "no", "a", "17")),
        ("\ufb01re \uff21\uff22", ("fire", "ab")),
        ("Привет, мир", ("привет", "мир")),
        ("\0\n", ()),
        ("我要退款，谢谢", ("我要", "要退", "退款", "谢谢")),
        ("iPhone手机 12杯", ("iphone", "手机", "12", "杯")),
        ("ｶﾀｶﾅ・猫", ("カタ", "タカ", "カナ", "猫")),
        ("ที่นี่", ("ทน",)),
        ("환불 요청", words_of("환불") + words_of("요청")),
    ],
)
def test_the_words_of_a_text(text: str, words: tuple[str, ...]) -> None:
    assert words_of(text) == words


@given(st.text())
def test_a_word_of_a_text_is_a_word(text: str) -> None:
    for word in words_of(text):
        assert words_of(word) == (word,)


@given(st.text())
def test_what_is_typed_in_another_case_has_the_same_words(text: str) -> None:
    assume("\u0345" not in unicodedata.normalize("NFKD", text))  # a mark whose other case is a letter
    assert set(words_of(text.casefold())) == set(words_of(text))


def test_words_are_bounded() -> None:
    assert len(words_of(" ".join(map(str, range(5_000))))) == MOST_WORDS
    assert words_of("a b c", most=2) == ("a", "b")
    assert words_of("x" * 4_000) == ("x" * LONGEST,)


def test_words_that_come_again_do_not_count_against_the_most() -> None:
    assert words_of("no no no, it does not", most=4) == ("no", "it", "does", "not")
    assert words_of("one two three", most=2) == ("one", "two")


def test_a_search_asks_for_its_first_words_and_for_no_more() -> None:
    typed = [f"word{number}" for number in range(40)]

    assert asked_begins(" ".join([*typed, *typed])) == tuple(typed[:MOST_ASKED])
    assert MOST_ASKED == 16


@settings(suppress_health_check=[HealthCheck.filter_too_much])  # most pieces hold a word of one letter
@given(st.text(st.sampled_from("我要申请退款 ，a7ーカがขอคืน"), max_size=40), st.data())
def test_what_is_part_of_a_text_without_spaces_is_found_in_it(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    wanted = data.draw(st.integers(start, len(text)).map(lambda end: text[start:end]))
    assume(all(len(it) > 1 for it in wanted.split()) and not re.search("[a-z0-9]", wanted))
    assume(len(words_of(wanted)) > 0 and all(len(it) > 1 for it in words_of(wanted)))

    assert set(words_of(wanted)) <= set(words_of(text))
