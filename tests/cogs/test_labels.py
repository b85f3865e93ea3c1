"""Labels in Discord: what people type becomes one, those in use are offered, and the channel tells."""

from tests.answers import told
from tests.office import Office


async def test_labels_are_put_on_and_taken_off_and_each_leaves_a_line(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]

    first = await agent.slash(channel, "label", label="Waits for_update")
    second = await agent.slash(channel, "label", label="billing")
    same = await agent.slash(channel, "label", label="billing")
    off = await agent.slash(channel, "unlabel", label="billing")
    await desk_office.shown()

    assert told(first) == "Labels of ticket 1: waits-for-update."
    assert told(second) == told(same) == "Labels of ticket 1: billing, waits-for-update."
    assert told(off) == "Labels of ticket 1: waits-for-update."
    assert (await desk_office.fresh(ticket)).labels == ("waits-for-update",)
    lines = [it["content"] for it in desk_office.ever_posted(channel) if "label" in it["content"]]
    assert lines == [
        "general\\-agent added the label waits-for-update.",
        "general\\-agent added the label billing.",
        "general\\-agent removed the label billing.",
    ]


async def test_what_is_no_label_is_declined(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()

    refused = await desk_office.people["general"].slash(channel, "label", label="Grüße!")

    assert told(refused) == "A label is 1 to 40 of the characters a-z, 0-9 and -."
    assert len(await desk_office.store.log.events(ticket.id)) == 1


async def test_labels_in_use_are_offered(desk_office: Office) -> None:
    _, first = await desk_office.open()
    _, second = await desk_office.open()
    agent = desk_office.people["general"]
    for channel, label in ((first, "billing"), (first, "bug"), (second, "refund")):
        await agent.slash(channel, "label", label=label)

    every = await agent.autocomplete(second, "label", "label", "")
    begun = await agent.autocomplete(second, "label", "label", "B")
    here = await agent.autocomplete(second, "unlabel", "label", "")
    await agent.slash(first, "unlabel", label="bug")

    assert [it["value"] for it in every] == ["billing", "bug", "refund"]
    assert [it["value"] for it in begun] == ["billing", "bug"]
    assert [it["value"] for it in here] == ["refund"]
    assert [it["value"] for it in await agent.autocomplete(second, "label", "label", "b")] == ["billing"]
