"""Does everything in the guild that a ticket needs, in a channel that it makes and removes again. It finds
what it made by a mark, even if an answer was lost or an earlier doctor was killed."""

import asyncio
import io
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Final, TypeVar

import discord

from bot.checks.check import Skipped
from bot.connection.faults import discord_faults
from bot.connection.guild import GuildMap
from bot.connection.inspecting import CATEGORY_SETTINGS, TO_MAKE, lacking
from bot.connection.transcript_channels import SETTINGS, TO_FILE
from config.faults import TRIAL_FAILED, Fault
from tickets.model import IssueLevel, SupportRole
from tickets.ports.sinks import Never, NotNow

T = TypeVar("T")
Try = Callable[[discord.Guild], AsyncIterator[Fault]]

NAME: Final = "guildesk-doctor"
MARK: Final = "Made by the doctor of Guildesk for trying; it can be deleted."
REASON: Final = "guildesk doctor"
_NOBODY: Final = discord.AllowedMentions.none()
PATIENCE_OF_OTHERS: Final = 120.0
"""Seconds for which another doctor may still need its channel."""
_GOODBYE: Final = 20.0
"""Seconds that cleaning up may take, also after Ctrl-C."""


class _Failed(Exception):
    """A step failed that later steps need."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.what)
        self.fault = fault


async def _step(where: str, step: str, permission: str, doing: Awaitable[T]) -> T:
    try:
        with discord_faults(step):
            return await doing
    except (NotNow, Never) as problem:
        why = str(problem).removeprefix(f"{step}: ")
        raise _Failed(TRIAL_FAILED.of(where=where, step=step, why=why, permission=permission)) from problem


async def in_category(guild_map: GuildMap, level: IssueLevel, guild: discord.Guild) -> AsyncIterator[Fault]:
    """Try a channel like that of a ticket. Other checks report faults of the category itself."""
    category = guild_map.category(guild, level)
    if category is None or lacking(TO_MAKE, category.permissions_for(guild.me)):
        raise Skipped("the bot cannot make one there")
    where = f"{CATEGORY_SETTINGS[level]} ({category.name})"
    try:
        async with _channel(guild_map, guild, category, where) as channel:
            await _try_messages(channel, where)
            await _try_webhook(channel, where)
            await _try_thread(channel, where)
    except _Failed as failed:
        yield failed.fault


async def in_transcripts(guild_map: GuildMap, guild: discord.Guild) -> AsyncIterator[Fault]:
    """Try a post with a file in each channel for transcripts. Other checks report faults of the channels
    themselves."""
    named = {SETTINGS[it]: guild.get_channel(id_) for it, id_ in guild_map.transcript_channels.items()}
    there = {setting: it for setting, it in named.items() if _takes_files(it)}
    if not there:
        raise Skipped("the bot cannot file one")
    for setting, channel in there.items():
        if isinstance(channel, discord.TextChannel):
            async for fault in _filing(channel, f"{setting} (#{channel.name})"):
                yield fault


def _takes_files(there: object) -> bool:
    return isinstance(there, discord.TextChannel) and not lacking(
        TO_FILE, there.permissions_for(there.guild.me)
    )


async def _filing(channel: discord.TextChannel, where: str) -> AsyncIterator[Fault]:
    embed = discord.Embed(title="A transcript", description=MARK)
    posted: discord.Message | None = None
    try:
        posted = await _step(
            where,
            "filing a transcript",
            "Send Messages, Embed Links and Attach Files",
            channel.send(embed=embed, file=_file(), silent=True, allowed_mentions=_NOBODY),
        )
    except _Failed as failed:
        yield failed.fault
    finally:
        if posted is not None:
            await _removed(posted.delete())


async def in_panel(channel: discord.TextChannel) -> AsyncIterator[Fault]:
    """Try a private thread like that of a requester."""
    where, thread = f"#{channel.name}", None
    try:
        thread = await _step(
            where,
            "making a private thread",
            "Create Private Threads",
            channel.create_thread(
                name=NAME, type=discord.ChannelType.private_thread, invitable=False, reason=REASON
            ),
        )
        await _step(where, "writing in a thread", "Send Messages in Threads", thread.send(MARK, silent=True))
    except _Failed as failed:
        yield failed.fault
    finally:
        if thread is not None:
            await _removed(thread.delete(reason=REASON))


@asynccontextmanager
async def _channel(
    guild_map: GuildMap, guild: discord.Guild, category: discord.CategoryChannel, where: str
) -> AsyncIterator[discord.TextChannel]:
    """A channel with a mark of its own. It is removed afterwards, whatever happens."""
    mark = f"{MARK} {secrets.token_hex(6)}"
    making = asyncio.ensure_future(
        guild.create_text_channel(
            NAME,
            category=category,
            topic=mark,
            overwrites=guild_map.overwrites(guild, SupportRole.GENERAL),
            reason=REASON,
        )
    )
    try:
        yield await _step(
            where, "making a channel", "View Channel and Manage Channels", asyncio.shield(making)
        )
    finally:
        await _removed(_remove_channels(guild, mark, making))


async def _remove_channels(
    guild: discord.Guild, mark: str, making: "asyncio.Future[discord.TextChannel]"
) -> None:
    """Remove the channels with this mark, and those of earlier doctors who were killed, whose marks begin in
    the same way. Channels of a doctor who is at work now are younger."""
    await asyncio.wait((making,))  # a request on its way may still have its effect
    for channel in await guild.fetch_channels():
        if not isinstance(channel, discord.TextChannel) or not (channel.topic or "").startswith(MARK):
            continue
        age = discord.utils.utcnow() - channel.created_at
        if channel.topic == mark or age.total_seconds() > PATIENCE_OF_OTHERS:
            await channel.delete(reason=REASON)


async def _removed(removing: Awaitable[object]) -> None:
    """Clean up even if the doctor is told to stop. The next doctor finds what cannot be removed now."""

    async def remove() -> None:
        with suppress(discord.HTTPException, OSError, TimeoutError):
            async with asyncio.timeout(_GOODBYE):
                await removing

    task = asyncio.ensure_future(remove())
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await task
        raise


async def _try_messages(channel: discord.TextChannel, where: str) -> None:
    card = discord.ui.LayoutView(timeout=None)
    card.add_item(discord.ui.Container(discord.ui.TextDisplay(MARK)))
    posted = await _step(where, "posting a card", "Send Messages", channel.send(view=card, silent=True))
    await _step(where, "pinning it", "Pin Messages", posted.pin(reason=REASON))
    await _step(where, "adding a mark", "Add Reactions", posted.add_reaction("✅"))
    sent = await _step(where, "sending a file", "Attach Files", channel.send(file=_file(), silent=True))
    await _step(where, "reading the file", "Attach Files", sent.attachments[0].read())
    await _step(where, "reading what was written", "Read Message History", _read(channel))


async def _read(channel: discord.TextChannel) -> list[discord.Message]:
    return [it async for it in channel.history(limit=5)]


async def _try_webhook(channel: discord.TextChannel, where: str) -> None:
    webhook = await _step(
        where, "making a webhook", "Manage Webhooks", channel.create_webhook(name=NAME, reason=REASON)
    )
    message = await _step(
        where,
        "writing by the webhook",
        "Manage Webhooks",
        webhook.send(MARK, username="Casey", wait=True, silent=True, allowed_mentions=_NOBODY),
    )
    there = channel.get_partial_message(message.id)
    await _step(where, "deleting what it wrote", "Manage Messages", there.delete())
    await _step(where, "removing the webhook", "Manage Webhooks", webhook.delete(reason=REASON))


async def _try_thread(channel: discord.TextChannel, where: str) -> None:
    """Try to write in a thread. Only staff makes threads, so the bot makes one here just for this."""
    if not channel.permissions_for(channel.guild.me).create_private_threads:
        return
    thread = await _step(
        where,
        "making a thread",
        "Create Private Threads",
        channel.create_thread(name=NAME, type=discord.ChannelType.private_thread, reason=REASON),
    )
    await _step(where, "writing in a thread", "Send Messages in Threads", thread.send(MARK, silent=True))
    await _step(where, "removing a thread", "Manage Threads", thread.delete(reason=REASON))


def _file() -> discord.File:
    return discord.File(io.BytesIO(MARK.encode()), "guildesk-doctor.txt")
