"""``guildesk adopt`` and ``guildesk remove``: keeps or removes channels that the store does not know."""

from collections.abc import Sequence

import discord

from bot.connection.faults import discord_faults
from bot.connection.guild import GuildMap
from bot.program.clock import now
from bot.program.program import CannotStart
from bot.setting_up.arriving import CannotSetUp, logged_in
from bot.showing.channel_marks import Marks
from bot.showing.orphans import Orphans, keep
from config.settings import Settings
from storage.open import open_store
from tickets.ports.sinks import EVERYTHING, Never, NotNow

IS_NONE = "is no channel that the store does not know"


async def decide(settings: Settings, channel_ids: Sequence[int], *, every: bool, remove: bool) -> list[str]:
    """Remove or keep these channels, or every one. Returns a line for each. Only channels that the store
    does not know are touched. Raises CannotStart if Discord or the store cannot be reached."""
    guild_map = GuildMap(
        settings.guild_id, settings.categories, settings.roles, settings.transcript_channel_id
    )
    token = settings.discord_bot_token.get_secret_value()
    try:
        async with open_store(settings, now, EVERYTHING) as store:
            with discord_faults("deciding about channels"):
                async with logged_in(token, settings.discord_api_url) as client:
                    guild = await client.fetch_guild(settings.guild_id)
                    channels = await guild.fetch_channels()
                    me = client.user.id if client.user else 0
                    found = await Orphans(store, guild_map, Marks(store.deployment.id)).among(channels, me)
                    done = []
                    for channel in [it.channel for it in found if every or it.channel.id in channel_ids]:
                        await (channel.delete(reason="an operator has said so") if remove else keep(channel))
                        done.append(f"{'removed' if remove else 'kept'} #{channel.name} ({channel.id})")
    except (discord.LoginFailure, CannotSetUp, NotNow, Never) as problem:
        raise CannotStart(f"Discord does not do it: {problem}") from problem
    known = {orphan.channel.id for orphan in found}
    return [
        *done,
        *(f"{it} {IS_NONE}" for it in channel_ids if it not in known),
    ]
