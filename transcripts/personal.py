"""Everything about a person as a zip: pages to read, JSON for programs, and the files. It is made while it is
read, so that nothing of it is stored."""

import io
import json
import re
import zipfile
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping, Sequence
from contextlib import aclosing
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from tickets.desks.in_thread import aside
from tickets.forgetting_accounts import account_of
from tickets.merging import absorbed_logs
from tickets.model import Attachment, FileId, Ticket, UserKey
from tickets.ports.lists import TicketFilter, TicketOrder
from tickets.ports.store import Store
from tickets.ports.users import User
from tickets.renaming import identities
from tickets.staff_names import StaffNames
from tickets.transcript import Transcript, people_in, transcript_of
from transcripts.images import every_file
from transcripts.page import render_html
from transcripts.pieces import in_pieces
from transcripts.reader import Reader
from transcripts.record import render_json

PAGE: Final = 100
IN_HAND: Final = 64 * 1024
"""Bytes of a file that are read at a time."""
_OTHER_THAN_NAMES: Final = re.compile(r"[^\w.-]+|\.{2,}")
_ENVIRONMENT: Final = Environment(
    loader=PackageLoader("transcripts"), autoescape=True, undefined=StrictUndefined
)


class _Spool(io.RawIOBase):
    """The zip while it is written and sent. What was sent cannot be read again."""

    def __init__(self) -> None:
        self._written = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        self._written += piece
        return len(piece)

    def taken(self) -> bytes:
        piece = bytes(self._written)
        self._written.clear()
        return piece


def name_of(user: UserKey) -> str:
    """The name of the zip."""
    return f"guildesk-{_OTHER_THAN_NAMES.sub('_', user.id)[:60]}.zip"


async def personal_zip(
    store: Store, user: User, reader: Reader, staff_names: StaffNames
) -> AsyncGenerator[bytes, None]:
    """The zip, piece by piece. It has the same people as an erasure removes: a member of the guild with the
    account that is linked. Staff have the names under which requesters see them."""
    spool = _Spool()
    keys = await identities(store, user.person.key)
    with zipfile.ZipFile(spool, "w", zipfile.ZIP_DEFLATED) as made:
        about = await _about(store, user, keys)
        made.writestr("about.json", json.dumps(about, indent=2, ensure_ascii=False))
        listed: list[Ticket] = []
        for key in keys:
            async for ticket in _tickets(store, key):
                listed.append(ticket)
                async with aclosing(_ticket(store, made, spool, ticket, reader, staff_names)) as pieces:
                    async for piece in pieces:
                        yield piece
        uploads = [await store.erasures.uploads(key, ()) for key in keys]
        for file_id in sorted(set().union(*uploads)):
            async with aclosing(_file(store, made, spool, file_id, "files/uploads")) as pieces:
                async for piece in pieces:
                    yield piece
        index = _ENVIRONMENT.get_template("personal.html")
        made.writestr("index.html", index.render(user=user, about=about, tickets=listed, reader=reader))
    yield spool.taken()


async def _tickets(store: Store, key: UserKey) -> AsyncIterator[Ticket]:
    after = None
    which = TicketFilter(requester=key)
    while page := await store.views.tickets(which, order=TicketOrder.OLDEST, after=after, limit=PAGE):
        for ticket in page:
            yield ticket
        after = TicketOrder.OLDEST.place(page[-1])


async def _about(store: Store, user: User, keys: Sequence[UserKey]) -> dict[str, Any]:
    """What is stored about them apart from their tickets. ``keys`` are all that are this person."""
    about = await _of_one(store, user)
    others = [await store.users.user(it) for it in keys if it != user.person.key]
    about["identities"] = [await _of_one(store, it) for it in others if it is not None]
    accounts = [await account_of(store.identity, it) for it in keys]
    for account in filter(None, accounts):
        about["account"] = {
            "email": account.email,
            "username": account.username,
            "locale": account.locale,
            "phone": account.phone,
            "created_at": account.created_at // 1000,
            "discord_id": account.discord_id,
        }
    return about


async def _of_one(store: Store, user: User) -> dict[str, Any]:
    person, key = user.person, user.person.key
    return {
        "id": key.id,
        "issuer": key.issuer,
        "username": person.name,
        "email": person.email,
        "role": person.role,
        "tickets": user.ticket_count,
        "note": user.note,
        "blocked": user.block is not None,
        "block_reason": user.block.reason if user.block else None,
        "notifications": [it async for it in _notifications(store, key)],
    }


async def _notifications(store: Store, key: UserKey) -> AsyncIterator[Mapping[str, Any]]:
    after = None
    while True:
        page = await store.notifications.of_user(key, after=after, limit=PAGE)
        for it in page.items:
            yield {
                "kind": it.kind,
                "channel": it.channel,
                "text": it.text,
                "created_at": it.created_at // 1000,
                "status": it.status,
                "ticket_id": it.ticket_id,
            }
        if (after := page.next) is None:
            return


async def _ticket(
    store: Store,
    made: zipfile.ZipFile,
    spool: _Spool,
    ticket: Ticket,
    reader: Reader,
    staff_names: StaffNames,
) -> AsyncGenerator[bytes, None]:
    """The page has what they may read themselves. The JSON has notes of staff as well."""
    name = f"ticket-{ticket.number:04}"
    whole = await _transcript(store, ticket, staff_names, for_staff=True)
    own = await _transcript(store, ticket, staff_names, for_staff=False)
    files = {file.id: file for file in every_file(whole)}

    def file_url(file: Attachment) -> str:
        return f"../files/{name}/{_file_name(file)}"

    forms: Sequence[tuple[str, Iterator[str]]] = (
        ("html", render_html(own, file_url, reader=reader)),
        ("json", render_json(whole, file_url)),
    )
    for ending, written in forms:
        with made.open(f"tickets/{name}.{ending}", "w") as member:
            async for piece in in_pieces(written):
                member.write(piece)
                yield spool.taken()
    for file_id in files:
        async with aclosing(_file(store, made, spool, file_id, f"files/{name}")) as pieces:
            async for piece in pieces:
                yield piece


async def _transcript(
    store: Store, ticket: Ticket, staff_names: StaffNames, *, for_staff: bool
) -> Transcript:
    """With notes and edited texts, or without both."""
    events = await store.log.events(ticket.id)
    absorbed = await absorbed_logs(store.log, events)
    keys = await aside(people_in, events)
    for log in absorbed.values():
        keys |= await aside(people_in, log)
    people = staff_names.shown(await store.people.people(keys), keys - {ticket.requester})
    return await aside(transcript_of, events, people, notes=for_staff, revisions=for_staff, absorbed=absorbed)


async def _file(
    store: Store, made: zipfile.ZipFile, spool: _Spool, file_id: FileId, folder: str
) -> AsyncGenerator[bytes, None]:
    async with store.files.opened(file_id) as kept:
        if kept is None:
            return
        with made.open(f"{folder}/{_file_name(kept.file)}", "w", force_zip64=True) as member:
            first = 0
            while first < kept.size:
                async for piece in kept.read(first, min(IN_HAND, kept.size - first)):
                    member.write(piece)
                    first += len(piece)
                    yield spool.taken()


def _file_name(file: Attachment) -> str:
    """A file name of ours that no system takes for a path, because files may have any name, and the same one
    twice."""
    return f"{file.id[:12]}-{_OTHER_THAN_NAMES.sub('_', file.name)[-80:].lstrip('.')}"
