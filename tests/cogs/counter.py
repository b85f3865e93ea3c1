"""Members who open tickets at a panel, in an office."""

from typing import Any

from simcord import ChannelHandle, InteractionResult, MemberActor

from tests.office import Office
from tests.waiting import until
from tickets.model import Ticket
from tickets.ports.sinks import SinkName


def told(result: InteractionResult) -> str:
    """What somebody reads alone; a later answer counts."""
    shown = [*([result.response] if result.response else []), *result.followups]
    assert shown
    assert result.ephemeral or all(it.ephemeral for it in shown)
    return shown[-1].content


async def with_panel(office: Office, **options: Any) -> None:
    """An admin puts up a panel in the lobby."""
    said = told(await office.people["admin"].slash(office.lobby, "panel", **options))
    assert said.startswith("The panel is up.")


def panel_in(office: Office) -> Any:
    """The newest panel."""
    return next(it for it in reversed(office.lobby.history()) if it.components)


async def open_at(
    office: Office,
    member: MemberActor,
    label: str = "Support",
    **fields: Any,
) -> tuple[Ticket, ChannelHandle, ChannelHandle]:
    """A ticket that a member has opened at the panel, with its channel and its thread."""
    shown = await member.click(panel_in(office), label=label)
    values = {"topic": "It hurts", "description": "Everywhere."} | fields
    values = {name: value for name, value in values.items() if value is not None}
    said = told(await member.submit_modal(shown, values))
    await all_shown(office)
    number = int(said.split()[1])
    ticket = await office.store.views.ticket_at(str(number))
    assert ticket is not None
    return ticket, office.guild.channels[f"ticket-{number:04}"], thread_of(office, ticket)


def thread_of(office: Office, ticket: Ticket) -> ChannelHandle:
    (thread,) = [it for it in office.lobby.threads if (it.name or "").startswith(f"{ticket.number:04}")]
    return thread


async def all_shown(office: Office) -> None:
    """Nothing is left to be shown, in channels and threads."""

    async def nothing_due() -> bool:
        due = [await office.store.backlog.earliest(it) for it in (SinkName.DISCORD, SinkName.THREADS)]
        return due == [None, None]

    await until(nothing_due)


async def all_taken(office: Office) -> None:
    """What was written is processed and shown on the other side."""
    await office.env.settle()
    await office.inbox.idle()
    await office.work.requesters.inbox.idle()
    await all_shown(office)


async def say(office: Office, who: MemberActor, where: ChannelHandle, text: str, **more: Any) -> Any:
    """Somebody writes, and it is shown on the other side."""
    message = await who.send(where, text, **more)
    await all_taken(office)
    return message


def texts(channel: ChannelHandle) -> list[str]:
    return [it.content for it in channel.history()]
