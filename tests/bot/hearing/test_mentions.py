"""Requesters read names instead of Discord's ids, and of staff the names that they are to know."""

from pathlib import Path

import pytest

from bot.hearing.intake import InboxOptions
from tests.office import Office, office
from tickets.model import Ticket
from tickets.staff_names import StaffName, StaffNames

FIXED = InboxOptions(staff_names=StaffNames(StaffName.FIXED, "The team"), mention_is_note=False)


async def contents(desk_office: Office, ticket: Ticket) -> list[str]:
    return [it.content for it in await desk_office.messages(ticket)]


async def test_a_mention_in_what_is_forwarded_has_a_name(tmp_path: Path) -> None:
    async with office(tmp_path, inbox=InboxOptions(mention_is_note=False)) as desk_office:
        ticket, channel = await desk_office.open()
        agent, other = desk_office.people["general"], desk_office.people["technical"]
        await other.send(channel, "I am known")
        sent = await agent.send(channel, f"Ask {other.mention} or <@123456789012345678>")

        await agent.forward(sent, channel)
        await desk_office.taken()

        assert (await contents(desk_office, ticket))[1:] == [
            "Ask @technical-agent or @unknown user",
            "[Forwarded]\nAsk @technical-agent or @unknown user",
        ]


async def test_files_of_what_is_forwarded_are_passed_on(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]
    sent = await agent.send(channel, "// look", attachments=[("plan.txt", b"step one")])

    await agent.forward(sent, channel)
    await desk_office.taken()

    (message,) = await desk_office.messages(ticket)
    assert message.content == "[Forwarded]\n// look\n[Forwarded file: plan.txt]"
    (file,) = message.attachments
    kept = await desk_office.store.files.get(file.id)
    assert kept is not None
    assert kept[1] == b"step one"


@pytest.mark.parametrize(
    ("style", "name"),
    [
        (StaffNames(StaffName.FIXED, "The team"), "The team"),
        (StaffNames(StaffName.ROLE), "Technical support"),
    ],
)
async def test_a_mention_names_staff_as_requesters_know_them(
    tmp_path: Path, style: StaffNames, name: str
) -> None:
    async with office(tmp_path, inbox=InboxOptions(staff_names=style, mention_is_note=False)) as desk_office:
        ticket, channel = await desk_office.open()
        agent, other = desk_office.people["general"], desk_office.people["technical"]
        await other.send(channel, "I am known")
        await agent.send(channel, f"Ask {other.mention}, <@!{other.id}> or `{other.mention}`")
        await desk_office.taken()

        assert (await contents(desk_office, ticket))[1] == f"Ask @{name}, @{name} or `{other.mention}`"


async def test_a_forwarded_card_or_notice_names_nobody_of_staff(tmp_path: Path) -> None:
    async with office(tmp_path, inbox=FIXED) as desk_office:
        ticket, channel = await desk_office.open()
        agent, other = desk_office.people["general"], desk_office.people["technical"]
        await other.slash(channel, "claim")
        await other.send(channel, "// technical-agent has it")
        await desk_office.taken()
        (card,) = channel.pinned_messages()
        (claimed,) = [it for it in channel.history() if "claimed" in it.content]
        note = next(it for it in channel.history() if "has it" in it.content)

        for message in (card, claimed, note):
            await agent.forward(message, channel)
        await agent.send(channel, "As I said", reply_to=note)
        await desk_office.taken()

        said = await contents(desk_office, ticket)
        assert len(said) == 4
        assert "technical-agent" not in "".join(said).replace("\\", "")
        assert "Assigned to @The team" in said[0]
        assert "The team has it" in said[2]
