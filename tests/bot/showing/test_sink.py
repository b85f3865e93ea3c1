"""What is told of a ticket's changes in its channel, and to whom."""

from tests.office import Office
from tickets.model import SupportRole


async def test_a_support_role_that_is_asked_for_is_alerted(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()

    await desk_office.desk.change(desk_office.caller("admin"), ticket.id, {"support_role": "TECHNICAL"})
    await desk_office.shown()

    told = channel.last_message
    assert told is not None
    assert told.content.endswith(r" admin\-agent passed this ticket from General to Technical.")
    assert [it.id for it in told.role_mentions] == [desk_office.guild_map.roles[SupportRole.TECHNICAL]]


async def test_a_channel_that_is_built_again_alerts_nobody_to_what_is_past(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    boss = desk_office.caller("admin")
    await desk_office.desk.change(boss, ticket.id, {"support_role": "TECHNICAL"})
    await desk_office.shown()
    before = len(desk_office.ever_posted())

    await desk_office.by_hand(desk_office.client.http.delete_channel(channel.id))

    posted = desk_office.ever_posted()[before:]
    assert posted
    assert [it["mention_roles"] for it in posted if it["mention_roles"]] == []


async def test_a_channel_that_is_built_again_alerts_to_what_comes_after(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    await desk_office.by_hand(desk_office.client.http.delete_channel(channel.id))

    await desk_office.desk.change(desk_office.caller("admin"), ticket.id, {"support_role": "MANAGER"})
    await desk_office.shown()

    told = desk_office.ever_posted()[-1]
    assert told["mention_roles"] == [str(desk_office.guild_map.roles[SupportRole.MANAGER])]
