"""Two processes on one store: one leads, the other serves, follows, and takes over."""

import asyncio
import os
import signal
import sqlite3
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import socketio

from bot.program.leading import PATIENCE, TRUST
from chaos.forking import forked
from chaos.house import SECRET, Customer, House, until
from demo.processes import Running
from demo.start import guildesk_program
from demo.tokens import mint


@asynccontextmanager
async def another(house: House, *arguments: str) -> AsyncIterator[House]:
    """One more Guildesk of this house, with an API of its own."""
    second = house.beside()
    program = guildesk_program(house.data_dir, house.discord, SECRET, second.api_port)
    log_file = second.data_dir / second.log_name
    second.guildesk = Running(
        replace(
            program,
            arguments=[*program.arguments, *arguments],
            environment={**program.environment, **house.settings},
            log_file=log_file,
            ready=(lambda: until(lambda: _says(log_file, "connected to Discord")))
            if "bot" in arguments
            else program.ready,
        ),
        lambda: None,
        forked,
    )
    await second.guildesk.start()
    try:
        yield second
    finally:
        _signal(second, signal.SIGCONT)
        await second.guildesk.stop()


async def _says(log_file: Any, words: str) -> bool:
    return words in log_file.read_text()


def _signal(house: House, number: int) -> None:
    assert house.guildesk is not None
    if house.guildesk.exit_code is None:
        os.kill(house.guildesk.pid, number)


async def _stand_still(house: House) -> None:
    """Stop the process, but not within a write: its lock on the file would stop the other one as well."""
    assert house.guildesk is not None
    threads = Path(f"/proc/{house.guildesk.pid}/task")

    async def all_stopped() -> bool:
        """On a busy machine other threads go on until one of them has heard of the signal."""
        try:
            told = [(it / "stat").read_text() for it in threads.iterdir()]
        except OSError:  # one of them has ended meanwhile
            return False
        return all(it.rpartition(")")[2].split()[0] == "T" for it in told)

    with closing(sqlite3.connect(house.store_file, timeout=1, isolation_level=None)) as store:

        async def stands_still() -> bool:
            _signal(house, signal.SIGSTOP)
            await until(all_stopped)
            try:
                store.execute("BEGIN IMMEDIATE")
                store.execute("ROLLBACK")
            except sqlite3.OperationalError:
                _signal(house, signal.SIGCONT)
                return False
            return True

        await until(stands_still)


async def readiness(house: House) -> dict[str, Any]:
    async with house.session.get(f"{house.api_url}/readyz") as answer:
        return {"http": answer.status, **await answer.json()}


async def leads(house: House) -> float:
    """Wait until the process leads and is connected; the seconds that this took."""

    async def look() -> bool:
        now = await readiness(house)
        return bool(now["role"] == "leader" and now["http"] == 200)

    started = time.monotonic()
    await until(look, 60)
    return time.monotonic() - started


@asynccontextmanager
async def ear(customer: Customer) -> AsyncIterator[list[str]]:
    """A socket that is told of everything, one's own doing too; the texts of messages that it hears."""
    heard: list[str] = []
    async with AsyncExitStack() as stack:
        ear = socketio.AsyncClient()
        ear.on("message", lambda message: heard.append(message["content"]))
        await ear.connect(customer.house.api_url)
        stack.push_async_callback(ear.disconnect)
        assert (await ear.call("authorize", {"token": customer.token, "echo": True}))["ok"]
        yield heard


THE_END = "That is all."


async def all_hear(words: list[str], *ears: list[str], customer: Customer, ticket: Mapping[str, Any]) -> None:
    """They hear this, and nothing else before what is said next."""

    async def look(count: int) -> bool:
        return all(len(heard) >= count for heard in ears)

    await until(partial(look, len(words)))
    await customer.post(ticket, THE_END)
    await until(partial(look, len(words) + 1))
    for heard in ears:
        assert heard == [*words, THE_END]


async def was_read_once(
    customer: Customer, ticket: Mapping[str, Any], channel: str, words: list[str]
) -> None:
    """What requesters wrote came to the channel once and in order, and nothing else before what is said next:
    by then whoever is in charge has gone through all of it."""
    await customer.house.hears(channel, words)
    await customer.post(ticket, THE_END)
    await customer.house.hears_once(channel, [*words, THE_END])


async def test_the_second_one_follows_and_serves(house: House) -> None:
    async with another(house) as second:
        ticket = await second.customer().open()
        channel = await house.channel_of(ticket)
        first_now, second_now = await readiness(house), await readiness(second)

        assert (first_now["role"], second_now["role"]) == ("leader", "follower")
        assert second_now["http"] == 200
        assert second_now["discord"].startswith("left to ")
        status, seen = await second.customer().ask("GET", f"/tickets/{ticket['id']}")
        assert (status, seen["discord"]["state"], seen["discord"]["channel_id"]) == (200, "open", channel)


async def test_what_is_posted_at_either_reaches_discord_once_and_the_sockets_of_both(house: House) -> None:
    async with another(house) as second, ear(house.customer()) as here, ear(second.customer()) as there:
        ticket = await second.customer().open()
        channel = await house.channel_of(ticket)

        for n in range(10):
            await (house, second)[n % 2].customer().post(ticket, f"{n}")
        await house.hears_once(channel, [f"{n}" for n in range(10)])
        await house.somebody("ada").write(channel, "Hello both")

        await all_hear(
            [*(f"{n}" for n in range(10)), "Hello both"],
            here,
            there,
            customer=second.customer(),
            ticket=ticket,
        )
        assert [it["content"] for it in await house.customer().messages(ticket)][-2] == "Hello both"


async def test_news_of_the_other_process_come_at_once(house: House) -> None:
    async with another(house) as second, ear(house.customer()) as here, ear(second.customer()) as there:
        ticket = await house.customer().open()
        channel = await house.channel_of(ticket)
        await until(partial(_is_idle, house))

        took = []
        for n in range(5):
            started = time.monotonic()
            await second.customer().post(ticket, f"{n}")
            await until(partial(_has, here, f"{n}"), 30)
            took.append(time.monotonic() - started)
        assert min(took) < 1
        await house.somebody("ada").write(channel, "staff")
        await until(lambda: _has(there, "staff"), 30)


async def _is_idle(house: House) -> bool:
    return not house.backlog()


async def _has(heard: list[str], words: str) -> bool:
    return words in heard


async def test_when_the_leader_is_killed_the_follower_leads_and_nothing_is_lost_or_doubled(
    house: House,
) -> None:
    async with another(house) as second, ear(second.customer()) as heard:
        casey, ada = second.customer(), house.somebody("ada")
        ticket = await casey.open()
        channel = await house.channel_of(ticket)
        posting = asyncio.create_task(_post_many(casey, ticket, 60))
        await until(partial(_reads_some, house, channel, 10))

        await house.kill_guildesk()
        await ada.write(channel, "Is anybody there?")
        took = await leads(second)
        words = await posting

        assert took < 30
        await was_read_once(casey, ticket, channel, words)
        await until(lambda: _has(heard, "Is anybody there?"))
        await until(lambda: _has(heard, THE_END))
        assert sorted(heard) == sorted([*words, "Is anybody there?", THE_END])


async def _reads_some(house: House, channel: str, count: int) -> bool:
    return len(await house.said_by_requesters(channel)) >= count


async def _post_many(customer: Customer, ticket: Mapping[str, Any], count: int) -> list[str]:
    for n in range(count):
        await customer.post(ticket, f"word {n}")
    return [f"word {n}" for n in range(count)]


async def test_a_leader_that_stood_still_doubles_nothing_and_follows(house: House) -> None:
    async with another(house) as second:
        casey = second.customer()
        tickets = [await casey.open() for _ in range(4)]
        channels = [await house.channel_of(ticket) for ticket in tickets]
        posting = [asyncio.create_task(_post_many(casey, ticket, 30)) for ticket in tickets]
        await until(partial(_reads_some, house, channels[-1], 3))

        await _stand_still(house)
        await leads(second)
        await asyncio.gather(*posting)
        await house.somebody("ada").write(channels[0], "from staff")
        _signal(house, signal.SIGCONT)
        await until(partial(_follows, house))

        for ticket, channel, words in zip(tickets, channels, [await it for it in posting], strict=True):
            await was_read_once(casey, ticket, channel, words)
        said = [it["content"] for it in await house.customer().messages(tickets[0])]
        assert said.count("from staff") == 1
        assert len(said) == 32


async def test_a_leader_that_stood_still_within_a_message_sends_no_more_of_it(house: House) -> None:
    async with another(house) as second:
        casey = second.customer()
        ticket = await casey.open()
        channel = await house.channel_of(ticket)
        await house.fault(method="POST", path=r"/webhooks/\d+/", count=1, delay=1)
        words = " ".join(str(n) for n in range(1000))

        await casey.post(ticket, words)
        await until(lambda: _none_left(house))
        await _stand_still(house)
        await leads(second)
        await until(lambda: _is_whole(house, channel, words))
        _signal(house, signal.SIGCONT)
        await until(partial(_follows, house))

        parts = await house.said_by_requesters(channel)
        assert len(parts) > 1
        await was_read_once(casey, ticket, channel, parts)


async def _follows(house: House) -> bool:
    return bool((await readiness(house))["role"] == "follower")


async def _none_left(house: House) -> bool:
    return not await house.faults_left()


async def _is_whole(house: House, channel: str, words: str) -> bool:
    return " ".join(await house.said_by_requesters(channel)).split() == words.split()


async def test_after_a_clean_stop_the_follower_leads_at_once(house: House) -> None:
    async with another(house) as second:
        casey = second.customer()
        ticket = await casey.open()
        channel = await house.channel_of(ticket)
        assert house.guildesk is not None

        stopping = asyncio.create_task(house.guildesk.stop())
        await casey.post(ticket, "while it stops")
        await stopping
        took = await leads(second)

        assert took < TRUST
        assert house.guildesk.exit_code == 0
        await was_read_once(casey, ticket, channel, ["while it stops"])


async def test_a_killed_process_that_is_alone_leads_again_at_once(house: House) -> None:
    await house.kill_guildesk()

    started = time.monotonic()
    await house.start_guildesk()
    await leads(house)

    assert time.monotonic() - started < PATIENCE


async def test_one_for_the_api_and_one_for_the_bot_do_the_whole_job(house: House) -> None:
    assert house.guildesk is not None
    await house.guildesk.stop()
    async with another(house, "--only", "bot") as bot, another(house, "--only", "api") as api:
        casey, ada = api.customer(), house.somebody("ada")
        async with ear(casey) as heard:
            ticket = await casey.open()
            channel = await house.channel_of(ticket)
            await casey.post(ticket, "It is broken")
            await house.hears(channel, ["It is broken"])
            await ada.write(channel, "Try again")
            await all_hear(["It is broken", "Try again"], heard, customer=casey, ticket=ticket)
            await ada.command(house.discord["guild_id"], channel, "close", anyway=True)
            await until(lambda: house.is_removed(channel))

        status, closed = await casey.ask("GET", f"/tickets/{ticket['id']}")
        assert (status, closed["status"]) == (200, "RESOLVED")
        assert (await readiness(api))["role"] == "api"

        await bot.kill_guildesk()
        await casey.open()
        async with another(house, "--only", "bot") as next_bot:
            await until(lambda: _says(next_bot.data_dir / next_bot.log_name, "leading, as"), 30)
            now = await readiness(api)
        assert (now["http"], now["role"]) == (200, "api")


async def test_typing_and_reading_cross_from_process_to_process(house: House) -> None:
    assert house.guildesk is not None
    await house.guildesk.stop()
    async with (
        another(house, "--only", "bot"),
        another(house, "--only", "api") as api,
        another(house, "--only", "api") as second,
        quiet_ear(second) as phone,
    ):
        casey = api.customer()
        ticket = await casey.open()
        channel = await house.channel_of(ticket)
        await house.somebody("ada").write(channel, "Hello")
        said = await until(lambda: _first_message(casey, ticket))

        before = await house.requests_so_far()
        async with quiet_ear(api, role="AGENT") as agent:
            assert (await agent.call("watch", {"ticket_id": ticket["id"]}))["ok"]
            assert (await agent.call("typing", {"ticket_id": ticket["id"]}))["ok"]
            told = await phone.until("typing")
            assert (told["ticket_id"], told["author_name"]) == (ticket["id"], "Sam")
            seen = {"ticket_id": ticket["id"], "message_id": said["id"]}
            await until(lambda: _is_shown(house, before, f"/channels/{channel}/typing"))
            before = await house.requests_so_far()
            assert (await phone.call("read", seen))["ok"]
            assert (await agent.until("read")).items() >= seen.items()
            await until(lambda: _is_shown(house, before, f"/channels/{channel}/messages/"))

        await house.somebody("ada").ask("POST", f"/channels/{channel}/typing")
        assert (await phone.until("typing", 2))["author_name"] != "Sam"


class QuietEar:
    """A socket that keeps what was only whispered."""

    def __init__(self, socket: socketio.AsyncClient) -> None:
        self._heard: list[tuple[str, Any]] = []
        self._socket = socket
        for name in ("typing", "read"):
            socket.on(name, lambda told, name=name: self._heard.append((name, told)))

    async def call(self, name: str, said: object) -> Any:
        return await self._socket.call(name, said, timeout=30)

    async def until(self, name: str, count: int = 1) -> dict[str, Any]:
        """Wait until this was heard so often, and give the last."""

        async def look() -> list[Any]:
            found = [told for heard, told in self._heard if heard == name]
            return found if len(found) >= count else []

        return dict((await until(look, 5))[-1])


@asynccontextmanager
async def quiet_ear(house: House, role: str = "CUSTOMER") -> AsyncIterator[QuietEar]:
    """On a socket of Casey's, or of Sam's of staff."""
    casey = house.customer("casey" if role == "CUSTOMER" else "sam")
    claims = {"id": casey.name, "username": casey.name.title(), "email": "a@b.test", "role": role}
    token = mint(SECRET, claims)
    socket = socketio.AsyncClient()
    ear = QuietEar(socket)
    await socket.connect(house.api_url, auth={"token": token})
    try:
        assert (await socket.call("authorize", {"token": token}))["ok"]
        yield ear
    finally:
        await socket.disconnect()


async def _first_message(customer: Customer, ticket: Mapping[str, Any]) -> dict[str, Any] | None:
    return next(iter(await customer.messages(ticket)), None)


async def _is_shown(house: House, since: int, path: str) -> bool:
    """Whether Discord was told by a request to this path; a card is edited, typing posted."""
    return any(path in it["path"] for it in await house.requests_since(since) if it["method"] != "GET")
