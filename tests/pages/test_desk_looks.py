"""What staff looks for at the desk: tickets, records, people and figures."""

import csv
import io
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.registering import Authority, NewAccount
from pages.desk.charts import MOST_BARS, Bar, chart_of, put_together
from tests.api.stage import AGENT
from tests.contract.acts import append, opening
from tests.pages.site import PASSWORD, Site, sited
from tickets.desks.ticket_desk import NewTicket, Said
from tickets.model import Caller, Person, Status, TicketId, UserKey, UserRole
from tickets.ports.accounts import Account
from tickets.ports.store import Store
from tickets.targets import Target, Terms

HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'
CASEY = Caller(Person(UserKey("default", "casey"), "Casey", UserRole.CUSTOMER, "casey@example.test"))
SAM = "sam@example.test"


async def at_the_desk(site: Site) -> Account:
    """Signed in with an account of staff's."""
    new = NewAccount(email=SAM, password=PASSWORD, username="Sam", role=UserRole.AGENT)
    account = await site.accounts.registering.register(new, Authority(is_admin=True), network="test")
    assert account is not None
    answer = await site.post("/desk/login", email=SAM, password=PASSWORD)
    assert (answer.status, answer.goes_to) == (303, "/desk"), answer.text
    return account


async def opened(site: Site, topic: str = "It is broken", caller: Caller = CASEY) -> str:
    return str((await site.desk.open(caller, NewTicket(topic=topic, description="Really."))).number)


PAGES = [
    "/desk",
    "/desk/tickets",
    "/desk/figures",
    "/desk/figures/day.csv",
    "/desk/figures/backlog.csv",
    "/desk/users",
    "/desk/users/default/casey",
]


@pytest.mark.parametrize("path", PAGES)
async def test_nobody_sees_it_who_is_not_staff(store: Store, path: str) -> None:
    async with sited(store) as site:
        await opened(site)
        stranger = await site.get(path)
        await site.registered()
        requester = await site.get(path)
        refused = await site.post("/desk/login", email="casey@example.test", password=PASSWORD)

    assert (stranger.status, requester.status) == (303, 303)
    assert (stranger.goes_to or "").startswith("/desk/login")
    assert refused.status == 403
    assert "guildesk_desk" not in refused.cookies


async def test_staff_finds_tickets_by_what_is_asked_for(store: Store) -> None:
    async with sited(store) as site:
        await at_the_desk(site)
        first = await opened(site, "The lamp is dark")
        second = await opened(site, "No parcel")
        await site.answered(second, "On its way")
        await site.desk.add_note(AGENT, first, Said("Ask the electrician"))

        everything = await site.get("/desk/tickets")
        found = {
            query: (await site.get(f"/desk/tickets?{query}")).text
            for query in (
                "q=lamp",
                "q=electrician",
                "status=PENDING",
                "level=CRITICAL",
                "status=no",
                "q=%00",
            )
        }

    assert ("The lamp is dark" in everything.text, "No parcel" in everything.text) == (True, True)
    assert {query: ("The lamp is dark" in it, "No parcel" in it) for query, it in found.items()} == {
        "q=lamp": (True, False),
        "q=electrician": (True, False),
        "status=PENDING": (False, True),
        "level=CRITICAL": (False, False),
        "status=no": (True, True),
        "q=%00": (False, False),
    }


async def test_more_tickets_are_a_page_further(store: Store) -> None:
    async with sited(store) as site:
        await at_the_desk(site)
        for n in range(53):
            await opened(site, f"Lamp {n:02}")

        first = (await site.get("/desk/tickets?status=OPEN")).text
        link = first.split('<a class="button whole" href="')[1].split('"')[0].replace("&amp;", "&")
        second = (await site.get(link)).text

    assert first.count('class="row-link"') == 50
    assert second.count('class="row-link"') == 3
    assert "Lamp 00" in second
    assert "Lamp 52" not in second


async def test_a_record_runs_nothing_and_holds_notes(store: Store) -> None:
    async with sited(store) as site:
        await at_the_desk(site)
        ticket = await opened(site, HOSTILE)
        await site.desk.add_note(AGENT, ticket, Said("Between us"))

        answer = await site.get(f"/desk/tickets/{ticket}/transcript")
        missing = await site.get("/desk/tickets/404/transcript")

    assert (answer.status, missing.status) == (200, 404)
    assert "Between us" in answer.text
    assert "<script" not in answer.text
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    "path", ["/desk/tickets", "/desk/users", "/desk/users/default/mallory", "/desk/figures"]
)
async def test_what_people_write_stays_text(store: Store, path: str) -> None:
    mallory = Caller(Person(UserKey("default", "mallory"), HOSTILE, UserRole.CUSTOMER, "m@example.test"))
    async with sited(store) as site:
        await at_the_desk(site)
        await opened(site, HOSTILE, mallory)
        answer = await site.get(path)

    assert answer.status == 200
    assert "<script>alert" not in answer.text
    assert "<img src=x" not in answer.text


async def test_staff_writes_a_note_about_somebody_and_blocks_them(store: Store) -> None:
    async with sited(store) as site:
        await at_the_desk(site)
        await opened(site)
        path = "/desk/users/default/casey"

        saved = await site.post(path, note="Kind, but often late", blocked="yes", reason="rude")
        shown = await site.get(saved.goes_to or "")
        foreign = await site.post(path, origin="https://evil.example", note="Evil")
        user = await store.users.user(CASEY.key)
        lifted = await site.post(path, note="")
        after = await store.users.user(CASEY.key)

    assert (saved.status, foreign.status, lifted.status) == (303, 403, 303)
    assert "Kind, but often late" in shown.text
    assert user is not None
    assert user.block is not None
    assert (user.note, user.block.reason) == ("Kind, but often late", "rude")
    assert after is not None
    assert (after.note, after.block) == (None, None)


async def test_what_staff_writes_about_somebody_is_cleaned_as_over_the_api(store: Store) -> None:
    async with sited(store) as site:
        await at_the_desk(site)
        await opened(site)

        await site.post("/desk/users/default/casey", note="a\x1b\u202eb", blocked="yes", reason="\u200b\x07")
        user = await store.users.user(CASEY.key)

    assert user is not None
    assert user.block is not None
    assert (user.note, user.block.reason) == ("a\u202eb\u202c", None)


async def test_figures_count_and_are_saved_as_a_table(store: Store) -> None:
    async with sited(store) as site:
        await at_the_desk(site)
        ticket = await opened(site)
        await site.answered(ticket, "Done")
        await site.desk.close(CASEY, ticket, Status.RESOLVED)
        await opened(site)

        page = await site.get("/desk/figures?days=7")
        table = await site.get("/desk/figures/level.csv?days=7")
        backlog = await site.get("/desk/figures/backlog.csv?days=7")
        hours = await site.get("/desk/figures/hour.csv?days=7")
        unknown = await site.get("/desk/figures/shoe.csv")

    assert "has had a target" in page.text
    assert page.text.count("<svg") == 3
    last = list(csv.DictReader(io.StringIO(backlog.text.removeprefix("\ufeff"))))[-1]
    assert (last["opened"], last["closed"], last["open_at_its_end"]) == ("2", "1", "1")
    opened_at = [it["opened"] for it in csv.DictReader(io.StringIO(hours.text.removeprefix("\ufeff")))]
    assert (len(opened_at), sorted(opened_at)[-1]) == (24, "2")
    (row,) = csv.DictReader(io.StringIO(table.text.removeprefix("\ufeff")))
    assert (row["level"], row["tickets"], row["resolved"], row["open"]) == ("NORMAL", "2", "1", "1")
    assert unknown.status == 404


async def test_figures_show_how_targets_were_kept(store: Store) -> None:
    async with sited(store) as site:
        await at_the_desk(site)
        terms = Terms(Target(first_response=3_600_000, resolution=7_200_000), warn_before=60_000)
        number = await store.log.next_number()
        await append(store, TicketId("t1"), replace(opening(number), terms=terms))
        await site.answered("t1", "Hello")

        page = await site.get("/desk/figures")

    assert "has had a target" not in page.text
    assert "100 % (1/1)" in page.text
    assert page.text.count("<svg") == 5


async def test_who_is_staff_no_more_is_out_at_once(store: Store) -> None:
    async with sited(store) as site:
        account = await at_the_desk(site)
        await store.identity.accounts.change(account.id, lambda it: replace(it, role=UserRole.CUSTOMER))

        answer = await site.get("/desk/figures")

    assert answer.status == 403


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500)), max_size=400))
def test_a_chart_loses_nothing_and_stays_within_its_frame(counts: list[tuple[int, int]]) -> None:
    bars = [
        Bar(f"2026-{1 + n // 28 % 12:02}-{1 + n % 28:02}", max(it), min(it)) for n, it in enumerate(counts)
    ]

    chart, levels = chart_of(bars), chart_of(bars, levels=True)

    assert [it.bar.count for it in levels.bars][-1:] == [it.count for it in bars][-1:]
    assert len(put_together(bars)) <= MOST_BARS
    assert sum(it.bar.count for it in chart.bars) == sum(it.count for it in bars)
    for it in chart.bars:
        assert 0 <= it.x <= it.x + it.width <= chart.width + 0.01
        assert 0 <= it.y <= it.solved_y <= chart.height - chart.foot
        assert it.solved_height <= it.height <= chart.height - chart.foot
