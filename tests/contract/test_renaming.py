"""Somebody of staff is forgotten: tickets of others name them no more, and every figure adds up."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from tests.clocks import NOON
from tests.contract.acts import append, note, open_ticket, post
from tests.contract.test_erasing import EVE_ADMIN, erased
from tests.contract.test_notifications import news
from tests.contract.test_webhooks import BOOKS
from tests.people import ANN, ANN_ASKS, BEN, EVE
from tests.tickets.ledgers import LedgerInMemory
from tickets.counting import EVER, Counting
from tickets.desks.erasing_desk import ErasingDesk
from tickets.events import Change, MessagePosted, PartChanged, TicketChanged, TicketClosed
from tickets.figures import By, Sums
from tickets.forgetting import Forgetting
from tickets.model import (
    Actor,
    Attachment,
    AuthorType,
    FileId,
    MessageId,
    Part,
    Person,
    Status,
    Ticket,
    UserKey,
    UserRole,
)
from tickets.ports.accounts import Account, Session
from tickets.ports.agents import Agent
from tickets.ports.channels import Link
from tickets.ports.erasing import Erasure, ErasureState, Pseudonym
from tickets.ports.lists import TicketFilter
from tickets.ports.looks import LookFilter, LookKind, look_of
from tickets.ports.sinks import Never, NotNow
from tickets.ports.store import Store
from tickets.ports.uploads import Upload, Use
from tickets.ports.webhooks import Answer, DeliveryStatus, new_delivery
from tickets.webhooks import WebhookType

QUENTIN = Person(UserKey(UserKey.DISCORD, "803511102246788001"), "Quentin", UserRole.AGENT)
QUENTIN_ANSWERS = Actor(AuthorType.STAFF, QUENTIN.key)
NAMES = ("803511102246788001", "Quentin")
FILE = Attachment(FileId("handbook"), "handbook.pdf", "application/pdf", 4)


async def work_of_staff(store: Store) -> tuple[Ticket, Ticket]:
    """A closed ticket and an open one of Ann's, in which Quentin did whatever staff can do."""
    for person in (ANN, BEN, EVE, QUENTIN):
        await store.people.remember(person)
    await store.agents.add(Agent(key=QUENTIN.key, name="Quentin", discord_id=QUENTIN.key.id, on_duty=True))
    tickets = [await open_ticket(store), await open_ticket(store)]
    for ticket in tickets:
        given = TicketChanged((Change("assignee", None, str(QUENTIN.key)),))
        await append(store, ticket.id, given, QUENTIN_ANSWERS)
        await post(store, ticket, "I have a look", QUENTIN_ANSWERS)
        await note(store, ticket, f"ask <@{QUENTIN.key.id}> tomorrow")
    closed, opened = tickets
    await append(store, closed.id, TicketClosed(Status.RESOLVED, "done"), QUENTIN_ANSWERS)
    for part in Part:
        await append(store, opened.id, PartChanged(part, QUENTIN.key), QUENTIN_ANSWERS)
    used = Use(closed.id, (await post(store, opened, "here", QUENTIN_ANSWERS)).id)
    await store.files.put(FILE, b"%PDF")
    await store.uploads.add(Upload(file=FILE, uploader=QUENTIN.key, at=NOON))
    await store.uploads.bind(FILE.id, QUENTIN.key, used, 0)
    session = Session(id="s", secret="5", person=QUENTIN, created_at=1, turned_at=1, expires_at=2**60)
    await store.identity.sessions.add(session)
    told = news("n1", user=ANN.key, ticket_id=closed.id)
    await store.notifications.add([replace(told, text="Quentin answered ticket 1, Quentinesque")])
    await store.erasures.keep(
        Erasure(id="older", user=None, asked_at=1, asked_by=QUENTIN.key, state=ErasureState.DONE)
    )
    await store.channels.link(
        Link(
            ticket_id=closed.id,
            message_id=MessageId("removed:who"),
            channel_id=7,
            discord_id=int(QUENTIN.key.id),
        )
    )
    await store.looks.add(
        [look_of(QUENTIN.key, LookKind.TRANSCRIPT, ANN.key, NOON, (closed.id, closed.number))]
    )
    return closed, opened


async def counted(store: Store) -> None:
    counting = Counting(store.reports)
    for stale in await store.reports.stale(*EVER, 10):
        await counting.count(stale)


async def all_that_is_kept(store: Store, tickets: Sequence[Ticket]) -> str:
    """Whatever the ports tell."""
    found: list[object] = [*await store.feed.after(0), *await store.erasures.newest(9)]
    for ticket in tickets:
        found += await store.log.events(ticket.id)
        found += await store.views.messages(ticket.id)
        found += [await store.views.ticket(ticket.id), *await store.channels.links_of(ticket.id)]
    found += (await store.notifications.of_user(ANN.key, after=None, limit=9)).items
    found += (await store.looks.page(LookFilter(), None, 9)).items
    found += [await store.uploads.get(FILE.id), await store.erasures.everybody(), await store.agents.all()]
    found += [await store.identity.sessions.get("s")]
    for first, last in (("0000-00-00", "9999-99-99"), ("0000-00", "9999-99")):
        found.append(await store.reports.sums(By.AGENT, first, last))
    return f"{found}"


async def test_staff_who_is_erased_is_named_nowhere(store: Store) -> None:
    tickets = await work_of_staff(store)
    await counted(store)
    before = await all_that_is_kept(store, tickets)
    assert all(it in before for it in NAMES)

    erasure = await erased(store, QUENTIN.key)

    after = await all_that_is_kept(store, tickets)
    for name in (NAMES[0], "Quentin ", "'Quentin'"):
        assert name not in after
    assert "Quentinesque" in after  # a word of somebody else's
    assert erasure.state is ErasureState.DONE
    assert erasure.removed["tickets_that_named_them"] == 2
    assert not [it for it in tickets if it.id in repr(erasure)]  # their number has no bound
    closed, opened = [await store.views.ticket(it.id) for it in tickets]
    assert closed is not None
    assert opened is not None
    assert closed.assignee == erasure.pseudonym
    assert closed.closed_by == Actor(AuthorType.STAFF, erasure.pseudonym)
    assert [it.content for it in await store.views.messages(closed.id)] == ["I have a look"]
    assert await store.files.get(FILE.id) is not None
    assert (opened.assignee, opened.colleagues, opened.subscribers) == (None, (), ())
    everybodys = TicketFilter(assignees=frozenset({erasure.pseudonym}))
    assert [it.id for it in await store.views.tickets(everybodys)] == [closed.id]


async def test_figures_by_agent_add_up_before_and_after_they_are_counted_anew(store: Store) -> None:
    closed, _ = await work_of_staff(store)
    await append(store, closed.id, TicketChanged((Change("issue_level", "NORMAL", "URGENT"),)))
    await counted(store)
    ever = ("0000-00-00", "9999-99-99")
    (before,) = (await store.reports.sums(By.AGENT, *ever)).values()

    erasure = await erased(store, QUENTIN.key)

    (at_once,) = (await store.reports.sums(By.AGENT, *ever)).values()
    theirs, now = str(QUENTIN.key), str(erasure.pseudonym)
    assert theirs in {it[0] for it in before}
    assert theirs not in {it[0] for it in at_once}
    assert _of_all_agents(at_once) == _of_all_agents(before)
    assert (now, "closed", "RESOLVED") in at_once
    await counted(store)
    (anew,) = (await store.reports.sums(By.AGENT, *ever)).values()
    assert {it: n for it, n in anew.items() if it[1] == "closed"} == {
        it: n for it, n in at_once.items() if it[1] == "closed"
    }


def _of_all_agents(sums: Sums) -> Counter[tuple[str, str]]:
    """However many agents they are spread over: who leads counts stale days anew at any time."""
    counts: Counter[tuple[str, str]] = Counter()
    for (_, *figure), count in sums.items():
        counts[str(figure[0]), str(figure[1])] += count
    return counts


async def test_what_an_endpoint_answered_names_them_no_more(store: Store) -> None:
    """As one that answers with what was sent to it."""
    closed, _ = await work_of_staff(store)
    await store.webhooks.add(BOOKS)
    answers = {1: f'["{NAMES[1]}"]', 2: "Quentinesque", 3: f"by {NAMES[0]}"}
    for seq, body in answers.items():
        sent = new_delivery(BOOKS, closed.id, seq, WebhookType.TICKET_CLOSED, ANN.key, NOON)
        await store.webhooks.deliver([sent])
        await store.webhooks.settle(sent, DeliveryStatus.DELIVERED, Answer(NOON, 200, body))

    await erased(store, QUENTIN.key)

    found = (await store.webhooks.deliveries(BOOKS.id, None, after=None, limit=9)).items
    kept = {it.seq: it.answer for it in found if it.ticket_id == closed.id}
    assert kept == {1: Answer(NOON, 200), 2: Answer(NOON, 200, "Quentinesque"), 3: Answer(NOON, 200)}


async def test_what_they_wrote_can_be_searched_and_goes_on(store: Store) -> None:
    _, opened = await work_of_staff(store)
    looked = TicketFilter(words=frozenset({"look"}))
    mentioned = TicketFilter(words=frozenset({NAMES[0]}), in_notes=True)
    assert len(await store.views.tickets(looked)) == 2
    assert len(await store.views.tickets(mentioned)) == 2

    await erased(store, QUENTIN.key)

    assert len(await store.views.tickets(looked)) == 2
    assert await store.views.tickets(mentioned) == []
    await post(store, opened, "Thank you")
    await append(store, opened.id, TicketClosed(Status.RESOLVED), Actor(AuthorType.STAFF, EVE.key))
    assert NAMES[0] not in f"{await store.log.events(opened.id)} {await store.views.ticket(opened.id)}"


async def test_whoever_is_the_same_in_discord_and_with_an_account_is_one_person(store: Store) -> None:
    await work_of_staff(store)
    account = Account(
        id="quentin",
        email="q@example.org",
        username="Quentin",
        role=UserRole.CUSTOMER,
        created_at=1,
        discord_id=QUENTIN.key.id,
    )
    await store.identity.accounts.add(account)
    await store.people.remember(account.person)
    mine = await open_ticket(store, UserKey(UserKey.MEMBERS, QUENTIN.key.id))

    erasure = await erased(store, QUENTIN.key)

    now = await store.views.ticket(mine.id)
    assert now is not None
    assert (erasure.blank, now.requester) == (1, erasure.pseudonym)
    assert await store.identity.accounts.get("quentin") is None
    assert await store.users.user(account.key) is None


async def test_a_guest_of_long_ago_is_named_no_more_in_what_is_a_customers(store: Store) -> None:
    """The ticket is the customer's, and stays."""
    for person in (ANN, BEN):
        await store.people.remember(person)
    ticket = await open_ticket(store)
    handed = Change("requester", str(ANN.key), str(BEN.key))
    await post(store, ticket, "Hello", ANN_ASKS)
    await append(store, ticket.id, TicketChanged((handed,)))

    await erased(store, ANN.key)

    events = await store.log.events(ticket.id)
    now = await store.views.ticket(ticket.id)
    assert now is not None
    assert now.requester == BEN.key
    assert "'ann'" not in f"{events}"
    assert [it.data.content for it in events if isinstance(it.data, MessagePosted)] == ["Hello"]


async def test_a_store_from_before_is_told_of_staff_by_the_ledger(store: Store) -> None:
    tickets = await work_of_staff(store)
    ledger = LedgerInMemory()
    await ledger.record("3f2a", NOON, [QUENTIN.key], [])
    forgetting = Forgetting(store, lambda: NOON, ledger)

    assert await forgetting.apply() == 1
    await forgetting.work_off()

    assert NAMES[0] not in await all_that_is_kept(store, tickets)


async def test_it_goes_on_where_it_was(store: Store) -> None:
    """Somebody was killed when every event was rewritten, and nothing else."""
    tickets = await work_of_staff(store)
    asked = await ErasingDesk(store, lambda: NOON).erase(EVE_ADMIN, QUENTIN.key)
    working = Erasure(
        id=asked.id,
        user=asked.user,
        asked_at=1,
        people=(QUENTIN.key,),
        state=ErasureState.WORKING,
        named_in=(tickets[0].id,),  # as an older program kept it
    )
    await store.erasures.keep(working)
    pseudonym = Pseudonym(asked.pseudonym, frozenset({QUENTIN.key}), frozenset())
    await store.erasures.look_through(pseudonym, "")

    await Forgetting(store, lambda: NOON, LedgerInMemory()).work_off()

    done, now = await store.erasures.get(asked.id), await store.views.ticket(tickets[1].id)
    assert done is not None
    assert done.named_in == ()
    assert now is not None
    assert (now.assignee, now.colleagues, now.subscribers) == (None, (), ())
    assert NAMES[0] not in await all_that_is_kept(store, tickets)


async def test_posts_about_tickets_of_others_that_name_staff_are_removed(store: Store) -> None:
    """Transcripts with what belongs to them, and lines of the log channel; what names nobody stays, and so
    does what Discord refuses to delete, which the receipt tells."""
    closed, _ = await work_of_staff(store)
    events = await store.log.events(closed.id)
    closing = next(it for it in events if isinstance(it.data, TicketClosed))
    names = [f"{events[0].id}:log", f"{closing.id}:log", f"{closing.id}:transcript", f"{closing.id}:feedback"]
    for number, name in enumerate((*names, "a-timer:log", "shown"), start=100):
        link = Link(ticket_id=closed.id, message_id=MessageId(name), channel_id=9, discord_id=number)
        await store.channels.link(link)
    removed: list[str] = []
    is_away = True

    async def remove(link: Link) -> None:
        if is_away:
            raise NotNow("Discord is away")
        if link.message_id.endswith(":feedback"):
            raise Never("it refuses")
        removed.append(link.message_id.removeprefix(closing.id))

    asked = await ErasingDesk(store, lambda: NOON).ask(QUENTIN.key, None)
    for there in (None, remove, remove):
        await Forgetting(store, lambda: NOON, LedgerInMemory(), remove=there).work_off()
        waits = await store.erasures.get(asked.id)
        assert waits is not None
        assert waits.state is ErasureState.WAITING
        assert removed == []
    is_away = False
    await Forgetting(store, lambda: NOON, LedgerInMemory(), remove=remove).work_off()

    done = await store.erasures.get(asked.id)
    assert done is not None
    assert done.state is ErasureState.DONE
    assert sorted(removed) == [":log", ":transcript", "a-timer:log"]
    assert [it for it in done.left if "it refuses" in it] != []


async def test_an_id_that_is_part_of_words_names_nobody(store: Store) -> None:
    """Nor does another's that begins as this one: what tells of others stays, in Discord, too."""
    hannah = Person(UserKey("shop", "hannah"), "Hannah", UserRole.CUSTOMER)
    for person in (ANN, hannah):
        await store.people.remember(person)
    theirs = await open_ticket(store, hannah.key)
    await post(store, theirs, 'Ann cannot, says "ann"', Actor(AuthorType.REQUESTER, hannah.key))
    filed = Link(ticket_id=theirs.id, message_id=MessageId("e:transcript"), channel_id=9, discord_id=100)
    await store.channels.link(filed)
    removed: list[Link] = []

    async def remove(link: Link) -> None:
        removed.append(link)

    asked = await ErasingDesk(store, lambda: NOON).ask(ANN.key, None)
    await Forgetting(store, lambda: NOON, LedgerInMemory(), remove=remove).work_off()

    done = await store.erasures.get(asked.id)
    assert done is not None
    assert (done.state, done.named_in, removed) == (ErasureState.DONE, (), [])
    kept = await store.views.messages(theirs.id)
    assert [it.content for it in kept] == ['Ann cannot, says "ann"']
