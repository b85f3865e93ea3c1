"""Putting up a panel: the message from which members open tickets."""

from typing import Literal

import discord
from discord import app_commands

from cogs.action import Action, Asked, by_staff
from cogs.members import caller_of
from cogs.panel_view import MOST_BUTTONS, is_list, panel_view
from cogs.replies import Declined
from texts.text import Text, Words, joined
from tickets import policy
from tickets.forms import Form
from tickets.model import Caller
from wire.form_names import called


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
        in_list = is_list(style, forms)
        view = panel_view(forms, title, text, in_list=in_list, language=self.means.language)
        try:
            posted = await channel.send(view=view, allowed_mentions=discord.AllowedMentions.none())
        except discord.HTTPException as refusal:
            if refusal.status != 400:
                raise
            raise Declined(Text("panel-refused", why=refusal.text)) from refusal
        await self.means.panels.put_up(channel.id, posted.id)
        everyone = channel.permissions_for(channel.guild.default_role)
        told = [Text("panel-is-up")]
        if not (everyone.view_channel and everyone.send_messages_in_threads):
            told.append(Text("panel-not-for-everyone"))
        return joined(told)

    def _forms(self, member: Caller, kinds: str | None) -> list[Form]:
        """The named forms, in their order; by default all that members are offered."""
        offered = {it.form.slug: it.form for it in self.means.desk.forms_for(member)}
        named = [it.strip() for it in (kinds or ",".join(offered)).split(",") if it.strip()]
        if unknown := [it for it in named if it not in offered]:
            raise Declined(Text("panel-no-such-kind", kind=unknown[0], kinds=", ".join(offered)))
        if not named:
            raise Declined(Text("panel-needs-kinds", kinds=", ".join(offered)))
        return [called(offered[it], self.means.language) for it in dict.fromkeys(named)][:MOST_BUTTONS]
