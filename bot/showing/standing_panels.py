"""The panels of the desk file: each is posted in its channel, and follows changes of the file."""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress

import discord

from bot.connection.faults import MessageIsGone, Refused, discord_faults
from bot.connection.guild import GuildMap
from bot.showing.admins import Admins
from bot.showing.doubles import remove_former
from bot.showing.pings import NOBODY
from cogs.panel_view import MOST_BUTTONS, is_list, is_panel, panel_view
from cogs.panels import Panels
from config.current_desk import CurrentDesk
from config.faults import PANEL_WAITS, Fault
from config.form_sections import PanelSection
from texts.language import Language
from tickets.forms import Form
from tickets.model import MessageId, UserRole
from tickets.ports.channels import STANDING_PANELS, Link, Places
from tickets.ports.lease import NotLeader
from tickets.ports.sinks import Never, NotNow
from tickets.ports.store import StoreUnavailable
from wire.form_names import called

log = logging.getLogger(__name__)

AGAIN = 60.0
"""Seconds until a panel that could not be posted is tried again."""
LOOKED_AT = 50
"""So many messages are searched for a panel that was not recorded."""


class StandingPanels:
    """Keeps the panels up to date. Nothing waits for it."""

    def __init__(
        self,
        client: discord.Client,
        places: Places,
        guild_map: GuildMap,
        desk_file: CurrentDesk,
        language: Language,
        admins: Admins,
        again: float = AGAIN,
    ) -> None:
        self._client = client
        self._places = places
        self._map = guild_map
        self._desk_file = desk_file
        self._language = language
        self._admins = admins
        self._again = again

    async def run(self) -> None:
        """Keep the panels up to date until cancelled."""
        news = asyncio.Event()
        stop_listening = self._desk_file.listen(news.set)
        try:
            while True:
                news.clear()
                is_done = await self.put_up()
                with suppress(TimeoutError):
                    async with asyncio.timeout(None if is_done else self._again):
                        await news.wait()
        finally:
            stop_listening()

    async def put_up(self) -> bool:
        """Bring all panels up to date. Returns whether that worked. The admins are told what only people can
        put right."""
        refused: list[Fault] = []
        is_done = all([await self._tried(panel, refused) for panel in self._desk_file.now.panels])
        await self._admins.found("panels of the desk file", refused)
        return is_done

    async def _tried(self, panel: PanelSection, refused: list[Fault]) -> bool:
        try:
            await self._bring_up(panel)
        except NotLeader:
            raise
        except (Refused, Never) as refusal:
            refused.append(PANEL_WAITS.of(channel=panel.channel, why=refusal))
            return False
        except (NotNow, StoreUnavailable) as problem:
            log.warning("the panel in channel %d waits: %s", panel.channel, problem)
            return False
        except Exception:
            log.exception("the panel in channel %d could not be put up", panel.channel)
            return False
        return True

    async def _bring_up(self, panel: PanelSection) -> None:
        there = self._map.guild(self._client).get_channel(panel.channel)
        if not isinstance(there, discord.TextChannel):
            raise Refused("the guild has no such text channel that the bot can see", self._again)
        forms = self._forms(panel.kinds)
        if not forms:
            raise Never("members may open none of its kinds of tickets")
        in_list = is_list(panel.style, forms)
        view = panel_view(forms, panel.title, panel.text, in_list=in_list, language=self._language)
        known = await self._remembered(there) or await self._found(there)
        if known is not None:
            message = there.get_partial_message(known)
            try:
                with discord_faults("editing a panel"):
                    await message.edit(view=view, allowed_mentions=NOBODY)
                return
            except MessageIsGone:
                await remove_former(message)
        with discord_faults("posting a panel"):
            posted = await there.send(view=view, allowed_mentions=NOBODY)
        await self._keep(there.id, posted.id)
        log.info("the panel in channel %d is message %d", there.id, posted.id)

    def _forms(self, kinds: Sequence[str]) -> list[Form]:
        """The forms with these names, in their order; by default all forms that members are offered."""
        offered = {it.slug: it for it in self._desk_file.forms().offered_to(UserRole.CUSTOMER)}
        named = [offered[it] for it in kinds or offered if it in offered]
        return [called(it, self._language) for it in named][:MOST_BUTTONS]

    async def _remembered(self, there: discord.TextChannel) -> int | None:
        links = await self._places.links(STANDING_PANELS, MessageId(str(there.id)))
        return links[0].discord_id if links else None

    async def _found(self, there: discord.TextChannel) -> int | None:
        """A panel that was posted but not recorded, by a process that was killed or by hand."""
        with discord_faults("looking for a panel"):
            async for message in there.history(limit=LOOKED_AT):
                if message.author == self._client.user and is_panel(message):
                    await self._keep(there.id, message.id)
                    return message.id
        return None

    async def _keep(self, channel_id: int, message_id: int) -> None:
        await Panels(self._places).put_up(channel_id, message_id)
        await self._places.link(
            Link(
                ticket_id=STANDING_PANELS,
                message_id=MessageId(str(channel_id)),
                channel_id=channel_id,
                discord_id=message_id,
            )
        )
