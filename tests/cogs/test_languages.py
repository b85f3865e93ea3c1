"""Who reads what in which language: alone in that of their Discord, in a channel in that of all."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.answers import told
from tests.cards import card_in, read
from tests.office import Office, office
from texts.language import Language


@pytest.fixture
async def german_office(tmp_path: Path) -> AsyncIterator[Office]:
    async with office(tmp_path, language=Language.DE) as opened:
        yield opened


@pytest.mark.parametrize(
    ("spoken", "answer"),
    [
        ("de", "Ticket 1 haben jetzt Sie."),
        ("en-GB", "Ticket 1 is yours."),
        ("fr", "Ticket 1 haben jetzt Sie."),
    ],
)
async def test_who_acts_reads_their_own_language_and_the_channel_the_deployments(
    german_office: Office, locale: dict[str, str], spoken: str, answer: str
) -> None:
    ticket, channel = await german_office.open()
    locale["locale"] = spoken

    claimed = await german_office.people["general"].slash(channel, "claim")
    await german_office.shown()

    assert (ticket.number, told(claimed)) == (1, answer)
    assert "Kategorie: Hilfe" in read(card_in(channel))
    assert channel.history()[-1].content == "general\\-agent hat dieses Ticket übernommen."


async def test_buttons_speak_the_language_of_who_sees_them(
    german_office: Office, locale: dict[str, str]
) -> None:
    _, channel = await german_office.open()
    (card,) = channel.pinned_messages()
    agent = german_office.people["general"]

    shown = await agent.click(card, label="Schließen")
    await agent.submit_modal(shown, {"reason": "Done"})
    again = await agent.click(card, label="Schließen")
    refused = await agent.submit_modal(again, {"reason": "Again"})
    queue = await agent.slash(channel, "queue")

    assert told(refused).startswith("Ticket 1 is closed.")
    assert told(queue) == "No ticket that you can see waits for staff."


async def test_a_refusal_is_worded_in_the_language_of_who_asked(
    desk_office: Office, locale: dict[str, str]
) -> None:
    _, channel = await desk_office.open()
    await desk_office.people["technical"].slash(channel, "claim")
    locale["locale"] = "de"

    refused = await desk_office.people["general"].slash(channel, "claim")

    assert told(refused) == "Ticket 1 hat schon technical-agent."


async def test_what_staff_writes_is_put_into_words_of_the_requester_s_language(desk_office: Office) -> None:
    english, channel = await desk_office.open()
    german, other = await desk_office.open(locale="de-CH")

    for it in (channel, other):
        await desk_office.by_hand(desk_office.people["general"].send(it, "See <#123456789012345678>"))

    assert [it.content for it in await desk_office.messages(english)] == ["See #unknown channel"]
    assert [it.content for it in await desk_office.messages(german)] == ["See #unbekannter Kanal"]
