"""What was edited away or deleted is not told again to requesters, by whatever way they catch up."""

import itertools
import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.api.stage import AGENT, AS_ANN, STAFF, Stage, listening, token
from tickets.desks.ticket_desk import Said
from tickets.model import Caller, MessageId, Status

ACTS = st.lists(
    st.tuples(
        st.sampled_from(["post", "edit", "edit", "delete", "topic", "description", "close"]),
        st.sampled_from(["requester", "staff"]),
        st.integers(0, 3),
    ),
    max_size=14,
)

NUMBERS = itertools.count()


class Talk:
    """Everything that is ever written is a word of its own; ``now`` has those that stand there in the end."""

    def __init__(self, stage: Stage, ticket: str) -> None:
        self._stage = stage
        self._ticket = ticket
        self._written: list[tuple[Caller, MessageId]] = []
        self.words: set[str] = set()
        self.now: dict[str, str] = {}

    def word(self, where: str) -> str:
        word = f"word{next(NUMBERS):06}w"
        self.words.add(word)
        self.now[where] = word
        return word

    @property
    def superseded(self) -> set[str]:
        return self.words - set(self.now.values())

    async def act(self, act: str, by: str, which: int) -> None:
        desk, caller = self._stage.desk, AS_ANN if by == "requester" else AGENT
        if act == "post":
            message = await desk.post(caller, self._ticket, Said(self.word("posted")))
            self.now[message.id] = self.now.pop("posted")
            self._written.append((caller, message.id))
        elif act in ("edit", "delete") and self._written:
            author, message_id = self._written[which % len(self._written)]
            if act == "edit":
                await desk.edit(author, self._ticket, message_id, Said(self.word(message_id)))
            else:
                await desk.delete(author, self._ticket, message_id)
                self._written.remove((author, message_id))
                del self.now[message_id]
        elif act in ("topic", "description"):
            await desk.change(caller, self._ticket, {act: self.word(act)})
        elif act == "close":
            await desk.close(AGENT, self._ticket, Status.UNRESOLVED)
            await desk.reopen(AGENT, self._ticket)


async def told(stage: Stage, user: str, since: str = "0", **claims: str) -> tuple[list[Any], list[Any]]:
    """All events over REST, and all that a socket is told that was away."""
    listed = (await stage.ask("GET", f"/api/v1/events?after={since}", user, claims=claims)).json
    async with listening(stage) as ear:
        said: Mapping[str, Any] = {"watch": "all"} if claims else {}
        answer = await ear.authorize(token=token(user, **claims), last_event_id=since, echo=True, **said)
        heard: list[Any] = []
        while len(heard) < answer["missed"]:
            await ear.all_heard()
            heard = [payload for name, payload in ear.heard if name not in ("authorized", "error")]
    return listed, heard


@given(acts=ACTS)
async def test_no_superseded_word_is_told_to_a_requester(
    stage: Stage, acts: list[tuple[str, str, int]]
) -> None:
    since = await stage.newest()
    talk = Talk(stage, await stage.opened())
    for act in acts:
        await talk.act(*act)

    listed, heard = await told(stage, "ann", since)

    for everything in (json.dumps(listed), json.dumps(heard)):
        assert [word for word in talk.superseded if word in everything] == []
        assert [word for word in talk.now.values() if word not in everything] == []


async def everything_changed(stage: Stage) -> None:
    ticket = await stage.opened(topic="First topic")
    edited = await stage.answered(ticket, "First words")
    deleted = await stage.answered(ticket, "Gone words")
    await stage.desk.edit(AGENT, ticket, MessageId(edited), Said("Second words"))
    await stage.desk.edit(AGENT, ticket, MessageId(edited), Said("Third words"))
    await stage.desk.delete(AGENT, ticket, MessageId(deleted))
    await stage.desk.change(AGENT, ticket, {"topic": "Second topic"})


async def test_a_requester_is_told_of_messages_as_they_are_now(stage: Stage) -> None:
    await everything_changed(stage)

    listed, heard = await told(stage, "ann")

    payloads = [it["payload"] for it in listed]
    assert heard == payloads
    assert [it["event"] for it in listed] == [
        "ticket_opened",
        *("message", "message", "edit_message", "edit_message", "delete_message"),
        "ticket_updated",
    ]
    assert [(it["content"], it["edited"], it["deleted"]) for it in payloads[1:6]] == [
        ("Third words", True, False),
        ("", False, True),
        ("Third words", True, False),
        ("Third words", True, False),
        ("", False, True),
    ]
    assert payloads[0]["topic"] == payloads[6]["topic"] == "Second topic"


async def test_staff_reads_the_revisions(stage: Stage) -> None:
    await everything_changed(stage)

    listed, heard = await told(stage, "sam", **STAFF)

    payloads = [it["payload"] for it in listed]
    assert heard == payloads
    assert [it["content"] for it in payloads[1:6]] == ["First words", "", "Second words", "Third words", ""]
    assert (payloads[0]["topic"], payloads[6]["topic"]) == ("First topic", "Second topic")


@pytest.mark.parametrize("form", ["json", "txt", "md", "html"])
async def test_a_requesters_transcript_has_no_old_words_either(stage: Stage, form: str) -> None:
    await everything_changed(stage)

    async def transcript(user: str, **claims: str) -> str:
        said = {"Authorization": f"Bearer {token(user, **claims)}"}
        path = f"/api/v1/tickets/1/transcript?format={form}"
        async with stage.http.get(path, headers=said) as answer:
            return await answer.text()

    own, staffs = await transcript("ann"), await transcript("sam", **STAFF)

    assert "First topic" not in own
    assert "topic" in own
    assert "Second topic" in own
    assert "First topic" in staffs
