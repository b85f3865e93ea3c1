"""What strangers wrote is harmless to show, and nobody writes the marks around names."""

import pytest

from transcripts.plain import REPLACEMENT, label, marked, named, prose, worded


def test_lines_of_other_systems_are_lines() -> None:
    assert prose("one\r\ntwo\rthree\nfour") == "one\ntwo\nthree\nfour"


def test_what_no_file_may_hold_is_replaced() -> None:
    assert prose("a\x00b\ud800c\ufdd0d\te") == f"a{REPLACEMENT}b{REPLACEMENT}c{REPLACEMENT}d\te"


def test_a_label_is_one_line_in_one_direction() -> None:
    assert label("  photo\u202egpj.exe \r\n\t of\u200f me ") == f"photo{REPLACEMENT}gpj.exe of\u200f me"


def test_names_and_words_are_marked_on_both_sides() -> None:
    sentence = f"{named('Ann  Lee')} wrote {worded('a lamp')}"

    assert marked(sentence, ("<b>", "</b>"), ("<q>", "</q>")) == "<b>Ann Lee</b> wrote <q>a lamp</q>"
    assert marked(sentence) == "Ann Lee wrote a lamp"


@pytest.mark.parametrize("mark", ["\ufdd0", "\ufdd1", "\ufdd2", "\ufdd3"])
def test_nobody_writes_a_mark(mark: str) -> None:
    assert marked(named(f"Ann{mark}"), ("[", "]"), ("(", ")")) == f"[Ann{REPLACEMENT}]"
