"""Pasted texts are taken: what nobody sees and nothing needs goes, the rest stays as it was."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.characters import INVISIBLE, clean_file_name, clean_line, clean_text, misplaced_at, shows_nothing

PERSIAN = "می\u200cخواهم"
FAMILY = "👩\u200d👩\u200d👧"
HEART = "❤\ufe0f\u200d🔥"
SCOTLAND = "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"
OPENERS = "\u202a\u202b\u202d\u202e\u2066\u2067\u2068"
NASTY = st.text(
    st.sampled_from(
        [
            *"ab é1 \t\n\r\x00\x1b\x0b\x0c\x7f\x85\u2028\u2029\ufeff\u200b\u200c\u200d\u200e\u200f\u061c\xad",
            *OPENERS,
            *"\u202c\u2069\ufe0f\U000e0067\U000e0001🏴❤שع\u0e01\u3164\ud800\udc00\u115f",
        ]
    ),
    max_size=60,
)
TEXTS = NASTY | st.text(st.characters(), max_size=60)


@pytest.mark.parametrize(
    ("pasted", "taken"),
    [
        ("\u202aC:\\Users\\casey\u202c", "\u202aC:\\Users\\casey\u202c"),  # Windows' properties dialogue
        ("\u2068Casey\u2069", "\u2068Casey\u2069"),  # contacts
        ("\x1b[31mred\x1b[0m", "[31mred[0m"),
        ("one\x0btwo\x0cthree\x85four\u2028five\u2029six", "one\ntwo\nthree\nfour\nfive\nsix"),
        ("\ufeffa\u200bb\u2060c\xadd\x7fe\x9ff", "abcdef"),
        ("\u200e+1 555 0100", "+1 555 0100"),
        ("a\tb\r\nc \n", "a\tb\r\nc \n"),
    ],
)
def test_what_programs_put_into_pasted_texts_is_no_fault(pasted: str, taken: str) -> None:
    assert clean_text(pasted) == taken


@pytest.mark.parametrize(
    "ignorable",
    [
        *(
            "\xad",
            "\u034f",
            "\u061c",
            "\u17b4-\u17b5",
            "\u180b-\u180f",
            "\u200b-\u200f",
            "\u202a-\u202e",
            "\u2060-\u206f",
        ),
        *(
            "\u3164",
            "\ufe00-\ufe0f",
            "\ufeff",
            "\uffa0",
            "\ufff0-\ufff8",
            "\U0001bca0-\U0001bca3",
            "\U0001d173-\U0001d17a",
        ),
        "\U000e0000-\U000e0fff",
        *("\ufdd0-\ufdef", "\ufffe-\uffff", "\U0001fffe-\U0001ffff", "\U0010fffe-\U0010ffff"),
    ],
)
def test_whatever_unicode_lets_programs_not_show_is_nothing(ignorable: str) -> None:
    """Default_Ignorable_Code_Point of DerivedCoreProperties.txt, and noncharacters."""
    for char in map(chr, range(ord(ignorable[0]), ord(ignorable[-1]) + 1)):
        assert shows_nothing(char), ascii(char)
        assert clean_line(f"a{char}b") == "ab", ascii(char)


@pytest.mark.parametrize(
    "text",
    [
        PERSIAN,
        FAMILY,
        HEART,
        SCOTLAND,
        "1\ufe0f\u20e3",
        "葛\U000e0100",
        "א\u200f!",
        "ภาษา\u200bไทย",
        "क्\u200dष",
    ],
)
def test_what_a_script_or_an_emoji_needs_stays(text: str) -> None:
    assert clean_text(text) == text
    assert clean_line(text) == text


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("c\u200da\ufe0fse", "case"),
        ("❤\ufe0f\ufe0e\ufe01", "❤\ufe0f"),
        ("🙂\U000e0068\U000e0069", "🙂"),
        ("א\u200f\u200e\u200f", "א\u200f"),
        ("\u200d", ""),
    ],
)
def test_where_nothing_needs_them_they_go(text: str, taken: str) -> None:
    assert clean_text(text) == taken


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("invoice\u202egnp.exe", "invoice\u202egnp.exe\u202c"),
        ("\u2067a\nb", "\u2067a\u2069\nb"),
        ("\u2066\u202ba\u2069b", "\u2066\u202ba\u202c\u2069b"),
        ("a\u202cb\u2069c", "abc"),
        ("\u2066a\u202cb", "\u2066ab\u2069"),
        ("a\u202e\u202cb\u2066\u202a\u2069", "ab"),
    ],
)
def test_a_direction_ends_with_its_paragraph(text: str, taken: str) -> None:
    assert clean_text(text) == taken


def test_nothing_turns_the_direction_of_a_line() -> None:
    assert clean_line("\u2068invoice\u2069\u202egnp\n.exe\t1\x0b2") == "invoicegnp .exe 1 2"


@given(TEXTS)
def test_cleaning_again_changes_nothing(text: str) -> None:
    assert clean_text(clean_text(text)) == clean_text(text)
    assert clean_line(clean_line(text)) == clean_line(text)


@given(TEXTS)
def test_no_visible_character_is_lost_and_none_is_added(text: str) -> None:
    def seen(it: str) -> str:
        return re.sub(rf"[\s{INVISIBLE}]", "", re.sub("[\0\ud800-\udfff]", "\ufffd", it))

    assert seen(clean_text(text)) == seen(clean_line(text)) == seen(text)


@given(TEXTS)
def test_nothing_is_left_that_nobody_needs(text: str) -> None:
    for taken in (clean_text(text), clean_line(text)):
        assert misplaced_at(taken) is None
        assert not re.search(
            "[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u2028\u2029\u2060-\u2064\ufeff]", taken
        )
        for char, before in zip(taken, " " + taken, strict=False):
            if char in "\u200b\u200c\u200d":
                assert before not in " abcdefghijklmnopqrstuvwxyz\n\r\t\u200b"
            if char in "\u200e\u200f":
                letters = taken.replace("\u200f", "").replace("\u061c", "")
                assert any(unicodedata.bidirectional(it) in ("R", "AL", "AN") for it in letters)
    assert not re.search(f"[\n\r\t{OPENERS}\u202c\u2069]", clean_line(text))


@given(TEXTS)
def test_every_line_closes_what_it_opens_and_nothing_else(text: str) -> None:
    for line in re.split(r"\r\n|\n|\r", clean_text(text)):
        opened = []
        for char in line:
            if char in OPENERS:
                opened.append("\u2069" if char in "\u2066\u2067\u2068" else "\u202c")
            elif char in "\u202c\u2069":
                assert opened.pop() == char
        assert opened == []


@given(TEXTS, st.integers(0, 60))
def test_no_text_grows_over_what_it_may_hold(text: str, most: int) -> None:
    assert len(clean_text(text, most)) <= max(most, len(text))


def test_marks_inside_marks_without_end_stay_few() -> None:
    assert len(clean_text("\u202e" * 4_000 + "x")) == 2 * 60 + 1
    assert clean_text("\u202e" * 4_000 + "x" + "\u202c" * 4_000 + "y") == (
        "\u202e" * 60 + "x" + "\u202c" * 60 + "y"
    )


@pytest.mark.parametrize(("text", "place"), [("ab\0", 2), ("🙂\ud800", 1), ("a", None), ("\x01\x1b", None)])
def test_what_no_text_may_hold_is_found_with_its_place(text: str, place: int | None) -> None:
    assert misplaced_at(text) == place


@given(TEXTS)
def test_what_shows_nothing_shows_nothing_when_it_is_clean(text: str) -> None:
    if misplaced_at(text) is None:
        assert shows_nothing(clean_text(text)) is shows_nothing(text)


@pytest.mark.parametrize(
    "text", ["", " \n", "\u200b\u200d\ufe0f", "\u202e\u202c", "\u3164\u2800\u115f", "\x1b"]
)
def test_nobody_sees_such_a_text(text: str) -> None:
    assert shows_nothing(text)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("a;b;c.png", "a;b;c.png"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("C:\\log\0\x1b.txt", "C:_log_.txt"),
        ("invoice\u202egnp.exe", "invoicegnp.exe"),
        ("two\nlines.txt", "two lines.txt"),
        (" .\u200b. ", "file"),
        ("x" * 300 + ".png", "x" * 146 + ".png"),
        ("\ud800", "_"),
    ],
)
def test_a_file_can_be_saved_under_its_name(name: str, kept: str) -> None:
    assert clean_file_name(name) == kept


@given(TEXTS)
def test_every_name_of_a_file_is_one(name: str) -> None:
    kept = clean_file_name(name)

    assert 1 <= len(kept) <= 150
    assert not re.search("[\0-\x1f/\\\\\ud800-\udfff\u202e]", kept)
    assert clean_file_name(kept) == kept
