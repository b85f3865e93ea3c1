"""A whole Guildesk, but for its API, in SimCord's guild: real client, sinks, relays and embedded store."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import discord
import pytest
from simcord import ChannelHandle, Env, GuildHandle, MemberActor, RoleHandle
from simcord._clock import Clock

import sandbox.webhooks_in_threads  # noqa: F401 (teaches SimCord)
from bot.connection.client import GuildClient
from bot.connection.discord_http import webhook_session
from bot.connection.guild import GuildMap
from bot.connection.webhook_limits import WebhookLimits
from bot.hearing.inbox import Inbox
from bot.hearing.intake import InboxOptions
from bot.program.guild_options import GuildOptions
from bot.program.guild_work import GuildWork
from bot.showing.admins import Admins
from bot.showing.log_channel import LISTENING
from tests.new_stores import open_new_sqlite
from tests.waiting import until
from tickets.desks.ticket_desk import Desk, NewTicket, Said
from tickets.forms import Forms
from tickets.model import Caller, IssueLevel, Message, Millis, Person, SupportRole, Ticket, UserKey, UserRole
from tickets.policy import Rules, TermsFor, no_terms
from tickets.ports.agents import Assignment
from tickets.ports.sinks import EVERYTHING, SinkName
from tickets.ports.store import Store

A_BUSY_MACHINE = 30.0
"""Seconds that what somebody did may take until all that follows from it is done."""
GUILD = 4_242_424_242_424_242
AS_USUAL: Mapping[str, Any] = {
    "public_url": "https://support.example",
    "close_grace": 60_000,
    "close_when_deleted": False,
    "inbox": InboxOptions(max_file_bytes=1024 * 1024),
    "cards_between": 0.0,
    "cards_a_second": 1_000.0,
    "board_between": 0.05,
    "quiet_for": 0.0,
}
CASEY = Caller(Person(UserKey("default", "casey"), "Casey", UserRole.CUSTOMER, "casey@example.test"))


def now() -> int:
    return time.time_ns() // 1_000_000


class RunningClock(Clock):
    """SimCord's clock, but going: its ids and ours must agree on what came first."""

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.elapsed)


@dataclass
class Office:
    """Everything a test looks at, and what it can do."""

    env: Env
    guild: GuildHandle
    store: Store
    desk: Desk
    inbox: Inbox
    client: GuildClient
    guild_map: GuildMap
    transcripts: ChannelHandle
    lobby: ChannelHandle
    """A channel that everybody sees."""
    work: GuildWork
    people: dict[str, MemberActor]

    async def open(self, **fields: Any) -> tuple[Ticket, ChannelHandle]:
        """A ticket of Casey's, with its channel and card in place."""
        new = NewTicket(**{"topic": "It hurts", "description": "Everywhere.", **fields})
        ticket = await self.desk.open(CASEY, new)
        await self.shown()
        return ticket, self.guild.channels[f"ticket-{ticket.number:04}"]

    async def say(self, ticket: Ticket, content: str) -> Message:
        """Casey posts, and it is shown."""
        message = await self.desk.post(CASEY, ticket.id, Said(content))
        await self.shown()
        return message

    def ever_posted(self, channel: ChannelHandle | None = None) -> list[Mapping[str, Any]]:
        """Every message that was ever to be read, in one channel or anywhere, also what is gone by now."""
        told = self.env.backend.transcript
        created = [it for kind, event, it in told if (kind, event) == ("GATEWAY", "MESSAGE_CREATE")]
        return [it for it in created if channel is None or it["channel_id"] == str(channel.id)]

    def ever_said_by_requesters(self, channel: ChannelHandle) -> list[str]:
        """Every message that was ever to be read there under a requester's name."""
        return [it["content"] for it in self.ever_posted(channel) if it.get("webhook_id")]

    async def shown(self) -> None:
        """Wait until nothing is left to be shown in Discord, timers apart, and the cards are right."""
        await until(lambda: self._nothing_due())
        await until(lambda: not self.work.cards.is_behind)

    async def hasten(self, ticket: Ticket) -> None:
        """Let what waits for another attempt be tried now."""
        await self.store.backlog.hasten(SinkName.DISCORD, [ticket.id])
        for opened in await self.store.log.events(ticket.id, upto=1):
            self.store.bell.ring(opened, ticket.requester)

    async def taken(self) -> None:
        """Wait until what staff did is processed, and shown."""
        await self.inbox.idle()
        await self.shown()

    async def messages(self, ticket: Ticket) -> list[Message]:
        return await self.store.views.messages(ticket.id)

    async def notes(self, ticket: Ticket) -> list[Message]:
        return await self.store.views.messages(ticket.id, notes=True)

    async def fresh(self, ticket: Ticket) -> Ticket:
        found = await self.store.views.ticket(ticket.id)
        assert found is not None
        return found

    def caller(self, name: str) -> Caller:
        """A member of staff as the desk knows them."""
        person = self.people[name]
        role = UserRole.ADMIN if name == "admin" else UserRole.AGENT
        return Caller(Person(UserKey(UserKey.DISCORD, str(person.id)), person.name, role))

    async def by_hand(self, action: Awaitable[object]) -> None:
        """Something done in Discord, its events handled, and what follows from them shown."""
        await action
        await self.env.settle()
        await self.taken()

    @asynccontextmanager
    async def deaf(self, *lost: str) -> AsyncIterator[None]:
        """The gateway's events get lost; of edits and deletions, unless told."""
        lost = lost or ("on_raw_message_edit", "on_raw_message_delete")
        for name in lost:
            self.client.remove_listener(getattr(self.inbox, name), name)
        yield
        for name in lost:
            self.client.add_listener(getattr(self.inbox, name), name)

    async def new_session(self) -> None:
        """As after an absence: the client becomes ready anew."""
        self.client.dispatch("connect")
        self.client.dispatch("ready")

    async def _nothing_due(self) -> bool:
        return await self.store.backlog.earliest(SinkName.DISCORD) is None


@asynccontextmanager
async def started(client: GuildClient) -> AsyncIterator[Env]:
    """SimCord around the client; what the client logs as an error fails the test at the end."""
    env = Env(client, strict_sync=False, settle_timeout=A_BUSY_MACHINE)
    env.backend.clock = RunningClock()
    await env.start()
    try:
        yield env
    finally:
        await env.shutdown()
        env.raise_errors()


def _private(
    guild: GuildHandle, client: GuildClient, roles: Mapping[SupportRole, RoleHandle]
) -> dict[Any, discord.PermissionOverwrite]:
    """For staff and the bot alone."""
    assert client.user is not None
    readers = dict.fromkeys((*roles.values(), client.user), discord.PermissionOverwrite(view_channel=True))
    return {guild.default_role: discord.PermissionOverwrite(view_channel=False), **readers}


@asynccontextmanager
async def office(
    data_dir: Path,
    *,
    assignment: Assignment = Assignment.NONE,
    further_roles: Sequence[str] = (),
    relay_bots: Sequence[str] = (),
    with_board: bool = False,
    claim_on_answer: bool = False,
    with_log: bool = False,
    transcripts_of: Collection[SupportRole] = (),
    in_another_guild: bool = False,
    one_category: bool = False,
    forms: Forms | None = None,
    terms: TermsFor = no_terms,
    clock: Callable[[], Millis] = now,
    **options: Any,
) -> AsyncIterator[Office]:
    """Open for business; ``options`` are those of the work in the guild. ``relay_bots`` are bots in it, whose
    copies of what staff writes count; ``transcripts_of`` are the support roles above GENERAL that have a
    channel for their transcripts. With ``one_category``, all levels share it."""
    client = GuildClient(GUILD)
    chosen = GuildOptions(**{**AS_USUAL, **options})
    sinks = (*EVERYTHING, chosen.patience.listening, *([LISTENING] if with_log else []))
    async with (
        open_new_sqlite(data_dir, clock, sinks=sinks) as store,
        started(client) as env,
        webhook_session() as session,
    ):
        if in_another_guild:
            env.create_guild()
        guild = env.create_guild(id=GUILD)
        roles = {role: guild.create_role(f"{role} team") for role in SupportRole}
        lobby = guild.create_text_channel("lobby")

        def staff_channel(name: str) -> ChannelHandle:
            return guild.create_text_channel(name, overwrites=_private(guild, client, roles))

        transcripts = staff_channel("transcripts")
        categories = {level: guild.create_category(f"{level} tickets").id for level in IssueLevel}
        guild_map = GuildMap(
            GUILD,
            dict.fromkeys(IssueLevel, categories[IssueLevel.NORMAL]) if one_category else categories,
            {role: handle.id for role, handle in roles.items()},
            transcripts.id,
            frozenset(guild.create_role(name).id for name in further_roles),
            staff_channel("board").id if with_board else None,
            staff_channel("log").id if with_log else None,
        )
        guild_map = replace(
            guild_map,
            further_transcript_channels={
                role: guild.create_text_channel(
                    f"transcripts-{role.lower()}",
                    overwrites=_private(guild, client, {it: roles[it] for it in role.and_above}),
                ).id
                for role in transcripts_of
            },
        )
        people = {
            role.lower(): guild.add_member(env.create_user(f"{role.lower()}-agent"), roles=[roles[role]])
            for role in SupportRole
        }
        people["outsider"] = guild.add_member(env.create_user("outsider"))
        for name in relay_bots:
            people[name] = guild.add_member(env.create_user(name, bot=True), roles=[roles[SupportRole.ADMIN]])
        named = frozenset(people[name].id for name in relay_bots)
        chosen = replace(chosen, inbox=replace(chosen.inbox, relay_bots=named))
        rules = Rules(assignment=assignment, terms=terms, claim_on_answer=claim_on_answer)
        desk = Desk(store, clock, rules, lambda: forms or Forms())
        admins = Admins(guild_map)
        admins.client = client
        work = GuildWork(client, session, WebhookLimits(), guild_map, store, desk, clock, chosen, admins)
        await client.setup_hook()
        with env.time_context():  # what it does sends through SimCord's webhooks, too
            running = asyncio.create_task(work.run())
        try:
            yield Office(
                env, guild, store, desk, work.inbox, client, guild_map, transcripts, lobby, work, people
            )
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


@pytest.fixture
async def desk_office(tmp_path: Path) -> AsyncIterator[Office]:
    """An office as usual; for each test its own."""
    async with office(tmp_path) as opened:
        yield opened
