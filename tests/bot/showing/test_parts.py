"""Long texts reach Discord in few parts: nothing is lost, code stays code, whatever the text is made of."""

import re
import sys
from collections.abc import Callable, Iterator
from math import ceil
from types import FrameType
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.showing.parts import length, split
from bot.showing.texts import harmless

NASTY = [
    *(
        "`",
        "``",
        "```",
        "````",
        "`````",
        "```py\n",
        "````\n",
        "\n```",
        "```\n",
        "~~~\n",
        "~~~~~~\n",
        "`" * 30,
    ),
    *(
        "\n",
        "\r\n",
        " ",
        "\t",
        "\u200b",
        "\u200d",
        "\ufeff",
        "\u0301",
        "\\",
        "*",
        "_",
        "|",
        "> ",
        ">>> ",
        "# ",
    ),
    *("](", "@everyone", "<@", "</", "<#1", "[a](https://x.example)", "word ", "a", "x" * 97, "- item\n"),
    *(
        "😀",
        "👩\u200d👩\u200d👧\u200d👦",
        "👋🏽",
        "🇩🇪",
        "🏴\U000e0067\U000e0062\U000e007f",
        "❤\ufe0f",
        "𝔘",
        "\U0010ffff",
    ),
]
RECIPES = st.lists(
    st.tuples(
        st.lists(st.sampled_from(NASTY) | st.text(max_size=9), min_size=1, max_size=4), st.integers(1, 1_500)
    ),
    min_size=1,
    max_size=4,
)
"""What is repeated how often, one after the other."""
Recipe = list[tuple[list[str], int]]


def cooked(recipe: Recipe) -> str:
    return harmless("".join("".join(pieces) * times for pieces, times in recipe)[:12_000])


@given(RECIPES)
@example([(["`"], 4_000)])
@example([(["x" * 1_000 + "\n"], 4)])
@example([(["```" + "y" * 20 + "\n"], 1), (["z "], 1_990)])
@example([(["😀"], 4_000)])
@example([(["]("], 2_000)])
def test_no_part_is_wasted_and_none_is_too_long(recipe: Recipe) -> None:
    text = cooked(recipe)

    parts = split(text)

    assert len(parts) <= ceil(length(text) / 1_900) + 2
    assert all(0 < length(part) <= 2_000 and part.strip() for part in parts)


@given(RECIPES)
def test_every_character_is_there_in_its_place(recipe: Recipe) -> None:
    text = cooked(recipe).replace("`", "")

    kept = "".join(split(text))

    assert re.sub(r"\s", "", kept) == re.sub(r"\s", "", text)


@given(RECIPES)
def test_what_is_added_are_fences_with_their_languages(recipe: Recipe) -> None:
    text = cooked(recipe)

    kept = "".join(split(text))

    frame = re.compile(r"[`\s\w+.#-]")
    assert frame.sub("", kept) == frame.sub("", text)
    assert len(kept) <= len(text) + 60 * (len(split(text)) + 1)


FENCES = st.builds(
    lambda width, language, lines: f"{'`' * width}{language}\n{''.join(lines)}\n{'`' * width}",
    st.integers(3, 8),
    st.sampled_from(["", "py", "c++", "objective-c"]),
    st.lists(st.sampled_from(["X", "Y Z", "\n", "  X\n", "X" * 120 + "\n"]), min_size=1, max_size=300),
)
PROSE = st.lists(st.sampled_from(["a", "b c", "\n", "d" * 120, "e \n"]), max_size=300).map("".join)


def blocks_of(part: str) -> Iterator[tuple[bool, str]]:
    """What is code in a message and what is not, as a reader finds it."""
    fence = ""
    for piece in re.split("(`{3,})", part):
        if piece.startswith("```") and (not fence or len(piece) >= len(fence)):
            fence = "" if fence else piece
        else:
            yield bool(fence), piece


@given(st.lists(FENCES | PROSE, max_size=12))
def test_code_is_code_in_every_part_and_prose_in_none(pieces: list[str]) -> None:
    text = "\n".join(pieces)

    parts = split(text)

    for part in parts:
        shown = list(blocks_of(part))
        assert not shown[-1][0] or shown[-1][1] == "", "a block is not closed"
        for is_code, piece in shown:
            code, prose = re.search("[X-Z]", piece), re.search("(?<![-+a-z])[a-e](?![-+a-z])|d{20}", piece)
            assert not (prose if is_code else code), piece
    assert "".join(re.findall("[X-Z]", "".join(parts))) == "".join(re.findall("[X-Z]", text))


@pytest.mark.parametrize("width", range(3, 9))
def test_a_block_that_nobody_closed_is_one_in_every_part(width: int) -> None:
    fence = "`" * width

    parts = split(f"{fence}py\n" + "print('hello')\n" * 300)

    assert len(parts) == 3
    assert all(part.startswith(f"{fence}py\n") and part.endswith(f"\n{fence}") for part in parts)


def test_indents_in_code_survive_a_cut() -> None:
    parts = split("```\n" + "        deep\n" * 400 + "```")

    assert {line for part in parts for line in part.splitlines()} == {"```", "        deep"}


def test_three_backticks_in_a_sentence_make_no_code_of_what_follows() -> None:
    text = "Type ``` to begin. " + "word " * 1_000

    assert sum(part.count("```") for part in split(text)) == 1


@pytest.mark.parametrize(
    "emoji", ["👩\u200d👩\u200d👧\u200d👦", "👋🏽", "🇩🇪", "e\u0301", "\\*", "❤\ufe0f\u200d🔥"]
)
def test_no_character_is_torn_apart(emoji: str) -> None:
    for shift in range(len(emoji)):
        text = "x" * shift + emoji * 1_500

        for part in split(text):
            assert part.lstrip("x").replace(emoji, "") == ""


def test_a_short_text_is_not_touched() -> None:
    assert split("  ```py\nopen") == ["  ```py\nopen"]


class Counted(str):
    """A text that counts the characters which methods and slices look at."""

    looked_at = 0

    def __getitem__(self, key: Any) -> str:
        found = str.__getitem__(self, key)
        Counted.looked_at += len(found)
        return found

    def __add__(self, other: str) -> str:
        Counted.looked_at += len(self)
        return Counted(str(self) + other)

    def isascii(self) -> bool:
        Counted.looked_at += len(self)
        return False


def work(act: Callable[[], object]) -> int:
    """Lines of Python that are run, and characters that are looked at on the way."""
    lines = 0

    def count(_: FrameType, event: str, __: object) -> Any:
        nonlocal lines
        lines += event == "line"
        return count

    Counted.looked_at = 0
    before = sys.gettrace()
    sys.settrace(count)
    try:
        act()
    finally:
        sys.settrace(before)
    return lines + Counted.looked_at


SHAPES = [
    "`",
    "```",
    "```\n",
    "```py\nx\n```\n",
    "````\n```\n",
    "``` ",
    "`" * 12 + "\n",
    "\n",
    " ",
    "\\",
    "*",
    "😀",
]


@pytest.mark.parametrize(
    "shape", [*SHAPES, "e\u0301\u0301", "🇩🇪", "👩\u200d", "~~~\n", "> > >", "x", "```x\n"]
)
def test_the_work_grows_with_the_text_and_not_faster(shape: str) -> None:
    short, long = (Counted(shape * (size // len(shape))) for size in (8_000, 80_000))

    assert work(lambda: split(long)) <= 12 * work(lambda: split(short))


SEEN_AS_ONE = (
    *("\\*", "**", "__", "~~", "||", "e\u0300", "e\u0301", "क\u093e"),
    *("🇦🇿", "🇿🇦", "🇩🇪", "👍🏻", "👍🏿", "👩\u200d"),
)


@pytest.mark.parametrize("one", SEEN_AS_ONE)
def test_what_is_seen_as_one_is_not_torn_apart(one: str) -> None:
    before = "x" * (60 - length(one[0]))

    first, second, *_ = split(before + one + "y" * 80, 60)

    assert (first, second[: len(one)]) == (before, one)


APART = [("", "y"), ("", "*"), ("x", "_"), ("\\\\", "*"), ("\\\\", "y"), ("🇩🇪", "🇫🇷"), ("é", "é")]


@pytest.mark.parametrize(("before", "behind"), APART)
def test_where_nothing_belongs_together_a_part_is_full(before: str, behind: str) -> None:
    full = "x" * (60 - length(before)) + before

    first, second, *_ = split(full + behind + "y" * 80, 60)

    assert (first, second[: len(behind)]) == (full, behind)
