"""Every kind of message has a text: nothing is left out silently."""

from types import SimpleNamespace
from typing import Any, cast

import discord
import pytest

from cogs.contents import file_of, fit, text_of, too_large


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


def test_an_unknown_mention_stays_as_it_is() -> None:
    assert text_of(message(content="<@123456789012345678>")) == "<@123456789012345678>"


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
