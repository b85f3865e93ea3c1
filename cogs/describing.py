"""What a ticket is about, and whose turn it is."""

from typing import Literal

from discord import app_commands

from cogs.action import Action, AskedHere, in_ticket
from cogs.replies import Declined
from texts.text import Text
from tickets.characters import clean_line, shows_nothing


class Describing(Action):
    @app_commands.command()
    @app_commands.describe(topic="What it is about, in a few words; the requester sees it")
    @app_commands.guild_only()
    @in_ticket
    async def topic(self, asked: AskedHere, topic: app_commands.Range[str, 1, 100]) -> Text:
        """Change the topic of this ticket."""
        line = clean_line(topic).strip()
        if shows_nothing(line):
            raise Declined(Text("topic-shows-nothing"))
        ticket = await self._change(asked, "topic", line)
        return Text("topic-is-changed", number=ticket)

    @app_commands.command()
    @app_commands.describe(status="OPEN: staff's turn; PENDING: the requester's")
    @app_commands.guild_only()
    @in_ticket
    async def status(self, asked: AskedHere, status: Literal["OPEN", "PENDING"]) -> Text:
        """Say whose turn it is, without a message."""
        ticket = await self._change(asked, "status", status)
        return Text("status-is-set", number=ticket, status=Text("status", status=status))

    async def _change(self, asked: AskedHere, field: str, value: str) -> int:
        changed = await self.means.desk.change(
            asked.caller, asked.ticket_id, {field: value}, source=asked.source
        )
        return changed.number
