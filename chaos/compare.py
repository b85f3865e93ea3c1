"""Whether what each side sees is what was acknowledged. Pure: books and looks go in, violations come out."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from chaos.books import SECRET, Said, TicketBook
from chaos.ears import Heard
from chaos.seen import Seen, SeenTicket, texts_in, token_of
from chaos.shown import of_channel

VIEW = 1 << 10
"""Discord's permission to see a channel."""
LEVELS = {"NORMAL": "General tickets", "URGENT": "Urgent tickets", "CRITICAL": "Critical tickets"}


@dataclass(frozen=True, slots=True)
class Violation:
    """Something that is not as promised; ``kind`` is lost, doubled, misordered, leaked or misplaced."""

    kind: str
    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.kind:<10} {self.where}: {self.what}"


def violations(seen: Seen) -> list[Violation]:
    """All of a chapter. What staff wrote is first taken from the channel, where there is one."""
    found: list[Violation] = []
    for it in seen.tickets:
        for channel, history in {**it.history, **it.threads}.items():
            found += _taken_from(channel, history, it.book)
        found += _of_threads(it)
        found += _of_api(it)
        found += _of_notes(it)
        found += _of_place(it, seen)
        if len(it.channels) == 1:
            found += [Violation(*told) for told in of_channel(it)]
        found += _of_transcript(it)
    for name in seen.heard:
        found += _of_socket(seen.heard[name], seen.replayed[name], name)
        found += _of_staffs_words(seen, name)
    for ticket in seen.unasked:
        if seen.channels_of_unasked[ticket["id"]] != 1:
            found.append(Violation("misplaced", f"ticket {ticket['number']}", "it has not one channel"))
    return found


def _taken_from(channel: str, history: list[dict[str, Any]], book: TicketBook) -> Iterator[Violation]:
    """What stands in the channel is what staff said there, whatever they were told."""
    there: dict[str, str] = {}
    for message in history:
        token = token_of(message["content"])
        if token and not message.get("webhook_id") and not message["author"].get("bot"):
            there[token] = message["content"]
    for said in book.of("staff"):
        if said.token in there:
            said.possible = {there[said.token]}
        elif said.channel == channel and None in said.possible:
            said.possible = {None}
        elif said.channel == channel:
            yield Violation("lost", said.token, "the sandbox itself has lost it")


def _of_api(it: SeenTicket) -> Iterator[Violation]:
    by_id = {message["id"]: message for message in it.messages}
    by_token: dict[str, list[dict[str, Any]]] = {}
    for message in it.messages:
        if token := token_of(message["content"]):
            by_token.setdefault(token, []).append(message)
    for side in ("requester", "staff"):
        for said in it.book.of(side):
            yield from _of_message(said, by_token.pop(said.token, []), by_id, it.files)
        yield from _in_order(it, side)
    for token in by_token:
        yield Violation("doubled", token, "in the API, and nobody has said it")
    if SECRET in str(it.messages) or SECRET in str(it.ticket):
        yield Violation("leaked", it.book.name, "a note is in the API")


def _of_notes(it: SeenTicket) -> Iterator[Violation]:
    """Staff finds every note once, as it is now, and nothing among the notes that is none."""
    by_token: dict[str | None, list[str]] = {}
    for note in it.notes:
        by_token.setdefault(token_of(note), []).append(note)
    for said in it.book.of("staff"):
        found = by_token.pop(said.token, [])
        if len(found) > 1:
            yield Violation("doubled", said.token, f"{len(found)} times among the notes")
        elif not found and None not in said.notes:
            yield Violation("lost", said.token, "a note")
        elif found and found[0] not in said.notes:
            yield Violation("lost", said.token, f"the note says {_short(found[0])}")
    for token in by_token:
        yield Violation("doubled", str(token), "a note that nobody has written")


def _of_message(
    said: Said, found: list[dict[str, Any]], by_id: dict[str, Any], files: dict[str, bytes]
) -> Iterator[Violation]:
    if len(found) > 1:
        yield Violation("doubled", said.token, f"{len(found)} times in the API")
    if not found:
        if said.is_sure:
            yield Violation("lost", said.token, f"acknowledged, and not in the API; {_told(said)}")
        return
    content = found[0]["content"]
    if content not in said.visible:
        yield Violation("lost", said.token, f"the API says {_short(content)}; {_told(said)}")
    if said.side == "requester" and said.id and found[0]["id"] != said.id and said.id in by_id:
        yield Violation("doubled", said.token, "under another id")
    if said.file is not None:
        kept = [files.get(url) for url in found[0]["attachments"]]
        if kept != [said.file]:
            yield Violation("lost", said.token, f"its file: {len(kept)} there, or other bytes")


def _in_order(it: SeenTicket, side: str) -> Iterator[Violation]:
    """One side's acknowledged words in the API stand in the order in which they were said; seq only grows.

    What nobody acknowledged may have taken effect at any later time."""
    order = {said.token: place for place, said in enumerate(it.book.of(side)) if said.id}
    tokens = [token for message in it.messages if (token := token_of(message["content"])) in order]
    may_differ = side == "staff" and it.book.may_be_late
    if tokens != sorted(tokens, key=order.__getitem__) and not may_differ:
        yield Violation("misordered", it.book.name, f"{side} in the API: {' '.join(tokens)}")
    numbers = [message["seq"] for message in it.messages]
    if numbers != sorted(set(numbers)):
        yield Violation("misordered", it.book.name, f"seq in the API: {numbers}")


def _of_place(it: SeenTicket, seen: Seen) -> Iterator[Violation]:
    book, name = it.book, it.book.name
    if it.ticket["issue_level"] not in book.levels:
        yield Violation(
            "lost", name, f"a move: {it.ticket['issue_level']}, but it was put to {sorted(book.levels)}"
        )
    if book.is_closed:
        if it.ticket["status"] in ("OPEN", "PENDING"):
            yield Violation("lost", name, "its closing")
        if it.channels:
            yield Violation("misplaced", name, "it is closed, and its channel is still there")
        return
    if len(it.channels) != 1:
        kind = "doubled" if it.channels else "lost"
        yield Violation(kind, name, f"it has {len(it.channels)} channels")
        return
    category = seen.categories.get(it.channels[0]["parent_id"] or "", "none")
    level = it.ticket["issue_level"]
    if not category.startswith((LEVELS[level], f"{level} ")):  # so called where its name was refused
        yield Violation("misplaced", name, f"{it.ticket['issue_level']}, but in category {category!r}")
    yield from _of_card(it, seen.roles[book.support_role])
    yield from _of_access(it, seen)


def _of_access(it: SeenTicket, seen: Seen) -> Iterator[Violation]:
    """The channel is private to the bot, the support role and those above it."""
    roles = [*seen.roles.values()][[*seen.roles].index(it.book.support_role) :]
    overwrites = {each["id"]: each for each in it.channels[0]["permission_overwrites"]}
    if not int(overwrites.get(seen.everybody, {"deny": 0})["deny"]) & VIEW:
        yield Violation("leaked", it.book.name, "everybody sees its channel")
    let_in = {target for target, each in overwrites.items() if int(each["allow"]) & VIEW}
    if let_in - {seen.bot} != {*roles}:
        kind = "leaked" if let_in - {seen.bot} - {*roles} else "misplaced"
        yield Violation(kind, it.book.name, f"its channel is seen by {sorted(let_in)} and not by {roles}")


def _of_threads(it: SeenTicket) -> Iterator[Violation]:
    """Threads are staff's alone."""
    mine = {said.token for said in it.book.of("staff")}
    for history in it.threads.values():
        for message in history:
            token = token_of(message["content"])
            if message.get("webhook_id") or (token is not None and token not in mine):
                yield Violation("leaked", str(token), "something of a requester's is in a thread")


def _of_card(it: SeenTicket, role: str) -> Iterator[Violation]:
    (history,) = it.history.values()
    cards = [
        message for message in history if any(it.book.id in text for text in texts_in(message["components"]))
    ]
    pinned = [message for message in history if message["pinned"]]
    if len(cards) != 1:
        yield Violation("doubled" if cards else "lost", it.book.name, f"it has {len(cards)} cards")
    if pinned != cards:
        yield Violation("misplaced", it.book.name, f"{len(pinned)} of its messages are pinned")
    pings = Counter(role for message in it.posted for role in message["mention_roles"])
    least = 1 if it.is_whole and not it.book.dead_channels else 0
    if set(pings) - {role} or not least <= pings[role] <= 1 + it.book.alarms:
        yield Violation("doubled" if pings else "lost", it.book.name, f"pings: {dict(pings)}")


def _of_transcript(it: SeenTicket) -> Iterator[Violation]:
    """One for each closing. All that was said is in the last one, where the ticket is still closed."""
    if len(it.transcripts) != it.book.closings:
        kind = "doubled" if len(it.transcripts) > it.book.closings else "lost"
        yield Violation(kind, it.book.name, f"it has {len(it.transcripts)} transcripts")
        return
    for html in it.transcripts[-1:] if it.book.is_closed else []:
        missing = [
            token
            for message in it.messages
            if not message["deleted"]
            and (token := token_of(message["content"]))
            and message["content"].splitlines()[-1] not in html
        ]
        if missing:
            yield Violation("lost", it.book.name, f"not in its transcript: {' '.join(missing)}")


def _of_socket(heard: list[Heard], replayed: list[Heard], name: str) -> Iterator[Violation]:
    """Through all breaks, a socket has heard exactly what one hears that asks for everything."""
    live, all_of_it = [it.short for it in heard], [it.short for it in replayed]
    for event, times in Counter(live).items():
        if times > 1:
            yield Violation("doubled", name, f"heard {times} times: {event}")
    for event in sorted(set(all_of_it) - set(live)):
        yield Violation("lost", name, f"not heard: {event}")
    for event in sorted(set(live) - set(all_of_it)):
        yield Violation("doubled", name, f"heard, but not to be heard again: {event}")
    if [it.event_id for it in heard] != sorted(it.event_id for it in heard):
        yield Violation("misordered", name, f"heard in the order {[it.event_id for it in heard]}")
    if SECRET in str(heard) or SECRET in str(replayed):
        yield Violation("leaked", name, "the socket was told of a note")


def _of_staffs_words(seen: Seen, name: str) -> Iterator[Violation]:
    """Each message of staff in the API was heard once, and as it is now."""
    heard: dict[str, list[Heard]] = {}
    for it in seen.heard[name]:
        heard.setdefault(str(it.payload.get("id")), []).append(it)
    for ticket in seen.tickets:
        if ticket.book.requester == name:
            for message in ticket.messages:
                if message["author_type"] == "STAFF":
                    yield from _of_heard(message, heard.get(message["id"], []))


def _of_heard(message: dict[str, Any], heard: list[Heard]) -> Iterator[Violation]:
    where = token_of(message["content"]) or message["id"]
    for event, times in (("message", 1), ("delete_message", int(message["deleted"]))):
        told = sum(it.name == event for it in heard)
        if told != times:
            kind = "doubled" if told > times else "lost"
            yield Violation(kind, where, f"{event} was heard {told} times instead of {times}")
    if heard and heard[-1].payload["content"] != message["content"]:
        yield Violation("lost", where, f"heard last as {_short(heard[-1].payload['content'])}")


def _told(said: Said) -> str:
    return "it should be " + " or ".join(sorted(_short(it or "gone") for it in said.visible))


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else f"{text[:57]}…")


def count(found: Iterable[Violation]) -> Counter[str]:
    """How many of each kind."""
    return Counter(it.kind for it in found)
