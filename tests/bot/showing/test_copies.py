"""How a text is shown that may be too long: cut, as several messages, or as a file beside its beginning."""

import pytest

from bot.showing.texts import Copy, copy_of, plain, shortened, start_of, webhook_name, with_links

LINE = "0123456789" * 19 + "\n"
"""191 characters; ten of them and a half are a message."""


@pytest.mark.parametrize(
    ("text", "limit", "shown"),
    [("four", 4, "four"), ("five!", 4, "fiv…"), ("😀😀", 4, "😀😀"), ("😀😀!", 4, "😀…"), ("", 4, "")],
)
def test_what_is_cut_ends_with_an_ellipsis_within_the_limit(text: str, limit: int, shown: str) -> None:
    assert shortened(text, limit) == shown


def test_a_beginning_that_is_cut_in_a_block_of_code_closes_it() -> None:
    assert start_of("```\n" + "x" * 20 + "\n```", 40) == "```\n" + "x" * 20 + "\n```"
    cut = start_of("```\n" + "x" * 60 + "\n```", 40)
    assert cut == "```\n" + "x" * 31 + "\n```…"
    assert len(cut) == 40


def test_links_stand_below_the_words_each_on_a_line() -> None:
    assert with_links("See", ["a", "b"]) == "See\na\nb"
    assert with_links("", ["a"]) == "a"
    assert with_links("See", []) == "See"


def test_a_text_of_five_messages_is_shown_as_they_are() -> None:
    copy = copy_of(LINE * 50)

    assert copy.whole is None
    assert len(copy.parts) == 5
    assert "\n".join(copy.parts).split() == (LINE * 50).split()


def test_a_text_of_more_is_a_file_beside_its_beginning_and_its_links() -> None:
    copy = copy_of(LINE * 60 + "\ud800", ["https://a.example", "https://b.example"])

    (part,) = copy.parts
    start, note, *links = part.split("…\n")[0], *part.split("…\n")[1].split("\n")
    assert LINE.startswith(start[-100:].split("\n")[-1][:10])
    assert 1_300 < len(start) < 1_500
    assert note == "This is only the beginning; message.txt holds all of it."
    assert links == ["https://a.example", "https://b.example"]
    assert copy.whole == LINE.encode() * 60 + b"?"


def test_links_that_need_a_further_message_make_it_a_file_too() -> None:
    links = [f"https://a.example/{'x' * 150}" for _ in range(10)]

    assert copy_of(LINE * 48).whole is None
    assert copy_of(LINE * 48, links).whole == LINE.encode() * 48


def test_a_short_text_is_one_message() -> None:
    assert copy_of("Hello") == Copy(["Hello"])


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Ann", "Ann · requester"),
        ("  Ann \n  Lee ", "Ann Lee · requester"),
        ("", "Somebody · requester"),
        ("\u200b", "Somebody · requester"),
        ("Discord Staff", "Somebody · requester"),
        ("n" * 90, "n" * 67 + "… · requester"),
    ],
)
def test_names_of_requesters(name: str, shown: str) -> None:
    assert webhook_name(name, "requester") == shown


def test_names_and_topics_are_one_line_in_which_every_mark_is_itself() -> None:
    assert plain("a_b  *c*\n`d`") == r"a\_b \*c\* \`d\`"
