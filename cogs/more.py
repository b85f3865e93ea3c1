"""The message behind *More* on a card: selects and buttons that only this person sees. Each does the same as
its command."""

from collections.abc import Sequence

import discord

from cogs.action import Action, AskedHere, Means, in_ticket
from cogs.card_buttons import CardButton, row_of, select_row
from cogs.replies import Answer
from texts.text import Text, in_language
from tickets.refusals import TicketIsClosed


class More(Action):
    """Gathers the selects and buttons of all actions."""

    def __init__(self, means: Means, actions: Sequence[Action]) -> None:
        super().__init__(means)
        self._selects = [select for action in actions for select in action.selects()]
        self._buttons = [button for action in actions for button in action.buttons() if button.in_more]

    def buttons(self) -> list[CardButton]:
        return [CardButton("more", Text("more-button"), self._open)]

    @in_ticket
    async def _open(self, asked: AskedHere) -> Answer:
        """See what else can be done with this ticket."""
        ticket = await self.means.desk.ticket(asked.caller, asked.ticket_id)
        if ticket.is_closed:
            raise TicketIsClosed(ticket.number)
        box: discord.ui.Container[discord.ui.LayoutView] = discord.ui.Container()
        box.add_item(
            discord.ui.TextDisplay(in_language(Text("more-heading", number=ticket.number), asked.language))
        )
        for select in self._selects:
            if choices := await select.choices(asked.interaction, ticket):
                box.add_item(select_row(select, choices, asked.language))
        if shown := [it for it in self._buttons if it.is_for(ticket)]:
            box.add_item(row_of(shown, asked.language))
        view = discord.ui.LayoutView(timeout=None).add_item(box)
        view.stop()  # the view of all cards handles it
        return Answer(layout=view)
