"""The board says what there is to do, and who is there; it is edited when that changes, and only then."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import discord
import pytest
from simcord import ChannelHandle
from simcord.backend.models import Overwrite
from simcord.enums import OverwriteType

from bot.connection.inspecting import faults_of_guild
from bot.showing.board import Board
from bot.showing.board_view import OnBoard, hours_in_words, is_board, view_of
from cogs.carrying_buttons import CarryingButton
from config.current_desk import CurrentDesk
from tests.answers import told
from tests.cards import walked
from tests.office import Office, now, office
from tests.waiting import until
from texts.language import Language
from texts.text import say_instead
from tickets.hours import Hours, Span
from tickets.model import IssueLevel, MessageId, TicketId, UserKey
from tickets.ports.agents import Agent
from tickets.ports.queue import AtWork


@pytest.fixture
async def board_office(tmp_path: Path) -> AsyncIterator[Office]:
    async with office(tmp_path, with_board=True) as opened:
        await until(lambda: opened.store.channels.links(TicketId("board"), MessageId("board")))
        yield opened


def channel(board_office: Office) -> ChannelHandle:
    return board_office.guild.channels["board"]


def board(board_office: Office) -> discord.Message:
    (message,) = channel(board_office).history()
    return message


def lines(shown_by: discord.Message) -> list[str]:
    shown = walked(shown_by.components)
    return "\n".join(it.content for it in shown if isinstance(it, discord.TextDisplay)).splitlines()


async def says(board_office: Office, text: str) -> bool:
    return any(text in line for it in channel(board_office).history() for line in lines(it))


def edits(board_office: Office) -> int:
    told = board_office.env.backend.transcript
    at = str(channel(board_office).id)
    return sum(1 for kind, event, it in told if event == "MESSAGE_UPDATE" and it["channel_id"] == at)


async def test_it_counts_by_level_and_names_who_waits_longest(board_office: Office) -> None:
    _, calm = await board_office.open()
    await board_office.open(issue_level=IssueLevel.CRITICAL)
    answered, there = await board_office.open()
    await board_office.by_hand(board_office.people["general"].send(there, "Hello"))

    await until(lambda: says(board_office, "2 open · 1 waiting"))

    heading, critical, urgent, normal, *_ = lines(board(board_office))
    assert heading == "## The desk"
    assert critical.startswith("**Critical** · 1 open · 1 waiting · oldest [#2](")
    assert urgent == "**Urgent** · none"
    at = f"https://discord.com/channels/{board_office.guild_map.guild_id}/{calm.id}"
    assert f"oldest [#1]({at}), <t:" in normal
    assert answered.number == 3


async def test_a_ticket_that_is_put_aside_waits_for_nobody(board_office: Office) -> None:
    _, there = await board_office.open()
    await until(lambda: says(board_office, "1 waiting"))

    await board_office.people["general"].slash(there, "snooze")

    await until(lambda: says(board_office, "1 open · nobody waits"))


async def test_its_buttons_take_list_and_change_duty(board_office: Office) -> None:
    ticket, _ = await board_office.open()
    agent = board_office.people["general"]

    taken = await agent.click(board(board_office), label="Take next")
    own = await agent.click(board(board_office), label="My tickets")
    on = await agent.click(board(board_office), label="On/Off duty")
    await until(lambda: says(board_office, r"general\-agent · 1 open"))
    off = await agent.click(board(board_office), label="On/Off duty")

    assert told(taken).startswith("This is yours now:\n**#1**")
    assert (await board_office.fresh(ticket)).assignee == UserKey(UserKey.DISCORD, str(agent.id))
    assert told(own).startswith("**Your open tickets**\n**#1**")
    assert told(on) == "You are on duty for General."
    assert told(off) == "You are off duty."


@pytest.mark.parametrize("label", ["Take next", "My tickets", "On/Off duty"])
async def test_its_buttons_are_for_staff(board_office: Office, label: str) -> None:
    ticket, _ = await board_office.open()
    guest = board_office.people["outsider"]
    let_in = Overwrite(guest.id, OverwriteType.MEMBER, allow=1 << 10)
    board_office.env.backend.set_overwrite(channel(board_office).id, let_in)

    refused = await guest.click(board(board_office), label=label)

    assert told(refused) == "Only staff can do this."
    assert (await board_office.fresh(ticket)).assignee is None


async def test_nothing_is_edited_while_nothing_changes(board_office: Office) -> None:
    ticket, _ = await board_office.open()
    await until(lambda: says(board_office, "oldest [#1]("))
    before = edits(board_office)

    for _ in range(5):
        await board_office.say(ticket, "Still there?")
    await board_office.people["general"].slash(channel(board_office), "duty", state="on")
    await until(lambda: says(board_office, "free"))

    assert edits(board_office) == before + 1


async def test_changes_that_follow_each_other_are_gathered(tmp_path: Path) -> None:
    async with office(tmp_path, with_board=True, board_between=1.0) as board_office:
        await until(lambda: says(board_office, "Nobody is on duty."))

        for _ in range(8):
            await board_office.open()
        await until(lambda: says(board_office, "8 open · 8 waiting"))

        assert edits(board_office) <= 5  # as eight tickets take a few seconds


async def test_it_is_made_again_when_somebody_deletes_it(board_office: Office) -> None:
    gone = board(board_office)

    await board_office.by_hand(board_office.client.http.delete_message(gone.channel.id, gone.id))

    await until(lambda: says(board_office, "Nobody is on duty."))
    assert board(board_office).id != gone.id


async def deleted_unheard(board_office: Office) -> None:
    """Somebody deletes the board, and the bot is not told."""
    gone, cog = board(board_office), board_office.client.get_cog("Board")
    assert isinstance(cog, Board)
    board_office.client.remove_listener(cog.on_raw_message_delete, "on_raw_message_delete")
    await board_office.by_hand(board_office.client.http.delete_message(gone.channel.id, gone.id))


async def test_one_that_was_deleted_while_the_bot_was_away_is_made_again(board_office: Office) -> None:
    await deleted_unheard(board_office)

    await board_office.new_session()

    await until(lambda: says(board_office, "Nobody is on duty."))


async def test_one_that_was_deleted_without_an_event_is_missed_within_ten_minutes(
    board_office: Office,
) -> None:
    later = 0
    async with next_process(board_office, lambda: now() + later):
        await until(lambda: edits(board_office))
        before = edits(board_office)
        await deleted_unheard(board_office)

        later = 601_000
        await until(lambda: says(board_office, "Nobody is on duty."))

    assert edits(board_office) == before


async def pressed(_: discord.Interaction, __: str) -> None:
    """Nobody does."""


BUTTONS = [CarryingButton("next", "Take next", pressed)]


@asynccontextmanager
async def next_process(board_office: Office, clock: Callable[[], int] = now) -> AsyncIterator[None]:
    """A board that remembers nothing but what the store knows."""
    parts_of_it = (board_office.client, board_office.store, board_office.guild_map, BUTTONS)
    successor = Board(*parts_of_it, Language.EN, clock, CurrentDesk(), 0.05, look_every=0.05)
    running = asyncio.create_task(successor.run())
    yield
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_the_next_process_goes_on_with_the_same_message(board_office: Office) -> None:
    before = board(board_office).id
    for number in range(60):
        await board_office.people["admin"].send(channel(board_office), f"Chatter {number}")

    async with next_process(board_office):
        await until(lambda: edits(board_office))

    assert [it.id for it in channel(board_office).history() if is_board(it, BUTTONS)] == [before]


async def test_a_board_that_nobody_remembers_is_found(board_office: Office) -> None:
    before = board(board_office).id
    (kept,) = await board_office.store.channels.links(TicketId("board"), MessageId("board"))
    await board_office.store.channels.link(replace(kept, discord_id=1))

    async def is_kept() -> bool:
        (kept,) = await board_office.store.channels.links(TicketId("board"), MessageId("board"))
        return kept.discord_id == before

    async with next_process(board_office):
        await until(is_kept)

    assert board(board_office).id == before


async def test_it_pings_nobody(board_office: Office) -> None:
    agent = board_office.people["general"]
    await agent.click(board(board_office), label="On/Off duty")
    await until(lambda: says(board_office, r"general\-agent"))
    shown = board(board_office)

    await board_office.by_hand(board_office.client.http.delete_message(shown.channel.id, shown.id))
    await until(lambda: says(board_office, r"general\-agent"))

    posted = board_office.ever_posted(channel(board_office))
    assert [it["mentions"] for it in posted] == [[], []]


async def put_right(board_office: Office, allowed: bool) -> None:
    everyone = board_office.guild.id
    deny = 0 if allowed else 1 << 10
    overwrite = Overwrite(everyone, OverwriteType.ROLE, allow=0, deny=deny)
    board_office.env.backend.set_overwrite(channel(board_office).id, overwrite)
    await board_office.env.settle()


async def test_where_everybody_reads_it_is_not_kept_up_to_date(board_office: Office) -> None:
    await put_right(board_office, allowed=True)
    before = edits(board_office)

    await board_office.open()
    fault = await named(board_office)
    unchanged = edits(board_office)
    await put_right(board_office, allowed=False)
    await board_office.open()

    assert fault == "channel_public"
    assert unchanged == before
    await until(lambda: says(board_office, "2 open"))


async def named(board_office: Office) -> str:
    faults = faults_of_guild(board_office.guild_map, board_office.client)
    (code,) = [it.code for it in faults if "BOARD_CHANNEL_ID" in it.what]
    return code


async def test_without_its_permission_or_its_channel_it_says_so(board_office: Office) -> None:
    there, me = channel(board_office), board_office.client.user
    assert me is not None
    view_only = Overwrite(me.id, OverwriteType.MEMBER, allow=1 << 10, deny=1 << 11)

    board_office.env.backend.set_overwrite(there.id, view_only)
    await board_office.env.settle()
    closed = await named(board_office)
    await board_office.by_hand(board_office.client.http.delete_channel(there.id))
    missing = await named(board_office)

    assert (closed, missing) == ("channel_closed", "channel_missing")


def board_lines(levels: Sequence[AtWork], hours: Hours | None, at: int) -> list[str]:
    now_shown = OnBoard.of(levels, {}, [], hours_in_words(hours, at))
    return lines_of(view_of(now_shown, [], Language.EN))


def lines_of(view: discord.ui.LayoutView) -> list[str]:
    shown = [it.content for it in view.walk_children() if isinstance(it, discord.ui.TextDisplay)]
    return "\n".join(shown).splitlines()


def test_it_says_what_is_late_and_when_the_desk_opens() -> None:
    hours = Hours(ZoneInfo("UTC"), (Span(frozenset(range(7)), 9 * 60, 17 * 60),))
    noon, day = 1_800_000_000_000 // 86_400_000 * 86_400_000 + 43_200_000, 86_400_000
    levels = [AtWork(IssueLevel.CRITICAL, 3, 0, None, at_risk=1, breached=2), AtWork(IssueLevel.URGENT)]

    shown = [board_lines(levels, hours, at) for at in (noon, noon + day // 4)]
    always, never = (board_lines(levels, it, noon) for it in (None, Hours(hours.zone, ())))

    assert shown[0][1] == f"Open until <t:{noon // 1000 + 18_000}:t> (<t:{noon // 1000 + 18_000}:R>)"
    assert shown[1][1].startswith(f"Closed until <t:{noon // 1000 + 75_600}:t>")
    assert always[1] == "**Critical** · 3 open · nobody waits · ⚠️ 2 breached · 1 at risk"
    assert always[2] == "**Urgent** · none"
    assert never[1] == "Closed"


def test_it_names_twenty_on_duty_and_counts_the_rest() -> None:
    agents = [(Agent(key=UserKey("shop", f"{it}"), name=f"Agent {it}"), it) for it in range(22)]

    def on_duty(count: int) -> list[str]:
        return lines_of(view_of(OnBoard.of([], {}, agents[:count]), [], Language.EN))

    few, many = on_duty(20), on_duty(22)

    assert few[-1] == "Agent 19 · 19 open"
    assert many == [*few, "and 2 more"]
    assert "Agent 0 · free" in few


async def test_what_it_shows_is_chosen_in_the_desk_file_and_changes_at_once(tmp_path: Path) -> None:
    file = tmp_path / "desk.toml"
    file.write_text('[hours]\nzone = "UTC"\nopen = ["mon 00:00-00:01"]\n')
    desk_file = CurrentDesk(file)
    async with office(tmp_path, with_board=True, desk_file=desk_file) as board_office:
        await until(lambda: says(board_office, "Closed until"))
        whole = lines(board(board_office))

        file.write_text(file.read_text() + "[board]\nshow = []\n")
        desk_file.read()
        await until(lambda: says_not(board_office, "Closed until"))
        short = lines(board(board_office))

    assert "Nobody is on duty." in whole
    assert "Nobody is on duty." not in short
    assert len(short) == 4


@pytest.fixture
def ours() -> Iterator[None]:
    yield
    say_instead({})


async def test_words_of_ones_own_show_at_once(tmp_path: Path, ours: None) -> None:
    file = tmp_path / "desk.toml"
    file.write_text("")
    desk_file = CurrentDesk(file)
    desk_file.listen(lambda: say_instead(desk_file.now.texts.by_language))
    async with office(tmp_path, with_board=True, desk_file=desk_file) as board_office:
        await until(lambda: says(board_office, "Nobody is on duty."))

        file.write_text('[texts.en]\nboard-nobody-on-duty = "All are asleep."\n')
        desk_file.read()

        await until(lambda: says(board_office, "All are asleep."))


async def says_not(board_office: Office, text: str) -> bool:
    return not await says(board_office, text)
