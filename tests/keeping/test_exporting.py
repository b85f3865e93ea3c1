"""An export has everything about a person, can be read by people and programs, and has nothing of others."""

import io
import json
import zipfile
from pathlib import Path

from tests.contract.acts import append, open_ticket
from tests.contract.places import leading
from tests.contract.test_erasing import talk
from tests.keeping.stores import now
from tests.keeping.test_commands import guildesk
from tests.new_stores import open_new_sqlite
from tests.people import ANN, BEN, SAM, SAM_ANSWERS
from tickets.events import Change, MessageEdited, MessagePosted, TicketChanged
from tickets.model import Attachment, FileId, MessageId, Person, UserKey, UserRole
from tickets.ports.accounts import Account
from tickets.ports.store import Store
from tickets.staff_names import StaffNames
from transcripts.personal import personal_zip
from transcripts.reader import Reader

HOSTILE = Attachment(FileId("hostile"), "../../etc/<script>.html", "text/html", 300_000)


async def lived_in(store: Store) -> None:
    ticket = await talk(store, closed=False)
    await store.files.put(HOSTILE, b"<b>" * 100_000)
    await append(store, ticket.id, MessagePosted("<script>alert(1)</script> with a file", (HOSTILE,)))
    said = (await append(store, ticket.id, MessagePosted("the words before"), SAM_ANSWERS)).event
    await append(store, ticket.id, MessageEdited(MessageId(said.id), "the words now"), SAM_ANSWERS)
    changes = (Change("topic", "a topic in between", "the topic now"),)
    await append(store, ticket.id, TicketChanged(changes), SAM_ANSWERS)
    await store.users.note(ANN.key, "likes zebras")
    await open_ticket(store, BEN.key)


async def test_it_has_pages_records_and_files(tmp_path: Path) -> None:
    async with open_new_sqlite(tmp_path, now) as store, leading(store) as led:
        await lived_in(led)
        user = await led.users.user(ANN.key)
        assert user is not None
        pieces = [piece async for piece in personal_zip(led, user, Reader(), StaffNames())]

    with zipfile.ZipFile(io.BytesIO(b"".join(pieces))) as made:
        assert made.testzip() is None
        assert made.infolist()[0].header_offset == 0, "nothing comes twice"
        names = made.namelist()
        about = json.loads(made.read("about.json"))
        record = json.loads(made.read("tickets/ticket-0001.json"))
        page = made.read("tickets/ticket-0001.html").decode()
        index = made.read("index.html").decode()
        (hostile,) = [it for it in names if "hostile" in it]
        assert made.read(hostile) == b"<b>" * 100_000
    assert max(map(len, pieces)) < 2**20
    assert sorted(it for it in names if not it.startswith("files/")) == [
        "about.json",
        "index.html",
        "tickets/ticket-0001.html",
        "tickets/ticket-0001.json",
    ]
    assert all(".." not in it and "<" not in it for it in names)
    assert (about["email"], about["note"]) == ("ann@example.org", "likes zebras")
    assert "Ann has a zebra" in json.dumps(record)  # a note of staff's
    assert "Ann has a zebra" not in page
    assert "which zebra, Ann?" in page
    assert all(it in page for it in ("the words now", "the topic now"))
    assert "the words before" in json.dumps(record)
    assert not any(it in page for it in ("the words before", "a topic in between"))
    assert "<script>" not in page + index
    assert "ticket-0001.html" in index


async def test_a_member_of_the_guild_and_the_account_that_is_linked_are_one_person(tmp_path: Path) -> None:
    """As in an erasure."""
    account = Account(
        id="a", email="ann@example.org", username="Ann", role=UserRole.CUSTOMER, created_at=1, discord_id="77"
    )
    member = Person(UserKey(UserKey.MEMBERS, "77"), "Ann of the guild", UserRole.CUSTOMER)
    async with open_new_sqlite(tmp_path, now) as store, leading(store) as led:
        await led.identity.accounts.add(account)
        for person in (account.person, member):
            await led.people.remember(person)
            await open_ticket(led, person.key)
        for key in (account.key, member.key):
            user = await led.users.user(key)
            assert user is not None
            pieces = [piece async for piece in personal_zip(led, user, Reader(), StaffNames())]

            with zipfile.ZipFile(io.BytesIO(b"".join(pieces))) as made:
                about = json.loads(made.read("about.json"))
                index = made.read("index.html").decode()
            assert (about["id"], about["account"]["discord_id"]) == (key.id, "77")
            assert [it["id"] for it in about["identities"]] == [{"a": "77", "77": "a"}[key.id]]
            assert all(it in index for it in ("ticket-0001.html", "ticket-0002.html", "<dd>77</dd>"))


async def test_the_command_writes_a_file_for_its_owner_alone(tmp_path: Path) -> None:
    async with open_new_sqlite(tmp_path, now) as store, leading(store) as led:
        await lived_in(led)
    target, other = tmp_path / "guildesk-ann.zip", tmp_path / "guildesk-ann.zip.part"
    other.write_bytes(b"half")
    _, _, said = guildesk(tmp_path, "export", "ann", str(target))
    assert f"{other} is there: another export writes it, or one that was killed has left it" in said
    assert (other.read_bytes(), target.exists()) == (b"half", False)
    other.unlink()

    code, printed, said = guildesk(tmp_path, "export", "ann", str(tmp_path), STAFF_NAME="fixed")

    assert code == 0, said
    assert "everything about ann" in printed
    assert target.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(target) as made:
        everything = "".join(made.read(it).decode(errors="replace") for it in made.namelist())
    assert "Ann" in everything
    assert "Support" in everything
    assert f">{SAM.name}<" not in everything
    assert f'"{SAM.name}"' not in everything
    assert SAM.key.id not in everything
