"""All kinds of hostile clients, to be let loose at once."""

import asyncio
import json
import random
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from chaos.hostile import bombs, endless, forms, leaving, slow
from chaos.hostile.crowds import flood, pipeline
from chaos.hostile.target import Target
from chaos.hostile.websocket import Kind, frame, websocket

HELD: Final = 5.0
"""Seconds that a flood of connections is held open."""
ENDS_WITHIN: Final = 90.0


@dataclass(frozen=True)
class Attack:
    """``at_once`` clients do this again and again, each with a pause of so many seconds."""

    name: str
    run: Callable[[Target], Awaitable[object]]
    at_once: int = 1
    pause: float = 1.0


async def _form(target: Target) -> None:
    begin, rest = random.choice(list(forms.FLOODS.values()))
    await forms.upload(target, forms.cut(begin + rest))


async def _small_chunks(target: Target) -> None:
    await forms.upload(target, forms.cut(forms.BEGIN + b"x" * 30_000, size=1))


async def _bomb(target: Target) -> None:
    await bombs.throw(target, random.choice(bombs.ROUTES), random.choice(bombs.ENCODINGS))


async def _endless(target: Target) -> None:
    await endless.send_on(target, *random.choice(list(endless.KINDS.values())), within=ENDS_WITHIN)


async def _slow(target: Target) -> None:
    await slow.dawdle(target, random.choice(list(slow.KINDS)))


async def _take_nothing(target: Target) -> None:
    await slow.ask_and_take_nothing(target, random.choice([target.file, "/openapi.json"]), 50)


async def _crowd(target: Target) -> None:
    addresses = [f"127.0.1.{number}" for number in range(1, 21)]
    say = random.choice([b"", b"GET /hea", b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"])
    async with flood(target.port, addresses, 100, say):
        await asyncio.sleep(HELD)


async def _pipeline(target: Target) -> None:
    await pipeline(target, random.choice(["/healthz", "/nowhere", "/api/v1/tickets"]), 500)


async def _hang_up(target: Target) -> None:
    for kind in leaving.REQUESTS:
        await leaving.ask_and_go(target, kind, without_a_word=random.random() < 0.5)


async def _bad_tokens(target: Target) -> None:
    for token in ("", "x" * 8_000, "a.b.c", "eyJhbGciOiJub25lIn0.e30."):
        bad = replace(target, token=token)
        await pipeline(bad, f"/api/v1/tickets?token={token[:20]}", 20)


PACKETS: Final[Mapping[str, bytes]] = {
    "attachments": frame('451-["x",{"_placeholder":true,"num":0}]') + frame(bytes(60_000)) * 16,
    "events": frame('42["typing",{"ticket_id":"1"}]') * 2_000,
    "namespaces": frame("40/" + "x" * 60 + ",") * 4_000,
    "pings": frame(b"", Kind.PING) * 40_000,
    "deep JSON": frame('42["authorize",' + '{"a":' * 900 + "1" + "}" * 900 + "]") * 200,
}


async def _packets(target: Target) -> None:
    packets = random.choice(list(PACKETS.values()))
    async with websocket(target.port, address=target.address) as raw, asyncio.timeout(20):
        for _ in range(20):
            raw.writer.write(packets)
            await raw.writer.drain()


async def _silent_sockets(target: Target) -> None:
    async with websocket(target.port, address=target.address) as raw:
        await target.is_left(raw)


TEXTS: Final = ("`" * 4_000, "```\n```\n" * 500, "](" * 2_000, "@everyone " * 400, "\u202e" * 3_999 + "x")


async def _texts(target: Target) -> None:
    body = json.dumps({"content": random.choice(TEXTS)}).encode()
    async with target.connected() as raw:
        await raw.send(
            f"POST /api/v1/tickets/{target.ticket}/messages HTTP/1.1",
            *(target.shown, "Content-Type: application/json", f"Content-Length: {len(body)}"),
            body=body,
        )
        await raw.body(await raw.head())


ATTACKS: Final = (
    Attack("forms that hold no file", _form, at_once=2),
    Attack("files in the smallest of chunks", _small_chunks, at_once=2),
    Attack("bodies that unpack to 200 MB", _bomb, at_once=2),
    Attack("requests without an end", _endless, at_once=4, pause=2.0),
    Attack("slow connections", _slow, at_once=300, pause=0.1),
    Attack("readers that take nothing", _take_nothing, at_once=40, pause=0.1),
    Attack("2,000 connections of 20 addresses", _crowd, pause=3.0),
    Attack("500 requests at once", _pipeline, at_once=2, pause=2.0),
    Attack("hanging up", _hang_up),
    Attack("bad tokens", _bad_tokens),
    Attack("packets that sockets do not take", _packets, at_once=2),
    Attack("sockets without a token", _silent_sockets, at_once=50, pause=0.5),
    Attack("texts that are made to hurt", _texts, pause=5.0),
)


def addresses() -> Iterator[str]:
    """An address of its own for each attack."""
    return (f"127.0.0.{number}" for number in range(66, 66 + len(ATTACKS)))
