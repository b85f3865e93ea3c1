"""What a requester wrote, quoted back by staff, is what they wrote: nothing that is added to a copy stays."""

from types import SimpleNamespace
from typing import Any, cast

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.hearing.contents import text_of
from bot.hearing.mentions import Called
from bot.showing.texts import harmless
from tests.bot.showing.test_code import PIECES
from tests.cards import card_in, texts
from tests.office import Office
from tickets.characters import clean_text


def quoted(content: str) -> discord.Message:
    """A message of staff's with these words."""
    parts: dict[str, Any] = {
        "content": content,
        "author": SimpleNamespace(bot=False),
        "webhook_id": None,
        "guild": None,
        "stickers": [],
        "poll": None,
        "attachments": [],
        "message_snapshots": [],
        "activity": None,
    }
    return cast(discord.Message, SimpleNamespace(**parts))


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=6), max_size=40))
def test_what_is_quoted_back_is_what_was_written(pieces: list[str]) -> None:
    written = clean_text("".join(pieces))

    assert text_of(quoted(harmless(written)), Called()) == written


TEXTS = [
    "Try `</script> <@123456789012345678>` and [a](https://b.example)",
    "```py\nprint('<#1> @everyone')\n```",
    "unclosed ``` <@&12> </a:1>",
    "<t:1700000000:s> <id:guide> <:wave:123456789012345678> </close now:12>",
    "-# small\n> -# quoted\n`a\\b`",
    "https://a.example/?a[0](b) @here",
]


@pytest.mark.parametrize("text", TEXTS)
async def test_staff_quotes_a_requester(desk_office: Office, text: str) -> None:
    ticket, channel = await desk_office.open(description=text)
    await desk_office.say(ticket, text)
    copy = channel.last_message
    assert copy is not None
    description = next(it for it in texts(card_in(channel)) if it.startswith(">>> "))

    for content in (copy.content, description.removeprefix(">>> ")):
        await desk_office.people["general"].send(channel, content)
    await desk_office.taken()

    assert [it.content for it in await desk_office.messages(ticket)] == [text] * 3
    assert (copy.mentions, copy.role_mentions, copy.mention_everyone) == ([], [], False)
