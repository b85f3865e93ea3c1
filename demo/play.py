"""Plays the main job from end to end over real sockets, and tells what each side saw at each step."""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import socketio
from socketio.exceptions import SocketIOError

from demo.people import Somebody, until
from demo.tokens import mint

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360f8cf500f0003860180"
    "5a347d6b0000000049454e44ae426082"
)
"""A PNG file of one pixel."""

CUSTOMER = {"id": "nora", "username": "Nora @everyone", "email": "nora@example.test", "role": "CUSTOMER"}
EVENTS = ("message", "edit_message", "delete_message", "ticket_closed")


class DoesNotHold(Exception):
    """Something that should be so is not."""


def holds(condition: object, what: str) -> None:
    if not condition:
        raise DoesNotHold(what)


def step(text: str) -> None:
    print(f"• {text}", flush=True)


def saw(who: str, text: str) -> None:
    print(f"    {who:<10} {text}", flush=True)


@dataclass
class Cast:
    """Everybody who takes part, and what the customer's socket has received."""

    info: Mapping[str, Any]
    session: aiohttp.ClientSession
    token: str
    heard: list[tuple[str, Any]] = field(default_factory=list)

    def somebody(self, name: str) -> Somebody:
        return Somebody(self.session, self.info["discord_url"], self.info["people"][name])

    async def api(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """What the API answers to the customer."""
        async with self.session.request(
            method,
            f"{self.info['api_url']}/api/v1{path}",
            json=body,
            headers={"Authorization": f"Bearer {self.token}"},
        ) as answer:
            result = await answer.json()
            holds(answer.status < 300, f"{method} {path} answered {answer.status}: {result}")
            return result

    async def hears(self, event: str, **fields: object) -> dict[str, Any]:
        """The event that the customer's socket hears with these fields."""

        async def look() -> dict[str, Any] | None:
            for name, payload in self.heard:
                if name == event and all(payload.get(key) == value for key, value in fields.items()):
                    return dict(payload)
            return None

        try:
            found: dict[str, Any] = await until(look)
        except TimeoutError:
            raise DoesNotHold(f"the customer did not hear {event} {fields}; heard {self.heard}") from None
        return found


async def play(info: Mapping[str, Any]) -> bool:
    """Whether all of it held."""
    token = mint(info["jwt_secret"], CUSTOMER)
    socket = socketio.AsyncClient()
    async with aiohttp.ClientSession() as session:
        cast = Cast(info, session, token)
        for event in EVENTS:
            socket.on(event, lambda payload, event=event: cast.heard.append((event, payload)))
        try:
            await socket.connect(f"{info['api_url']}?token={token}")
            await socket.call("authorize", {"token": token})
            ticket, channel = await _open(cast)
            await _talk(cast, ticket, channel)
            await _write_note(cast, ticket, channel)
            await _close(cast, ticket, channel)
        except (DoesNotHold, TimeoutError, aiohttp.ClientError, SocketIOError) as problem:
            print(f"\nIt did not hold: {problem!r}", flush=True)
            return False
        finally:
            await socket.disconnect()
    print("\nAll of it held.", flush=True)
    return True


async def _open(cast: Cast) -> tuple[dict[str, Any], str]:
    info, mara = cast.info, cast.somebody("mara")
    step("Nora opens a CRITICAL ticket for the managers")
    new = {
        "topic": "The shop is down",
        "description": "Nobody can pay. @everyone <@&1> [help](https://evil.example)",
        "issue_level": "CRITICAL",
        "support_role": "MANAGER",
    }
    ticket = await cast.api("POST", "/tickets", new)
    saw("Nora", f"201, ticket #{ticket['number']}, status {ticket['status']}")

    async def channel_of_ticket() -> Any:
        name = f"ticket-{ticket['number']:04}"
        channels = await mara.ask("GET", f"/guilds/{info['guild_id']}/channels")
        return next((it for it in channels if it.get("name") == name), None)

    channel = await until(channel_of_ticket)
    saw("Mara", f"a channel #{channel['name']}")
    holds(
        channel["parent_id"] == info["categories"]["critical"], "the channel is in the category of its level"
    )

    async def pinned_card() -> Any:
        return next((it for it in await mara.read(channel["id"]) if it["components"] and it["pinned"]), None)

    card = await until(pinned_card)
    holds(card["mention_roles"] == [info["roles"]["manager"]], "the managers are pinged, and nobody else")
    holds(not card["mention_everyone"], "the requester's text pings nobody")
    saw("Mara", f"pinged once; a pinned card: {card['components'][1]['components'][0]['content']}")
    for name, may_see in (("ada", True), ("alice", False), ("otto", False)):
        channels = await cast.somebody(name).ask("GET", f"/guilds/{info['guild_id']}/channels")
        holds(
            any(it["id"] == channel["id"] for it in channels) is may_see,
            f"{name} sees the channel: {may_see}",
        )
    saw("others", "Ada (admin) sees the channel; Alice (support) and Otto (no role) do not")
    return ticket, channel["id"]


async def _talk(cast: Cast, ticket: Mapping[str, Any], channel: str) -> None:
    mara, path = cast.somebody("mara"), f"/tickets/{ticket['id']}/messages"
    step("Nora writes, Mara answers, edits, deletes and sends a file")
    said = await cast.api("POST", path, {"content": "Is anybody there? @here"})
    there = await _in_channel(mara, channel, "Is anybody there?")
    holds("requester" in there["author"]["username"], "the name is marked as the requester's")
    holds(not there["mention_everyone"], "@here pings nobody")
    saw("Mara", f"{there['author']['username']}: {there['content']}")

    answer = await mara.write(channel, "Yes, I am looking at it.")
    heard = await cast.hears("message", content="Yes, I am looking at it.")
    saw("Nora", f"{heard['author_name']}: {heard['content']}")
    await until(lambda: _is_marked(mara, channel, answer["id"]))
    saw("Mara", "✅ on the message: it is safely stored")

    await mara.edit(channel, answer["id"], "Yes, I am on it.")
    heard = await cast.hears("edit_message", content="Yes, I am on it.")
    saw("Nora", f"edited: {heard['content']}")

    slip = await mara.write(channel, "wrong channel, sorry")
    await cast.hears("message", content="wrong channel, sorry")
    await mara.delete(channel, slip["id"])
    heard = await cast.hears("delete_message", deleted=True)
    holds(heard["content"] == "", "a deleted message has no content")
    saw("Nora", "the message is gone")

    await mara.send_file(channel, "Is this the page?", "page.png", PIXEL)
    heard = await cast.hears("message", content="Is this the page?")
    async with cast.session.get(heard["attachments"][0]) as answer_file:
        holds(await answer_file.read() == PIXEL, "the file arrives as it was sent")
    saw("Nora", f"a file: {heard['attachments'][0].rsplit('/', 1)[-1]}, {len(PIXEL)} bytes, as sent")

    step("Nora edits her message and deletes another")
    await cast.api("PATCH", f"{path}/{said['id']}", {"content": "Is anybody here?"})
    await _in_channel(mara, channel, "Is anybody here?")
    saw("Mara", "edited in the channel")
    oops = await cast.api("POST", path, {"content": "my password is swordfish"})
    await _in_channel(mara, channel, "swordfish")
    await cast.api("DELETE", f"{path}/{oops['id']}")
    await until(lambda: _is_gone(mara, channel, "swordfish"))
    saw("Mara", "the other one is gone from the channel")


async def _write_note(cast: Cast, ticket: Mapping[str, Any], channel: str) -> None:
    mara, path = cast.somebody("mara"), f"/tickets/{ticket['id']}/messages"
    step("Mara writes a note to her colleagues")
    note = await mara.write(channel, "// she sounds upset, be kind")
    await until(lambda: _is_marked(mara, channel, note["id"]))
    await mara.write(channel, "We found it.")
    await cast.hears("message", content="We found it.")
    everything = f"{cast.heard} {await cast.api('GET', path)}"
    holds("upset" not in everything, "the requester never sees a note")
    saw("Nora", "nothing of it, on the socket or in the API")


async def _close(cast: Cast, ticket: Mapping[str, Any], channel: str) -> None:
    info, mara = cast.info, cast.somebody("mara")
    step("Mara closes the ticket")
    await mara.command(info["guild_id"], channel, "close", outcome="RESOLVED", reason="The database was full")
    heard = await cast.hears("ticket_closed", id=ticket["id"])
    holds(heard["status"] == "RESOLVED", "it is resolved")
    saw("Nora", f"ticket #{heard['number']} is {heard['status']}: {heard['close_reason']}")

    async def transcript() -> Any:
        for message in await mara.read(info["transcript_channels"]["manager"]):
            if message["embeds"] and ticket["id"] in message["embeds"][0]["footer"]["text"]:
                return message
        return None

    record = await until(transcript)
    async with cast.session.get(record["attachments"][0]["url"]) as answer:
        html = await answer.text()
    holds(
        "Nobody can pay" in html and "Yes, I am on it." in html,
        "the transcript holds description and messages",
    )
    holds(not re.search(r"<script|swordfish", html), "nothing runs in it, and what was deleted is not in it")
    saw("Mara", f"a transcript: {record['attachments'][0]['filename']}, {len(html):,} characters")
    late = await mara.write(channel, "one more thing")
    await until(lambda: _is_answered(mara, channel, late["id"]))
    saw("Mara", 'what she types now is answered with "not sent"')

    async def is_removed() -> bool:
        channels = await mara.ask("GET", f"/guilds/{info['guild_id']}/channels")
        return all(it["id"] != channel for it in channels)

    async with asyncio.timeout(90):
        await until(is_removed, 90)
    saw("Mara", "the channel is gone")


async def _in_channel(who: Somebody, channel: str, words: str) -> dict[str, Any]:
    async def look() -> Any:
        return next((it for it in await who.read(channel) if words in it["content"]), None)

    found: dict[str, Any] = await until(look)
    return found


async def _is_gone(who: Somebody, channel: str, words: str) -> bool:
    return all(words not in it["content"] for it in await who.read(channel))


async def _is_marked(who: Somebody, channel: str, message: str) -> bool:
    found = next(it for it in await who.read(channel) if it["id"] == message)
    return bool(found.get("reactions"))


async def _is_answered(who: Somebody, channel: str, message: str) -> bool:
    return any(
        (it.get("message_reference") or {}).get("message_id") == message and "Not sent" in it["content"]
        for it in await who.read(channel)
    )
