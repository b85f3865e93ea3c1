"""Channels in which nothing happens cost no requests, however many there are."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.hearing.activity import LOOKS, Activity
from tests.bot.hearing.test_threads import begin
from tests.bot.strict import Strict
from tests.cards import card_in, read
from tests.office import CASEY, Office, office
from tests.waiting import until
from tickets.desks.user_desk import UserChanges, UserDesk

OVER_AN_HOUR = 3700.0


@contextmanager
def earlier(office: Office) -> Iterator[None]:
    """What happens in Discord meanwhile happened more than an hour ago."""
    clock = office.env.backend.clock
    clock.elapsed -= OVER_AN_HOUR
    yield
    clock.elapsed += OVER_AN_HOUR


async def test_two_requests_tell_in_which_channels_something_happened(
    desk_office: Office, strict: Strict
) -> None:
    with earlier(desk_office):
        _, quiet = await desk_office.open()
        await desk_office.people["general"].send(quiet, "Hello")
        await desk_office.taken()
    _, lively = await desk_office.open()
    guild = desk_office.guild_map.guild(desk_office.client)
    channels = await desk_office.store.channels.open_ones()
    asked = len(strict.asked)

    found = await Activity(desk_office.client).lively(guild, channels)

    assert {it.channel_id for it in channels} == {quiet.id, lively.id}
    assert [it.channel_id for it in found] == [lively.id]
    assert [path.rpartition("/")[2] for _, path, _ in strict.asked[asked:]] == ["channels", "active"]


async def test_sweeps_read_no_channel_in_which_nothing_happens(tmp_path: Path, strict: Strict) -> None:
    """What the desk itself changes in a new channel, as it pins the card, makes it lively for some looks."""
    async with office(tmp_path, sweep_every=0.01) as desk_office:
        with earlier(desk_office):
            _, channel = await desk_office.open()
            await desk_office.people["general"].send(channel, "Hello")
            await desk_office.taken()

        def asked_for(ending: str) -> int:
            return sum(method == "GET" and path.endswith(ending) for method, path, _ in strict.asked)

        await until(lambda: asked_for("/threads/active") >= LOOKS + 20, 30)
        before = len(strict.asked)
        await until(lambda: len(strict.asked) >= before + 24, 30)

        assert asked_for(f"/channels/{channel.id}/messages") <= LOOKS + 2
        later = [f"{method} {path.rpartition('/')[2]}" for method, path, _ in strict.asked[before:]]
        assert set(later) == {"GET channels", "GET active"}, "twelve sweeps, and so two hours, write nothing"


async def test_a_channel_in_which_only_the_bot_has_written_is_read_once(desk_office: Office) -> None:
    guild, activity = desk_office.guild_map.guild(desk_office.client), desk_office.client.get_cog("Activity")
    assert isinstance(activity, Activity)
    await activity.lively(guild, await desk_office.store.channels.open_ones())
    ticket, channel = await desk_office.open()
    await desk_office.say(ticket, "Hello?")
    await desk_office.taken()

    async def looks(times: int) -> list[int]:
        channels = await desk_office.store.channels.open_ones()
        return [len(await activity.lively(guild, channels)) for _ in range(times)]

    new = await looks(LOOKS)
    await desk_office.say(ticket, "Is somebody there?")
    await desk_office.taken()
    further = await looks(LOOKS)
    await desk_office.people["general"].send(channel, "Yes")
    await desk_office.taken()
    answered = await looks(LOOKS)

    assert (new, further, answered) == ([1, 0, 0, 0, 0, 0], [1, 0, 0, 0, 0, 0], [1] * LOOKS)


async def test_the_edit_of_a_card_is_no_reason_to_read_its_channel(desk_office: Office) -> None:
    agent = desk_office.people["general"]
    with earlier(desk_office):
        _, channel = await desk_office.open()
        said = await agent.send(channel, "Hello")
        await desk_office.taken()
    guild, activity = desk_office.guild_map.guild(desk_office.client), desk_office.client.get_cog("Activity")
    channels = await desk_office.store.channels.open_ones()
    assert isinstance(activity, Activity)
    for _ in range(LOOKS):
        await activity.lively(guild, channels)

    users = UserDesk(desk_office.desk, desk_office.store)
    await users.change(desk_office.caller("general"), CASEY.key, UserChanges(note="Likes cats"))
    await until(lambda: "Likes cats" in read(card_in(channel)))
    after_the_card = await activity.lively(guild, channels)
    await desk_office.by_hand(agent.edit(said, "Hello!"))
    after_an_edit = await activity.lively(guild, channels)

    assert after_the_card == []
    assert [it.channel_id for it in after_an_edit] == [channel.id]


@pytest.mark.parametrize("where", ["channel", "thread"])
async def test_what_happens_in_a_quiet_channel_makes_it_lively_though_no_event_told_of_it(
    tmp_path: Path, where: str
) -> None:
    async with office(tmp_path, sweep_every=0.05) as desk_office:
        agent = desk_office.people["general"]
        with earlier(desk_office):
            ticket, channel = await desk_office.open()
            thread = begin(desk_office, channel, agent)
            await agent.send(thread, "First")
            await desk_office.taken()

        async with desk_office.deaf("on_message"):
            await agent.send(channel if where == "channel" else thread, "lost")
            await desk_office.env.settle()

        async def is_found() -> bool:
            said = [*await desk_office.messages(ticket), *await desk_office.notes(ticket)]
            return "lost" in [it.content for it in said]

        await until(is_found)


async def test_after_an_edit_lost_ones_are_found_too(tmp_path: Path) -> None:
    async with office(tmp_path, sweep_every=0.05) as desk_office:
        agent = desk_office.people["general"]
        with earlier(desk_office):
            ticket, channel = await desk_office.open()
            sent = await agent.send(channel, "one")
            await desk_office.taken()
        await agent.edit(sent, "two")
        await desk_office.taken()

        async with desk_office.deaf():
            await agent.edit(sent, "three")
            await desk_office.env.settle()

        async def is_found() -> bool:
            return [it.content for it in await desk_office.messages(ticket)] == ["three"]

        await until(is_found)
