"""Every command and menu, tried by everybody and everywhere: each has a kind answer, in their language."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import discord
import pytest
from simcord import ChannelHandle, InteractionResult

from tests.cards import card_in
from tests.cogs.counter import all_shown, open_at, panel_in, say, with_panel
from tests.office import Office, office
from texts.language import Language
from texts.text import Text, in_language

ENGLISH: Final = re.compile(
    r"\b(the|this|that|you|your|cannot|there|only|with|and|not|channel|staff)\b", re.IGNORECASE
)
CANNED: Final = frozenset(f"canned {it}" for it in ("new", "edit", "remove", "list", "export", "import"))
ANYWHERE: Final = CANNED.union(
    ("reopen", "queue", "next", "mine", "find", "transcript", "stats", "duty", "open", "panel", "doctor")
)
"""Commands that are not about the ticket of the channel."""
AFTERWARDS: Final = frozenset(
    (
        *("label", "unlabel", "link", "unlink", "note", "history", "requester", "block", "unblock", "keep"),
        *(
            "assign",
            "merge",
            "remove",
            "unsubscribe",
        ),  # which say what is wrong with them instead
    )
)
"""Commands in the channel of a closed ticket that do not say that it is closed."""
AT_ONCE: Final = 15
"""So many are tried before anything is waited for: each of them must be answered within 3 seconds."""


@dataclass(frozen=True)
class Try:
    """Who tried what, and what came back."""

    who: str
    what: str
    result: InteractionResult

    @property
    def told(self) -> str:
        shown = [*([self.result.response] if self.result.response else []), *self.result.followups]
        assert shown or self.result.modal is not None, f"nothing: {self}"
        assert all(it.ephemeral for it in shown), f"seen by all: {self}"
        return "\n".join(it.content or "a layout" for it in shown) or "a form"


Acts = Mapping[str, Callable[[], Awaitable[InteractionResult]]]


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[Office]:
    async with office(tmp_path, close_grace=3_600_000) as opened:
        yield opened


async def tried(office: Office, who: str, acts: Acts) -> list[Try]:
    """What somebody tries, several things at once, as waiting for each alone takes much longer."""
    env: Any = office.env
    settle, done = env._settle_internal, list[Try]()

    async def not_yet(**_: Any) -> None:
        pass

    for number, (what, act) in enumerate(acts.items(), 1):
        env._settle_internal = not_yet
        done.append(Try(who, what, await act()))
        env._settle_internal = settle
        if number % AT_ONCE == 0 or number == len(acts):
            await office.env.settle()
    return done


async def commands(office: Office, who: str, where: ChannelHandle, but: Collection[str] = ()) -> list[Try]:
    """All commands, tried in one channel."""
    slash, known = office.people[who].slash, commands_of(office)
    assert len(known) > 40
    acts = {name: partial(slash, where, name, **it) for name, it in known.items() if name not in but}
    return await tried(office, who, acts)


def commands_of(office: Office) -> dict[str, dict[str, Any]]:
    """Every command, with something for each option that it needs."""
    tree, menu = office.client.tree, discord.app_commands.ContextMenu

    def filled(option: Mapping[str, Any]) -> Any:
        if option.get("choices"):
            return option["choices"][0]["value"]
        return {4: 1, 6: office.people["general"], 11: ("a.json", b"{}")}.get(option["type"], "1")

    found = [it.to_dict(tree) for it in tree.get_commands() if not isinstance(it, menu)]
    return {
        name: {it["name"]: filled(it) for it in options if it.get("required")}
        for command in found
        for name, options in leaves(command)
    }


def leaves(command: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, list[Mapping[str, Any]]]]:
    name, options = f"{before}{command['name']}", list(command.get("options", ()))
    inner = [it for it in options if it["type"] in (1, 2)]
    for it in inner:
        yield from leaves(it, f"{name} ")
    if not inner:
        yield name, options


def kind(everything: list[Try]) -> dict[str, str]:
    """What was told, after a look whether it is German, and no fault of ours."""
    for it in everything:
        assert not ENGLISH.search(it.told), it
        assert not it.told.startswith("Das hat nicht geklappt"), it
    return {it.what: it.told for it in everything}


async def test_every_command_has_a_kind_answer_whoever_uses_it_and_wherever(
    house: Office, locale: dict[str, str]
) -> None:
    people = house.people
    await with_panel(house)
    _, closed, thread = await open_at(house, people["outsider"])
    await people["general"].slash(closed, "close", reason="Genug")
    _, kept = await house.open()
    gone, merged = await house.open()
    await people["general"].slash(kept, "merge", number=gone.number)
    await all_shown(house)
    locale["locale"] = "de"

    own_thread = kind(await commands(house, "outsider", thread))
    elsewhere = kind(await commands(house, "general", house.lobby))
    afterwards = kind(await commands(house, "general", closed, but={*ANYWHERE, "reopen"}))
    merged_away = kind(await commands(house, "general", merged, but=ANYWHERE))

    assert {it for it, told in own_thread.items() if told != "Das kann nur das Team."} == {"open"}
    assert {
        it for it, told in elsewhere.items() if told != "Das ist nicht der Kanal eines Tickets."
    } == ANYWHERE
    assert {it for it, told in afterwards.items() if "ist geschlossen" not in told} == AFTERWARDS
    assert {it for it, told in merged_away.items() if "überführt" not in told} == AFTERWARDS


async def test_every_menu_has_a_kind_answer_on_whatever_it_is_used(
    house: Office, locale: dict[str, str]
) -> None:
    people, guild, lobby = house.people, house.guild, house.lobby
    people["bot"] = guild.add_member(house.env.create_user("bot", bot=True))
    await with_panel(house)
    ticket, channel, thread = await open_at(house, people["outsider"])
    asked = await say(house, people["outsider"], thread, "Frage")
    typed = await say(house, people["general"], channel, "Antwort")
    there = await people["outsider"].send(lobby, "Hilfe")
    copy = next(it for it in reversed(channel.history()) if it.webhook_id)
    messages = {
        "own": (channel, typed),
        "copy": (channel, copy),
        "card": (channel, card_in(channel)),
        "panel": (lobby, panel_in(house)),
        "lobby": (lobby, there),
        "thread": (thread, asked),
    }
    locale["locale"], seq = "de", (await house.fresh(ticket)).seq

    told: dict[tuple[str, str], str] = {}
    for who in ("general", "outsider"):
        menu = people[who].context_menu
        on_messages = {
            f"{name}: {on}": partial(menu, where, name, message)
            for name in ("Edit", "Take back", "Earlier versions", "Open a ticket from this message")
            for on, (where, message) in messages.items()
            if where is lobby or (where is thread) == (who == "outsider")
        }
        name = "Open a ticket for this member"
        on_members = {f"for {it}": partial(menu, lobby, name, member) for it, member in people.items()}
        told |= {
            (who, it): told for it, told in kind(await tried(house, who, on_messages | on_members)).items()
        }

    members_only = {it: said for (who, it), said in told.items() if who == "outsider" and said != "a form"}
    assert {*members_only.values()} == {"Das kann nur das Team."}
    assert not [it for it in members_only if it.startswith("Open a ticket from")]
    by_staff = {it: said for (who, it), said in told.items() if who == "general"}
    assert by_staff.pop("for bot") == "Bots öffnen keine Tickets."
    assert {it for it, said in by_staff.items() if said == "a form"} == {
        it for it in by_staff if it.startswith(("for ", "Open "))
    }
    assert {said for it, said in by_staff.items() if "card" in it} == {
        in_language(Text("not-posted-by-bot"), Language.DE),
        "Das zeigt keine Nachricht des Tickets.",
        "a form",
    }
    assert (await house.fresh(ticket)).seq == seq
