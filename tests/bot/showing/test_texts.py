"""Texts reach Discord whole, and can do nothing there."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.showing.parts import length, split
from bot.showing.texts import copy_of, harmless, plain, shortened, webhook_name

words = st.text(st.sampled_from("ab \n`😀*"), max_size=400) | st.text(max_size=300)


@given(words, st.integers(60, 120))
def test_no_part_is_longer_than_the_limit(text: str, limit: int) -> None:
    assert all(0 < length(part) <= limit for part in split(text, limit))


@given(words, st.integers(60, 120))
def test_splitting_loses_no_letter(text: str, limit: int) -> None:
    kept = "".join(split(text, limit))

    without_frame = re.compile(r"[`\s]")
    assert without_frame.sub("", kept) == without_frame.sub("", text)


@given(st.text(st.sampled_from("abc \n"), min_size=150, max_size=600))
def test_every_part_of_a_split_code_block_is_a_code_block(code: str) -> None:
    parts = split(f"```py\n{code}x\n```", 100)

    for part in parts:
        assert part.startswith("```py\n")
        assert part.endswith("```")
        assert part.count("```") == 2


def test_parts_are_cut_at_line_ends_rather_than_inside_words() -> None:
    assert split("one two\nthree four\nfive six", 24) == ["one two\nthree four", "five six"]


def test_a_blank_text_has_no_part() -> None:
    assert split(" \n ") == []


MENTIONS = [
    "<@123456789012345678>",
    "<@!1>",
    "<@&12>",
    "<#1>",
    "</close now:1>",
    "<t:1:R>",
    "<id:guide>",
    "<:a_b:1>",
]


@given(st.text(st.characters(blacklist_characters="`"), max_size=50), st.sampled_from(MENTIONS))
def test_no_mention_of_a_requester_resolves(around: str, mention: str) -> None:
    shown = harmless(around + mention + around)

    assert mention not in shown
    assert mention in shown.replace("\u200b", "")


def test_what_only_looks_like_markup_is_left_alone() -> None:
    text = "</div> a<b <@ you> me@everyone.example x](y) <3 <t:soon> arr[0](x) - # item"

    assert harmless(text) == text


@pytest.mark.parametrize(
    "text", ["-# by Guildesk", "  -# by Guildesk", "one\n-# two", "> -# quoted", ">>> -# so"]
)
def test_no_small_print_of_ours_is_forged(text: str) -> None:
    assert harmless(text) == text.replace("-#", "-\u200b#")


def test_no_link_hides_behind_other_words() -> None:
    assert "](" not in harmless("[support](https://evil.example)")


@given(st.text(max_size=200))
def test_plain_text_is_one_line_without_live_markdown(text: str) -> None:
    shown = plain(text)

    assert "\n" not in shown
    assert not re.search(r"(?<!\\)(?:\\\\)*[*_`~|]", shown)


@given(st.text(max_size=200))
def test_discord_takes_every_name_and_it_ends_with_its_side(name: str) -> None:
    shown = webhook_name(name, "requester")

    assert shown.endswith(" · requester")
    assert 1 <= length(shown) <= 80
    assert not re.search("discord|clyde", shown, re.IGNORECASE)


@given(st.text(max_size=60), st.integers(1, 40))
def test_shortening_keeps_the_beginning(text: str, limit: int) -> None:
    short = shortened(text, limit)

    assert length(short) <= limit
    assert text.startswith(short.removesuffix("…")) or text == short


def test_what_stands_under_a_heading_of_ours_is_quoted_in_every_part() -> None:
    parts = copy_of("x" * 3_000 + "\n\n📝 Note by Boss:\nrefund them", heading="Edited by Casey:").parts

    assert len(parts) == 2
    assert all(part.startswith("Edited by Casey:\n>>> ") for part in parts)
    assert all(length(part) <= 2_000 for part in parts)
