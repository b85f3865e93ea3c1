"""Whoever is cut at any moments ends up having heard exactly what somebody who never was has heard."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.api.stage import AGENT, AS_ANN, AS_SAM, STAFF, Ear, Stage, listening, place, token
from tickets.desks.ticket_desk import Said
from tickets.model import Caller, MessageId, Status

SIDES = {"requester": AS_ANN, "discord": AGENT, "socket": AS_SAM}
ACTS = ("post", "note", "edit", "delete", "change", "reopen")
TOLD = {"ticket_opened", "message", "edit_message", "delete_message", "ticket_updated", "ticket_closed"}
TOLD |= {"ticket_reopened", "note", "edit_note", "delete_note"}

acts = st.lists(
    st.tuples(
        st.sampled_from(ACTS + ("post",) * 6),
        st.sampled_from(sorted(SIDES)),
        st.integers(0, 2),
        st.sampled_from([0.0, 0.0, 0.001, 0.004]),
    ),
    max_size=40,
)
"""What happens: the act, by whom, on which ticket, and how long until the next."""
cuts = st.lists(st.tuples(st.integers(0, 30), st.booleans(), st.booleans()), min_size=1, max_size=8)
"""Milliseconds until the socket is cut; whether without a farewell; whether it then shows its token by
handshake or by the event."""


@dataclass
class Talk:
    """Three tickets: Ann's, hers again, and Sam's own, on which anybody may do anything."""

    stage: Stage
    tickets: list[str]
    written: dict[str, list[tuple[Caller, MessageId]]] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    """Messages that were deleted: by when one hears of them decides what of them is still told."""
    edited: set[str] = field(default_factory=set)
    """Messages that were edited: of them requesters are told as they are when they are told."""

    async def act(self, act: str, by: str, on: int) -> None:
        caller, ticket = SIDES[by], self.tickets[on]
        if caller is AS_ANN and on == 2:
            caller = AS_SAM
        desk, written = self.stage.desk, self.written.setdefault(ticket, [])
        if act == "post":
            written.append((caller, (await desk.post(caller, ticket, Said("Words"))).id))
        elif act == "note":
            written.append((AGENT, (await desk.add_note(AGENT, ticket, Said("Hush"))).id))
        elif act == "edit" and written:
            self.edited.add(written[-1][1])
            await desk.edit(*_of(written[-1], ticket), Said("Better words"))
        elif act == "delete" and written:
            author, message = written.pop()
            self.gone.add(message)
            await desk.delete(author, ticket, message)
        elif act == "change":
            await desk.change(AGENT, ticket, {"topic": f"Topic {len(written)}"})
        elif act == "reopen":
            await desk.close(AGENT, ticket, Status.UNRESOLVED)
            await desk.reopen(AS_SAM, ticket)

    def same(self, listener: "Listener") -> list[tuple[str, Any]]:
        """What was heard, but for what is as of the moment of telling: the words of what was deleted in the
        end, places in Discord, what was read, and for requesters what was edited."""
        return [(name, payload | self._at_any_time(payload, listener)) for name, payload in listener.heard]

    def _at_any_time(self, payload: dict[str, Any], listener: "Listener") -> dict[str, Any]:
        if "discord" in payload:
            as_of_telling = {"discord": None, "read": None, "unread": None}
            return as_of_telling | ({} if listener.is_staff else {"topic": None})
        unseen: dict[str, Any] = {}
        if payload["id"] in self.gone:
            unseen |= {"content": "", "deleted": True}
        if not listener.is_staff and payload["id"] in self.gone | self.edited:
            unseen |= {"content": "", "edited": True, "updated_at": 0}
        return unseen


def _of(written: tuple[Caller, MessageId], ticket: str) -> tuple[Caller, str, MessageId]:
    return written[0], ticket, written[1]


@dataclass
class Listener:
    """One kind of socket, which always says the same of what it wants to hear."""

    said: dict[str, Any]
    last: str
    heard: list[tuple[str, Any]] = field(default_factory=list)

    @property
    def is_staff(self) -> bool:
        return "watch" in self.said

    def is_done(self) -> bool:
        return bool(self.heard) and self.heard[-1][0] == "ticket_closed" and _is_the_end(self.heard[-1][1])

    def take(self, ear: Ear) -> None:
        """Keep what an ear has heard, and go on from there."""
        assert "error" not in ear.names
        told = [(name, payload) for name, payload in ear.heard if name in TOLD]
        if told:
            self.heard += told
            self.last = told[-1][1]["event_id"]

    @asynccontextmanager
    async def listens(self, stage: Stage, *, by_handshake: bool) -> AsyncIterator[Ear]:
        said = {**self.said, "last_event_id": self.last}
        async with listening(stage, auth=said if by_handshake else None) as ear:
            if not by_handshake:
                await ear.client.emit("authorize", said)
            yield ear

    async def listen_to_the_end(self, stage: Stage) -> None:
        async with self.listens(stage, by_handshake=True) as ear:
            count = 1
            while not _is_the_end(await ear.until("ticket_closed", count=count)):
                count += 1
        self.take(ear)

    async def listen_with_cuts(self, stage: Stage, cuts: Sequence[tuple[int, bool, bool]]) -> None:
        for milliseconds, abruptly, by_handshake in cuts:
            async with self.listens(stage, by_handshake=by_handshake) as ear:
                await asyncio.sleep(milliseconds / 1000)
                if abruptly:
                    await ear.client.eio.disconnect(abort=True)
            self.take(ear)
            if self.is_done():
                return
        await self.listen_to_the_end(stage)


def _is_the_end(ticket: Any) -> bool:
    return bool(ticket["close_reason"] == "The end")


def listeners(ticket: str, last: str) -> list[Listener]:
    ann, sam = token("ann"), token("sam", **STAFF)
    said: list[dict[str, Any]] = [
        {"token": ann},
        {"token": ann, "echo": True},
        {"token": sam, "watch": "all"},
        {"token": sam, "watch": "all", "echo": True},
        {"token": sam, "watch": ticket},
        {"token": sam, "watch": [ticket, "all"], "echo": True},
    ]
    return [Listener(it, last) for it in said]


Fate = list[tuple[int, bool, bool]]


@pytest.mark.slow
@settings(max_examples=60, phases=[Phase.explicit, Phase.generate])  # what depends on time does not shrink
@given(acts=acts, fates=st.lists(cuts, min_size=6, max_size=6))
async def test_who_is_cut_hears_exactly_what_who_is_not_cut_hears(
    stage: Stage, acts: list[tuple[str, str, int, float]], fates: list[Fate]
) -> None:
    tickets = [await stage.opened(), await stage.opened(), await stage.opened("sam")]
    last = str(await stage.store.feed.last())
    talk = Talk(stage, tickets)
    uncut, cut = listeners(tickets[0], last), listeners(tickets[0], last)

    async def all_that_happens() -> None:
        for act, by, on, pause in acts:
            await talk.act(act, by, on)
            await asyncio.sleep(pause)
        await stage.desk.close(AGENT, tickets[0], Status.UNRESOLVED, "The end")

    async with asyncio.timeout(30), asyncio.TaskGroup() as tasks:
        for whole in uncut:
            tasks.create_task(whole.listen_to_the_end(stage))
        for broken, fate in zip(cut, fates, strict=True):
            tasks.create_task(broken.listen_with_cuts(stage, fate))
        tasks.create_task(all_that_happens())

    for whole, broken in zip(uncut, cut, strict=True):
        assert talk.same(broken) == talk.same(whole), whole.said
        ids = [place(payload["event_id"]) for _, payload in whole.heard]
        assert ids == sorted(set(ids))
    await _must_be_what_the_log_says(stage, int(last), uncut)


async def _must_be_what_the_log_says(stage: Stage, last: int, listeners: Sequence[Listener]) -> None:
    """That the whole is the whole: what each kind of socket is promised, found in the feed."""
    ann, sam, agent = AS_ANN.key, AS_SAM.key, AGENT.key
    fed = await stage.store.feed.after(last, limit=1_000)
    end = fed[-1].event.ticket_id
    wanted: list[Callable[[Any, bool], bool]] = [
        lambda it, note: it.requester == ann and not note and it.event.actor.key != ann,
        lambda it, note: it.requester == ann and not note,
        lambda it, note: it.event.actor.key != sam and not (note and it.requester == sam),
        lambda it, note: not (note and it.requester == sam),
        lambda it, note: (
            it.event.actor.key != sam
            and (it.event.ticket_id == end or it.requester == sam)
            and not (note and it.requester == sam)
        ),
        lambda it, note: not (note and it.requester == sam),
    ]
    assert agent not in (ann, sam)
    for listener, is_promised in zip(listeners, wanted, strict=True):
        promised = [it.pos for it in fed if is_promised(it, type(it.event.data).__name__.startswith("Note"))]
        assert [place(payload["event_id"]) for _, payload in listener.heard] == promised, listener.said
