"""Canned answers in Discord: looked at before they are sent, kept by hand or as a file."""

import codecs
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from simcord import InteractionResult, ResponseMessage

from cogs.canning import written_in
from tests.effort import effort_of
from tests.office import Office
from tickets.canned import CannedAnswer, matches, named
from tickets.desks.canned_desk import CannedDesk
from tickets.model import AuthorType
from tickets.refusals import TooManyCanned


def answer_of(result: InteractionResult) -> ResponseMessage:
    assert result.response is not None
    assert result.ephemeral
    return result.response


def told(result: InteractionResult) -> str:
    return answer_of(result).content


def read(result: InteractionResult) -> str:
    """What is shown as the requester would read it."""
    return answer_of(result).embeds[0].description or ""


async def keep(office: Office, name: str, content: str, who: str = "general") -> None:
    form = await office.people[who].slash(office.lobby, "canned new")
    kept = await office.people[who].submit_modal(form, {"name": name, "content": content})
    assert "Kept as" in told(kept)


async def test_one_is_looked_at_filled_in_and_sent_once(desk_office: Office) -> None:
    ticket, channel = await desk_office.open(topic="The *red* lamp")
    agent = desk_office.people["general"]
    await keep(desk_office, "Which Lamp", "Hello {name}, is #{number} ({topic}) on? {agent}")

    looked_at = await agent.slash(channel, "canned send", name="which-lamp")
    before = await desk_office.messages(ticket)
    sent = [await agent.click(answer_of(looked_at), label="Send") for _ in range(3)]
    await desk_office.shown()

    expected = "Hello Casey, is #1 (The *red* lamp) on? general-agent"
    (message,) = await desk_office.messages(ticket)
    assert (told(looked_at), read(looked_at), before) == ("So the requester reads it:", expected, [])
    assert [told(it) for it in sent] == ["Sent."] * 3
    assert (message.content, message.author.type) == (expected, AuthorType.STAFF)
    assert desk_office.ever_said_by_requesters(channel) == [expected]
    assert channel.history()[-1].author.name == "general-agent · staff"
    (kept,) = await desk_office.store.canned.all()
    assert kept.used == 1


async def test_what_changed_since_it_was_looked_at_is_shown_anew_instead_of_sent(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]
    await keep(desk_office, "hello", "Hello")
    looked_at = await agent.slash(channel, "canned send", name="hello")
    form = await desk_office.people["manager"].slash(desk_office.lobby, "canned edit", name="hello")
    await desk_office.people["manager"].submit_modal(form, {"name": "hello", "content": "Goodbye"})

    again = await agent.click(answer_of(looked_at), label="Send")
    nothing = await desk_office.messages(ticket)
    await agent.click(answer_of(again), label="Send")

    assert (told(again), read(again)) == (
        "It has changed meanwhile. So the requester reads it now:",
        "Goodbye",
    )
    assert nothing == []
    assert [it.content for it in await desk_office.messages(ticket)] == ["Goodbye"]


async def test_send_works_after_a_restart_of_the_program(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]
    await keep(desk_office, "hello", "Hello")
    looked_at = await agent.slash(channel, "canned send", name="hello")

    await desk_office.client.setup_hook()
    await agent.click(answer_of(looked_at), label="Send")

    assert [it.content for it in await desk_office.messages(ticket)] == ["Hello"]


async def test_an_unknown_one_and_a_closed_ticket_are_refused(desk_office: Office) -> None:
    _, channel = await desk_office.open()
    agent = desk_office.people["general"]
    await keep(desk_office, "hello", "Hello")
    looked_at = await agent.slash(channel, "canned send", name="hello")

    unknown = [
        await agent.slash(channel, "canned send", name="hi"),
        await agent.slash(channel, "canned edit", name="hi"),
        await agent.slash(channel, "canned remove", name="hi"),
    ]
    await agent.slash(channel, "close")
    await desk_office.shown()
    late = [
        await agent.click(answer_of(looked_at), label="Send"),
        await agent.slash(channel, "canned send", name="hello"),
    ]

    assert [told(it) for it in unknown] == ["There is no canned answer hi."] * 3
    assert all(told(it).startswith("Ticket 1 is closed.") for it in late)


@pytest.mark.parametrize("command", ["send", "new", "edit", "remove", "list", "export"])
async def test_strangers_get_none_of_it(desk_office: Office, command: str) -> None:
    await keep(desk_office, "hello", "Hello")
    outsider = desk_office.people["outsider"]
    options = {"name": "hello"} if command in ("send", "edit", "remove") else {}

    asked = await outsider.slash(desk_office.lobby, f"canned {command}", **options)

    assert told(asked) == "Only staff can do this."
    assert await outsider.autocomplete(desk_office.lobby, "canned send", "name", "h") == []
    assert [it.name for it in await desk_office.store.canned.all()] == ["hello"]


async def test_those_that_fit_are_offered_the_most_used_first(desk_office: Office) -> None:
    _, channel = await desk_office.open()
    agent = desk_office.people["general"]
    await keep(desk_office, "password-reset", "Click on the link")
    await keep(desk_office, "hello", "Hello, forgot your password?")
    await keep(desk_office, "bye", "Bye")
    await agent.click(answer_of(await agent.slash(channel, "canned send", name="bye")), label="Send")

    nothing = await agent.autocomplete(channel, "canned send", "name", "")
    password = await agent.autocomplete(channel, "canned send", "name", "passw")

    assert [it["value"] for it in nothing] == ["bye", "hello", "password-reset"]
    assert [it["value"] for it in password] == ["password-reset", "hello"]
    assert password[0]["name"] == "password-reset · Click on the link"


async def test_they_are_listed_removed_and_renamed(desk_office: Office) -> None:
    agent, lobby = desk_office.people["general"], desk_office.lobby
    none = await agent.slash(lobby, "canned list")
    await keep(desk_office, "hello", "Hello *you*\nthere")
    await keep(desk_office, "bye", "Bye")

    listed = await agent.slash(lobby, "canned list")
    removed = await agent.slash(lobby, "canned remove", name="Bye")
    form = await agent.slash(lobby, "canned edit", name=" Hello")
    await agent.submit_modal(form, {"name": "Hi there", "content": "Hi"})

    assert told(none) == "There are no canned answers yet. /canned new makes one."
    assert told(listed) == "**bye** · sent 0× · Bye\n**hello** · sent 0× · Hello \\*you\\* there"
    assert told(removed) == "bye is removed."
    assert [(it.name, it.content) for it in await desk_office.store.canned.all()] == [("hi-there", "Hi")]


async def test_a_name_that_is_taken_or_none_is_refused(desk_office: Office) -> None:
    agent, lobby = desk_office.people["general"], desk_office.lobby
    await keep(desk_office, "hello", "Hello")

    answers = []
    for name, content in (("hello", "x"), ("???", "x"), ("x", "\u200b")):
        form = await agent.slash(lobby, "canned new")
        answers.append(told(await agent.submit_modal(form, {"name": name, "content": content})))

    refusals, words = zip(*(it.split("\nWhat you wrote:\n") for it in answers), strict=True)
    assert refusals == (
        "There is a canned answer hello already.",
        "Give a name of up to 40 letters from a to z, digits and hyphens.",
        "Give a text that people can see.",
    )
    assert words == ("```\nhello\n\nx\n```", "```\n???\n\nx\n```", "```\nx\n```")


async def test_a_long_list_ends_with_how_many_there_are_more(desk_office: Office) -> None:
    desk = CannedDesk(desk_office.desk, desk_office.store, lambda: 0)
    for number in range(100):
        await desk.add(desk_office.caller("general"), f"answer-{number:03}", "words " * 50)

    listed = told(await desk_office.people["general"].slash(desk_office.lobby, "canned list"))

    *lines, more = listed.split("\n")
    assert len(listed) <= 2000
    assert more == f"… and {100 - len(lines)} more"


async def test_what_is_too_long_once_it_is_filled_in_is_neither_shown_nor_sent(desk_office: Office) -> None:
    ticket, channel = await desk_office.open(topic="T" * 100)
    agent = desk_office.people["general"]
    await keep(desk_office, "fits", "{topic}" * 40)
    await keep(desk_office, "too-long", "{topic}" * 40 + "!")

    shown = [await agent.slash(channel, "canned send", name=it) for it in ("fits", "too-long")]
    closing = await agent.slash(channel, "close", canned="too-long", anyway=True)

    assert [len(read(shown[0])), "more than 4000 characters" in told(shown[1])] == [4_000, True]
    assert "more than 4000 characters" in told(closing)
    assert await desk_office.messages(ticket) == []
    assert not (await desk_office.fresh(ticket)).is_closed


async def test_they_travel_as_a_file(desk_office: Office) -> None:
    agent, lobby = desk_office.people["general"], desk_office.lobby
    await keep(desk_office, "hello", "Hello {name}\n😀")
    await keep(desk_office, "bye", "Bye")

    exported = await agent.slash(lobby, "canned export")
    assert exported.response is not None
    (file,) = exported.response.attachments
    content = await file.read()
    await agent.slash(lobby, "canned remove", name="hello")
    form = await agent.slash(lobby, "canned edit", name="bye")
    await agent.submit_modal(form, {"name": "bye", "content": "Later"})
    await keep(desk_office, "other", "Other")
    brought = await agent.slash(lobby, "canned import", file=("canned.json", content))
    by_windows = codecs.BOM_UTF8 + content
    again = await agent.slash(lobby, "canned import", file=("canned.json", by_windows))

    assert told(brought) == "New: 1. Changed: 1. There already: 0."
    assert told(again) == "New: 0. Changed: 0. There already: 2."
    assert {it.name: it.content for it in await desk_office.store.canned.all()} == {
        "bye": "Bye",
        "hello": "Hello {name}\n😀",
        "other": "Other",
    }


async def test_a_mistyped_placeholder_is_named_when_it_is_kept_looked_at_and_brought(
    desk_office: Office,
) -> None:
    _, channel = await desk_office.open()
    agent, lobby = desk_office.people["general"], desk_office.lobby
    words = "Hello {nmae}, {name} {Topic} {answers.steps} {answer.steps} {nmae} { number } {} {1} { and on }"

    form = await agent.slash(lobby, "canned new")
    kept = await agent.submit_modal(form, {"name": "hello", "content": words})
    looked_at = await agent.slash(channel, "canned send", name="hello")
    file = json.dumps([{"name": "bye", "content": "Bye {nam}"}, {"name": "good", "content": "{name}"}])
    brought = await agent.slash(lobby, "canned import", file=("canned.json", file.encode()))
    form = await agent.slash(lobby, "canned edit", name="hello")
    right = await agent.submit_modal(form, {"name": "hello", "content": "Hello {name}"})

    many = "These are no placeholders, and stay as they are: `{nmae}` `{Topic}` `{answer.steps}` `{ number }`"
    assert told(kept).endswith(many)
    assert told(looked_at).endswith(many)
    assert "Hello {nmae}, Casey {Topic} —" in read(looked_at)
    assert told(brought).endswith("`{nam}` is no placeholder, and stays as it is.")
    assert told(right) == "Kept as hello. /canned send sends it."


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"\xff", "This is no file of canned answers"),
        (b'{"name": "x"}', "This is no file of canned answers"),
        (b'[{"name": "x"}]', "This is no file of canned answers"),
        (
            json.dumps([{"name": "x", "content": "x"}, {"name": "?", "content": "x"}]).encode(),
            "number 2 lacks",
        ),
        (json.dumps([{"name": "x", "content": " "}]).encode(), "number 1 lacks"),
        (json.dumps([{"name": "x", "content": "x" * 4001}]).encode(), "number 1 lacks"),
        (json.dumps([{"name": f"x{n}", "content": "x"} for n in range(501)]).encode(), "There are 500"),
        (json.dumps([{"name": "x " * 51, "content": "x"}]).encode(), "number 1 lacks"),
        (json.dumps([{"name": "- " * 1_000_000 + "?", "content": "x"}]).encode(), "number 1 lacks"),
    ],
)
async def test_nothing_is_taken_from_a_file_that_is_wrong(
    desk_office: Office, content: bytes, why: str
) -> None:
    agent = desk_office.people["general"]

    brought = await agent.slash(desk_office.lobby, "canned import", file=("canned.json", content))

    assert why in told(brought)
    assert await desk_office.store.canned.all() == []


async def test_a_file_of_very_many_holds_up_nobody(desk_office: Office) -> None:
    agent, lobby = desk_office.people["general"], desk_office.lobby
    file = json.dumps([{"name": "x", "content": "x"}] * 100_000).encode()

    brought = await agent.slash(lobby, "canned import", file=("canned.json", file))

    assert "There are 500" in told(brought)
    assert effort_of(lambda: _refused(file)) < 1_500


def _refused(file: bytes) -> None:
    with pytest.raises(TooManyCanned):
        written_in(file)


@given(st.text(max_size=60))
def test_a_name_is_made_of_what_is_typed_and_stays_when_typed_again(typed: str) -> None:
    name = named(typed)

    if name is not None:
        assert 0 < len(name) <= 40
        assert named(name) == named(f" {name.upper()} ") == name


@given(st.lists(st.sampled_from(["hello", "bye", "hello-bye"]), unique=True), st.text("helo by", max_size=6))
def test_what_is_offered_has_all_that_is_typed(names: list[str], typed: str) -> None:
    answers = [CannedAnswer(name=it, content="", created_at=0, updated_at=0) for it in names]

    offered = {it.name for it in matches(answers, typed)}

    assert offered == {it for it in names if all(word in f"{it} " for word in typed.split())}
