"""Edits of requesters that cannot be shown in place are replies."""

import discord
from simcord import ChannelHandle

from tests.office import CASEY, Office
from tickets.desks.ticket_desk import Said
from tickets.model import Message, Ticket

LONG = "\n".join(f"{number} {'word ' * 50}" for number in range(12))
"""Two messages."""
ENDLESS = LONG * 8
"""More than a handful."""


async def edited(office: Office, ticket: Ticket, message: Message, text: str) -> None:
    await office.desk.edit(CASEY, ticket.id, message.id, Said(text))
    await office.shown()


def replies(channel: ChannelHandle) -> list[str]:
    return [it.content for it in channel.history() if "Edited by Casey" in it.content]


async def test_an_edit_is_shown_though_somebody_has_removed_what_it_replies_to(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    message = await desk_office.say(ticket, "Short")
    (copy,) = [it for it in channel.history() if it.webhook_id]
    await desk_office.by_hand(desk_office.client.http.delete_message(channel.id, copy.id))

    await edited(desk_office, ticket, message, LONG)

    assert replies(channel)
    assert (await desk_office.messages(ticket))[0].delivery == "DELIVERED"


async def test_a_reply_that_shows_a_long_edit_has_all_of_it_in_a_file(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    message = await desk_office.say(ticket, "Short")
    there = desk_office.client.get_channel(channel.id)
    assert isinstance(there, discord.TextChannel)
    (webhook,) = await there.webhooks()
    await desk_office.by_hand(webhook.delete())

    await edited(desk_office, ticket, message, ENDLESS)

    (reply,) = [it for it in channel.history() if "Edited by Casey" in it.content]
    (file,) = [file for it in channel.history() if it.id >= reply.id for file in it.attachments]
    assert (file.filename, (await file.read()).decode()) == ("message.txt", ENDLESS)


async def test_every_line_of_the_bot_s_has_a_nonce_of_its_own(desk_office: Office) -> None:
    ticket, _ = await desk_office.open()
    before = len(desk_office.env.http_requests)

    await desk_office.desk.add_note(desk_office.caller("admin"), ticket.id, Said(LONG))
    await desk_office.desk.add_note(desk_office.caller("admin"), ticket.id, Said(LONG))
    await desk_office.shown()

    posted = [it.json for it in desk_office.env.http_requests[before:] if it.path.endswith("/messages")]
    nonces = [str(it["nonce"]) for it in posted if it and it.get("enforce_nonce")]
    assert len(nonces) == len(posted) >= 4
    assert len(set(nonces)) == len(nonces)
    assert max(map(len, nonces)) <= 25


async def test_replies_ping_nobody_and_go_with_the_message(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    message = await desk_office.say(ticket, "Short")
    before = len(desk_office.env.http_requests)

    await edited(desk_office, ticket, message, f"@everyone {LONG}")
    await edited(desk_office, ticket, message, f"Again, @here {LONG}")
    shown = replies(channel)
    await desk_office.desk.delete(CASEY, ticket.id, message.id)
    await desk_office.shown()

    asked = [it for it in desk_office.env.http_requests[before:] if it.method == "POST"]
    sent = [it.json for it in asked if it.json and it.path == f"/channels/{channel.id}/messages"]
    assert len(sent) == 5  # the last one is the line that says so
    assert len({it["nonce"] for it in sent}) == 5
    assert [it["allowed_mentions"]["parse"] for it in sent] == [[]] * 5
    assert len(shown) >= 2
    assert not any(it["mention_everyone"] for it in desk_office.ever_posted(channel))
    assert [it.content for it in channel.history() if "word" in it.content] == []
