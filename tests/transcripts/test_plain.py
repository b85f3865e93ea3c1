import pytest

from transcripts.plain import label, prose


@pytest.mark.parametrize("control", ["\0", "\x08", "\x1b", "\x7f", "\x9f", "\ud800", "\uffff"])
def test_what_no_page_may_hold_shows_as_a_replacement(control: str) -> None:
    shown = prose(f"a{control}b")

    assert shown == "a\ufffdb"


def test_every_kind_of_line_break_is_one() -> None:
    shown = prose("a\r\nb\rc\nd")

    assert shown == "a\nb\nc\nd"


def test_a_file_name_cannot_be_read_backwards() -> None:
    shown = label("photo\u202egpj.exe")

    assert shown == "photo\ufffdgpj.exe"


def test_a_label_is_one_line() -> None:
    shown = label("  a\n\n b\u2028c\t")

    assert shown == "a b c"


def test_names_from_right_to_left_stay_as_they_are() -> None:
    name = "דנה\u200f (Dana)"

    assert label(name) == name
