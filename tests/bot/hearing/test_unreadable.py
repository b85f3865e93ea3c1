"""What Discord may send one day, and the library cannot read."""

from typing import Any

import discord

from tests.office import Office

NEW: dict[str, Any] = {
    "poll": {"question": {"text": "Which day?"}, "answers": [], "allow_multiselect": False, "expiry": None}
}
"""A poll without an end, which Discord's documents allow."""


async def test_of_a_message_with_something_new_in_it_the_words_are_taken(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    agent, state = desk_office.people["general"], desk_office.client._connection
    await desk_office.by_hand(agent.send(channel, "Hello"))
    (told,) = [it for it in desk_office.ever_posted(channel) if it["content"] == "Hello"]
    new = {**told, **NEW, "id": str(int(told["id"]) + 1), "content": "See above"}

    state.parsers["MESSAGE_CREATE"](new)
    state.parsers["MESSAGE_UPDATE"]({**new, "content": "See", "edited_timestamp": told["timestamp"]})
    state.parsers["MESSAGE_REACTION_ADD"]({})  # the session goes on
    await desk_office.env.settle()
    await desk_office.taken()

    assert [it.content for it in await desk_office.messages(ticket)] == ["Hello", "See"]
    there = desk_office.client.get_channel(channel.id)
    assert isinstance(there, discord.TextChannel)
    assert state.create_message(channel=there, data=new).content == "See above"  # type: ignore[arg-type]
