"""Putting up a panel: the message from which members open tickets."""

from typing import Literal

import discord
from discord import app_commands

from cogs.action import Action, Asked, by_staff
from cogs.form_names import called
from cogs.members import caller_of
from cogs.opening import CHOOSE, OPEN
from cogs.replies import Declined
from texts.text import Text, Words, in_language
from tickets import policy
from tickets.forms import Form
from tickets.model import Caller

IN_A_ROW = 5
"""Buttons that Discord puts in one row."""
MOST_BUTTONS = 25
ACCENT = 0x5865F2


class Paneling(Action):
    @app_commands.command()
    @app_commands.describe(
        style="Buttons, or a list to choose from; without it, a list for more than five kinds",
        title="The panel's heading",
        text="What stands below the heading",
        kinds="Which kinds of tickets, by their short names with commas between; without it, all",
    )
    @app_commands.guild_only()
    @by_staff
    async def panel(
        self,
        asked: Asked,
        style: Literal["buttons", "list"] | None = None,
        title: app_commands.Range[str, 1, 200] | None = None,
        text: app_commands.Range[str, 1, 1500] | None = None,
        kinds: app_commands.Range[str, 1, 500] | None = None,
    ) -> Words:
        """Put up a panel here from which members open tickets."""
        policy.must_be_admin(asked.caller, "put up panels")
        channel = asked.interaction.channel
        if not isinstance(channel, discord.TextChannel):
            raise Declined(Text("panel-needs-text-channel"))
        if await self.means.channels.at(channel.id) is not None:
            raise Declined(Text("panel-not-in-ticket"))
        if lacking := self.means.panels.lacking(channel):
            raise Declined(Text("panel-lacks-permissions", permissions=", ".join(lacking)))
        forms = self._forms(caller_of(asked.interaction.user), kinds)
        in_list = style == "list" or (style is None and len(forms) > IN_A_ROW)
        view = self._view(forms, title, text, in_list=in_list)
        posted = await channel.send(view=view, allowed_mentions=discord.AllowedMentions.none())
        await self.means.panels.put_up(channel.id, posted.id)
        return Text("panel-is-up")

    def _forms(self, member: Caller, kinds: str | None) -> list[Form]:
        """Those that are named, in that order; else all that members are offered."""
        offered = {it.form.slug: it.form for it in self.means.desk.forms_for(member)}
        named = [it.strip() for it in (kinds or ",".join(offered)).split(",") if it.strip()]
        if unknown := [it for it in named if it not in offered]:
            raise Declined(Text("panel-no-such-kind", kind=unknown[0], kinds=", ".join(offered)))
        return [called(offered[it], self.means.language) for it in dict.fromkeys(named)][:MOST_BUTTONS]

    def _view(
        self, forms: list[Form], title: str | None, text: str | None, *, in_list: bool
    ) -> discord.ui.LayoutView:
        heading = title or in_language(Text("panel-title"), self.means.language)
        said = text or in_language(Text("panel-text"), self.means.language)
        kinds = "\n".join(
            f"{f'{it.emoji} ' if it.emoji else ''}**{it.name}** — {it.description}"
            for it in forms
            if it.description
        )
        container: discord.ui.Container[discord.ui.LayoutView] = discord.ui.Container(
            discord.ui.TextDisplay(f"## {heading}\n{said}"), accent_colour=ACCENT
        )
        if kinds:
            container.add_item(discord.ui.TextDisplay(kinds))
        container.add_item(discord.ui.Separator())
        for row in [self._select(forms)] if in_list else self._rows(forms):
            container.add_item(row)
        view = discord.ui.LayoutView(timeout=None)
        view.add_item(container)
        view.stop()  # discord.py need not remember it: its ids say all
        return view

    def _select(self, forms: list[Form]) -> "discord.ui.ActionRow[discord.ui.LayoutView]":
        options = [
            discord.SelectOption(
                label=it.name, value=it.slug, description=it.description or None, emoji=it.emoji
            )
            for it in forms
        ]
        placeholder = in_language(Text("panel-choose"), self.means.language)
        return discord.ui.ActionRow(
            discord.ui.Select(custom_id=CHOOSE, placeholder=placeholder, options=options)
        )

    @staticmethod
    def _rows(forms: list[Form]) -> "list[discord.ui.ActionRow[discord.ui.LayoutView]]":
        buttons: list[discord.ui.Button[discord.ui.LayoutView]] = [
            discord.ui.Button(
                label=it.name,
                emoji=it.emoji,
                style=discord.ButtonStyle.primary,
                custom_id=f"guildesk:{OPEN}:{it.slug}",
            )
            for it in forms
        ]
        return [
            discord.ui.ActionRow(*buttons[first : first + IN_A_ROW])
            for first in range(0, len(buttons), IN_A_ROW)
        ]
