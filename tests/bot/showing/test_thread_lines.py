"""What requesters' threads show is shown once, also where the store fails before it has recorded it."""

from pathlib import Path
from typing import Any

import pytest
from simcord.backend import Backend
from simcord.backend.errors import BackendError
from simcord.http import router

from sandbox import webhooks_in_threads
from tests.bot.showing.test_outbox import links_refused
from tests.cogs.counter import all_shown, open_at, say, texts, thread_of, with_panel
from tests.office import Office
from tickets.ports.sinks import SinkName


async def test_answers_and_lines_appear_once(
    desk_office: Office, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    member, agent = desk_office.people["outsider"], desk_office.people["general"]
    await with_panel(desk_office)
    _, channel, thread = await open_at(desk_office, member)

    async with links_refused(tmp_path, caplog, "thread_links"):
        await agent.send(channel, "Is it plugged in?")
    await all_shown(desk_office)
    async with links_refused(tmp_path, caplog, "thread_links"):
        await agent.slash(channel, "close", reason="It was the plug")
    await all_shown(desk_office)

    ever = [it["content"] for it in desk_office.ever_posted(thread)]
    assert len(ever) == 3
    assert ever[0].startswith(member.mention)
    assert ever[1] == f"{member.mention} Is it plugged in?"
    assert "It was the plug" in ever[2]


async def test_the_oldest_closed_ticket_makes_room(
    desk_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    member, agent = desk_office.people["outsider"], desk_office.people["general"]
    await with_panel(desk_office)
    older, newer, still_open = [await open_at(desk_office, member) for _ in range(3)]
    for _, channel, _ in (older, newer):
        await agent.slash(channel, "close")
        await all_shown(desk_office)
    make = Backend.create_thread

    def make_unless_full(self: Backend, *args: object, **more: object) -> object:
        active = [
            it for it in self.active_threads(desk_office.guild.id) if it.parent_id == desk_office.lobby.id
        ]
        if len(active) >= 3:
            raise BackendError(400, 160006, "Maximum number of active threads reached")
        return make(self, *args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(Backend, "create_thread", make_unless_full)
    shown = await member.slash(desk_office.lobby, "open")
    await member.submit_modal(shown, {"topic": "One more", "description": "Dark."})
    await all_shown(desk_office)

    ticket = await desk_office.store.views.ticket_at("4")
    assert ticket is not None
    assert texts(thread_of(desk_office, ticket))
    archived = {it[0].number for it in (older, newer, still_open) if is_archived(it[2])}
    assert archived == {older[0].number}
    assert await desk_office.store.backlog.failures(SinkName.THREADS, ticket.id) == []


async def test_an_answer_in_a_thread_that_fell_asleep_makes_room_too(
    desk_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    member, agent = desk_office.people["outsider"], desk_office.people["general"]
    await with_panel(desk_office)
    closed, asleep = [await open_at(desk_office, member) for _ in range(2)]
    await agent.slash(closed[1], "close")
    await all_shown(desk_office)
    asleep[2]._channel.thread_metadata.archived = True  # type: ignore[union-attr]
    wake = webhooks_in_threads._wake

    def wake_unless_full(backend: Backend, thread: Any) -> None:
        if thread.thread_metadata.archived and not is_archived(closed[2]):
            raise BackendError(400, 160006, "Maximum number of active threads reached")
        wake(backend, thread)

    monkeypatch.setattr(webhooks_in_threads, "_wake", wake_unless_full)
    await say(desk_office, agent, asleep[1], "Is it plugged in?")

    assert texts(asleep[2])[-1].endswith("Is it plugged in?")
    assert [is_archived(it[2]) for it in (closed, asleep)] == [True, False]


async def test_a_thread_whose_making_was_not_answered_is_made_once(
    desk_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    member = desk_office.people["outsider"]
    await with_panel(desk_office)
    answered, lost = router.dispatch, list[str]()

    def without_answer(backend: Backend, method: str, path: str, **more: Any) -> Any:
        answer = answered(backend, method, path, **more)
        if method == "POST" and path.endswith("/threads") and not lost:
            lost.append(path)
            raise ConnectionResetError("the answer was lost")
        return answer

    monkeypatch.setattr(router, "dispatch", without_answer)
    ticket, _, thread = await open_at(desk_office, member)
    await say(desk_office, member, thread, "It is dark")

    assert lost
    assert [it.name for it in desk_office.lobby.threads] == [f"{ticket.number:04} It hurts"]
    assert [it.content for it in await desk_office.messages(ticket)] == ["It is dark"]


def is_archived(thread: object) -> bool:
    return bool(thread._channel.thread_metadata.archived)  # type: ignore[attr-defined]
