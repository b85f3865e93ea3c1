"""Every kind of message has a text: nothing is left out silently."""

from types import SimpleNamespace
from typing import Any, cast

import discord
import pytest

from bot.hearing.contents import file_of, fit, text_of, too_large


def message(**parts: Any) -> discord.Message:
    """As much of a Discord message as its text is made of."""
    empty: dict[str, Any] = {
        "content": "",
        "mentions": [],
        "role_mentions": [],
        "channel_mentions": [],
        "guild": SimpleNamespace(),
        "stickers": [],
        "poll": None,
        "message_snapshots": [],
    }
    return cast(discord.Message, SimpleNamespace(**{**empty, **parts}))


def attachment(size: int, content_type: str | None = "image/PNG; charset=binary") -> discord.Attachment:
    made = SimpleNamespace(id=77, filename="a.png", size=size, content_type=content_type)
    return cast(discord.Attachment, made)


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({"stickers": [SimpleNamespace(name="Wave")]}, "[Sticker: Wave]"),
        (
            {"poll": SimpleNamespace(question="Lunch?", answers=[SimpleNamespace(text="Yes")])},
            "[Poll: Lunch? – Yes]",
        ),
        (
            {"message_snapshots": [SimpleNamespace(content="look", attachments=[attachment(1)])]},
            "[Forwarded]\nlook\n[Forwarded file: a.png]",
        ),
    ],
)
def test_what_is_no_words_has_a_line_all_the_same(parts: dict[str, Any], expected: str) -> None:
    assert text_of(message(**parts)) == expected


def test_words_come_before_the_other_things() -> None:
    said = message(content="Hi", stickers=[SimpleNamespace(name="Wave")])

    assert text_of(said) == "Hi\n[Sticker: Wave]"


def test_what_nobody_sees_is_not_passed_on() -> None:
    turned = SimpleNamespace(id=123456789012345678, display_name="\u202eyesaC")
    said = message(content="\ufeff<@123456789012345678>:\u200b \x1b[0m\x0b\u2067\u05d0", mentions=[turned])

    assert text_of(said) == "@yesaC: [0m\n\u2067\u05d0\u2069"
    assert text_of(message(content="\u200b\u2800\ufe0f")).strip("\u2800") == ""


def test_an_unknown_mention_stays_as_it_is() -> None:
    assert text_of(message(content="<@123456789012345678>")) == "<@123456789012345678>"


@pytest.mark.parametrize(
    ("shown_by_discord", "read_by_requesters"),
    [
        ("<t:1700000000>", "2023-11-14 22:13 UTC"),
        ("until <t:1700000000:R>, then", "until 2023-11-14 22:13 UTC, then"),
        ("<t:1700000000:t>", "22:13 UTC"),
        ("<t:1700000000:T>", "22:13:20 UTC"),
        ("<t:1700000000:D>", "2023-11-14"),
        ("<t:-1:F>", "1969-12-31 23:59 UTC"),
        ("<t:99999999999999999>", "<t:99999999999999999>"),
        ("<t:soon>", "<t:soon>"),
        ("try </close now:123456789012345678>", "try /close now"),
        ("<a:party_parrot:123456789012345678>", ":party_parrot:"),
    ],
)
def test_what_discord_shows_in_its_own_way_is_put_into_words(
    shown_by_discord: str, read_by_requesters: str
) -> None:
    assert text_of(message(content=shown_by_discord)) == read_by_requesters


def test_the_same_file_has_the_same_id() -> None:
    assert file_of(attachment(5)) == file_of(attachment(5))
    assert file_of(attachment(5)).type == "image/png"
    assert file_of(attachment(5, None)).type == "application/octet-stream"


def test_a_file_over_the_limit_is_told_of() -> None:
    small, large = attachment(10), attachment(11)

    assert list(fit([small, large], 10)) == [small]
    assert too_large([small, large], 10) == [
        "[A file was too large to be passed on: a.png, 11 bytes]",
    ]
