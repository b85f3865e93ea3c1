"""Labels in Discord: what people type becomes one, those in use are offered, and the channel tells."""

from tests.answers import told
from tests.office import Office
from tickets.model import SupportRole


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


async def test_labels_of_tickets_that_one_does_not_see_are_offered_to_nobody(desk_office: Office) -> None:
    _, here = await desk_office.open()
    _, secret = await desk_office.open(support_role=SupportRole.ADMIN)
    boss, agent = desk_office.people["admin"], desk_office.people["general"]
    for channel, label in ((here, "bug"), (secret, "bug"), (secret, "lawsuit")):
        await boss.slash(channel, "label", label=label)

    offered = [await it.autocomplete(here, "label", "label", "") for it in (agent, boss)]

    assert [[it["value"] for it in those] for those in offered] == [["bug"], ["bug", "lawsuit"]]


async def test_the_history_tells_which_labels_were_added_and_removed(desk_office: Office) -> None:
    _, channel = await desk_office.open()
    agent = desk_office.people["general"]
    for number in range(3):
        await agent.slash(channel, "label", label=f"{number}-{'x' * 30}")
    await agent.slash(channel, "unlabel", label=f"0-{'x' * 30}")

    history = told(await agent.slash(channel, "history")).splitlines()

    assert history[-2].endswith(f"added the label 2-{'x' * 30}.")
    assert history[-1].endswith(f"removed the label 0-{'x' * 30}.")


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
