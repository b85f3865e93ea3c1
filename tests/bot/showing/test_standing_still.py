"""What Discord does not let the bot do is told, does not tear anything, and comes right by itself."""

from contextlib import suppress
from typing import NamedTuple

from bot.connection.faults import Refused, Unsure
from bot.showing.standing_still import StandingStill
from config.faults import DISCORD_SILENT, TICKET_STANDS_STILL
from tests.bot.strict import Strict
from tests.office import CASEY, Office
from tests.waiting import until
from tickets.desks.ticket_desk import Said
from tickets.model import Ticket, TicketId
from tickets.ports.sinks import NotNow

NO_MORE_WEBHOOKS, NOT_ALLOWED = 30007, 50013


def told(office: Office) -> list[str]:
    """What the admins were told of tickets that stand still."""
    return [it.content for it in office.transcripts.history() if "cannot be shown" in it.content]


async def refused_twice(office: Office, strict: Strict, ticket: Ticket, path: str, times: int) -> None:
    async def was_asked() -> bool:
        return sum(how == "POST" and path in it for how, it, _ in strict.asked) >= times

    await until(was_asked)
    await office.env.settle()
    await office.hasten(ticket)


async def test_a_channel_with_too_many_webhooks_is_told_and_the_messages_come_later(
    desk_office: Office, strict: Strict
) -> None:
    ticket, channel = await desk_office.open()
    strict.refuses = [("POST", "/webhooks$", 400, NO_MORE_WEBHOOKS)]
    await desk_office.desk.post(CASEY, ticket.id, Said("one"))
    for times in (1, 2):
        await refused_twice(desk_office, strict, ticket, "/webhooks", times)

    async def is_told() -> bool:
        return bool(told(desk_office))

    await until(is_told)
    (fault,) = desk_office.work.admins.lasting
    assert (fault.code, str(ticket.number) in fault.what) == (TICKET_STANDS_STILL.code, True)

    strict.refuses = []
    await desk_office.hasten(ticket)
    await desk_office.shown()
    assert desk_office.ever_said_by_requesters(channel) == ["one"]
    assert desk_office.work.admins.lasting == []
    assert len(told(desk_office)) == 1


async def test_without_manage_messages_a_requesters_deletion_is_done_by_the_webhook(
    desk_office: Office, strict: Strict
) -> None:
    ticket, channel = await desk_office.open()
    message = await desk_office.say(ticket, "my password")
    await desk_office.say(ticket, "this stays")
    strict.refuses = [("DELETE", r"^/channels/\d+/messages/\d+$", 403, NOT_ALLOWED)]

    await desk_office.desk.delete(CASEY, ticket.id, message.id)
    await desk_office.shown()

    assert [it.content for it in channel.history() if it.webhook_id] == ["this stays"]


class Shown(NamedTuple):
    """As much of an event as tells whose it is."""

    id: str
    ticket_id: TicketId


class _Sink:
    """It refuses everything, or nothing."""

    name = "a sink"
    refuses = True

    async def show(self, item: Shown, /) -> None:
        if self.refuses:
            raise Refused("posting: 403")

    async def give_up(self, item: Shown, why: str, /) -> None:
        """Nobody needs to be told."""


async def test_one_refusal_of_several_tickets_is_told_at_the_second_time_and_over_with_the_last(
    desk_office: Office,
) -> None:
    (one, _), (other, _) = await desk_office.open(), await desk_office.open()
    admins, sink = desk_office.work.admins, _Sink()
    telling = StandingStill(desk_office.store, admins).telling(sink)

    async def show(*tickets: Ticket) -> list[str]:
        for ticket in tickets:
            with suppress(Refused):
                await telling.show(Shown(ticket.id, ticket.id))
        return [it.code for it in admins.lasting]

    assert await show(one, other) == []
    assert await show(one, other) == [TICKET_STANDS_STILL.code]
    assert len(told(desk_office)) == 1
    sink.refuses = False
    assert await show(one) == [TICKET_STANDS_STILL.code]
    await telling.give_up(Shown(other.id, other.id), "never")
    assert await show() == []


async def test_a_silence_that_lasts_is_told_once_and_over_with_the_last_ticket(desk_office: Office) -> None:
    (one, _), (other, _) = await desk_office.open(), await desk_office.open()
    admins, moment, problem = desk_office.work.admins, 1000.0, Unsure("posting: NoAnswer: 502")

    class Silent(_Sink):
        async def show(self, item: Shown, /) -> None:
            if self.refuses:
                raise problem

    sink = Silent()
    telling = StandingStill(desk_office.store, admins, lambda: moment).telling(sink)

    async def show(*tickets: Ticket) -> list[str]:
        for ticket in tickets:
            with suppress(NotNow):
                await telling.show(Shown(ticket.id, ticket.id))
        return [it.code for it in admins.lasting]

    assert await show(one, other) == []
    moment += 119
    assert await show(one, other) == []
    moment += 1
    assert await show(one, other) == [DISCORD_SILENT.code]
    assert sum("gives no answer" in it.content for it in desk_office.transcripts.history()) == 1
    sink.refuses = False
    assert await show(one) == [DISCORD_SILENT.code]
    assert await show(other) == []
