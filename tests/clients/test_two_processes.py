"""The client library before two processes on one server of MongoDB's protocol, at one address that goes to
either of them."""

from pathlib import Path

import pytest

from chaos.house import Customer, House, housed, until
from chaos.stores import MongoStore
from tests.clients.clients import Cable, Client, running
from tests.clients.conftest import needs_sockets

pytestmark = [needs_sockets, pytest.mark.slow]


async def fed(customer: Customer, after: str) -> list[tuple[str, str]]:
    """What the feed says since a position: name and id of each event, in order."""
    _, events = await customer.ask("GET", f"/events?after={after}")
    return [(it["event"], it["event_id"]) for it in events]


async def hear_the_same(customer: Customer, after: str, *clients: Client) -> None:
    """Wait until they all heard what the feed says."""
    expected = await fed(customer, after)

    async def look() -> bool:
        return all(client.heard[-1:] == expected[-1:] for client in clients)

    try:
        await until(look, 60)
    finally:
        for client in clients:
            assert client.heard == expected


async def test_it_hears_everything_once_and_sends_once_whichever_process_it_reaches(tmp_path: Path) -> None:
    async with housed(tmp_path, MongoStore(tmp_path), RATE_LIMITS="off") as house:
        second = house.beside()
        await second.start_guildesk()
        try:
            await _used_while_they_come_and_go(house, second, tmp_path)
        finally:
            assert second.guildesk is not None
            await second.guildesk.stop()


async def _used_while_they_come_and_go(house: House, second: House, folder: Path) -> None:
    casey, sam = house.customer(), house.agent()
    ticket = await casey.open()
    async with (
        Cable(house.api_port, second.api_port).laid() as cable,
        running(folder, cable.url, casey.token) as cut,
        running(folder, second.api_url, casey.token) as whole,
    ):
        await cut.says("ready")
        await whole.says("ready")
        position = (await casey.ask("GET", "/events"))[1][-1]["event_id"]
        sent: list[str] = []

        def send(words: str) -> None:
            sent.append(words)
            cut.tell("send", ticket=ticket["id"], content=words)

        for number in range(12):
            send(f"Sent {number}")
            await sam.post(ticket, f"Answer {number}")
            if number % 3 == 1:
                cable.cut(for_good=False)
        await cut.says("sent", len(sent))
        await hear_the_same(casey, position, cut, whole)

        cable.swallow = 1
        send("The leader dies")
        await house.kill_guildesk()
        send("It is dead")
        await until(second.leads, 60)
        await Customer(second, "agent", "AGENT").post(ticket, "The other one answers")
        await house.start_guildesk()
        await cut.says("sent", len(sent))
        await hear_the_same(casey, position, cut, whole)

        await second.kill_guildesk()
        await house.kill_guildesk()
        send("Both are dead")
        await second.start_guildesk()
        await house.start_guildesk()
        await cut.says("sent", len(sent))
        await sam.post(ticket, "Both are back")
        await hear_the_same(casey, position, cut, whole)

        words = [it["content"] for it in await casey.messages(ticket)]
        assert [it for it in words if it in sent] == sent
        assert all(it["resumed"] for it in cut.of("ready")[1:])
        assert not cut.of("failed")
