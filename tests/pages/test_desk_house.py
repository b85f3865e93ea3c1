"""What staff and admins run at the desk: who sees what, forms that do something, hostile texts, no frames."""

import re
from pathlib import Path

from accounts.registering import Authority, NewAccount
from config.shown_settings import told_settings
from tests.api.stage import AGENT, token
from tests.bot.checks.test_place import settings
from tests.pages.site import PASSWORD, Site, sited
from tickets.canned import CannedAnswer
from tickets.desks.ticket_desk import NewTicket, Said
from tickets.model import Attachment, Caller, FileId, Person, Status, UserKey, UserRole
from tickets.notifications import (
    Notification,
    NotificationChannel,
    NotificationId,
    NotificationKind,
    NotificationStatus,
)
from tickets.ports.agents import Agent
from tickets.ports.looks import LookFilter
from tickets.ports.store import Store
from tickets.ports.uploads import Upload
from tickets.ports.webhooks import Answer, DeliveryStatus, new_delivery
from tickets.webhooks import Endpoint, EndpointId, WebhookType

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
MALLORY = Caller(Person(UserKey("default", "mallory"), HOSTILE, UserRole.CUSTOMER, "m@example.test"))
STAFFS = ("agents", "canned", "forms", "notifications")
ADMINS = ("webhooks", "looks", "erasures", "settings", "processes")
USER = "/desk/users/default/mallory"


async def at_the_desk(site: Site, role: UserRole, name: str = "root") -> UserKey:
    """Signed in with an account of this role."""
    new = NewAccount(email=f"{name}@example.test", password=PASSWORD, username=HOSTILE, role=role)
    account = await site.accounts.registering.register(new, Authority(is_admin=True), network="test")
    assert account is not None
    answer = await site.post("/desk/login", email=f"{name}@example.test", password=PASSWORD)
    assert (answer.status, answer.goes_to) == (303, "/desk"), answer.text
    return account.key


async def filled(store: Store, site: Site) -> str:
    """Something hostile in every corner; a ticket's number."""
    ticket = await site.desk.open(MALLORY, NewTicket(topic=HOSTILE, description=HOSTILE))
    await site.desk.add_note(AGENT, ticket.id, Said(HOSTILE))
    await store.canned.add(CannedAnswer(name="hello", content=HOSTILE, created_at=1, updated_at=2), 1)
    await store.agents.add(Agent(key=UserKey("default", "sam/?#"), name=HOSTILE, on_duty=True))
    await store.notifications.add(
        [
            Notification(
                id=NotificationId("n1"),
                user=MALLORY.key,
                kind=NotificationKind.MANUAL,
                channel=NotificationChannel.EMAIL,
                text=HOSTILE,
                created_at=1,
                status=NotificationStatus.FAILED,
                error=HOSTILE,
            )
        ]
    )
    endpoint = Endpoint(
        id=EndpointId("wh_1"),
        url="https://shop.example.com/?<script>",
        events=("*",),
        issuers=("default",),
        secret="whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        description=HOSTILE,
        created_at=1,
        updated_at=2,
    )
    await store.webhooks.add(endpoint)
    sent = new_delivery(endpoint, ticket.id, 1, WebhookType.TICKET_OPENED, MALLORY.key, 5)
    await store.webhooks.deliver([sent])
    await store.webhooks.settle(sent, DeliveryStatus.FAILED, Answer(6, 500, HOSTILE))
    return str(ticket.number)


async def test_admins_see_all_pages_agents_some_and_what_people_write_stays_text(store: Store) -> None:
    async with sited(store) as site:
        number = await filled(store, site)
        pages = [f"/desk/{it}" for it in (*STAFFS, *ADMINS)]
        pages += ["/desk", f"/desk/tickets/{number}", USER, "/desk/webhooks/wh_1"]
        strangers = [await site.get(it) for it in pages]
        await at_the_desk(site, UserRole.AGENT, "sam")
        agents = {it: (await site.get(f"/desk/{it}")).status for it in (*STAFFS, *ADMINS)}
        forbidden = [
            (await site.post("/desk/agents/sam%2F%3F%23", duty="on")).status,
            (await site.post(USER, do="erase", confirm="mallory")).status,
            (await site.post(USER, do="merge", guest="mallory")).status,
            (await site.get(f"{USER}/export")).status,
            (await site.post("/desk/notifications", notification="n1")).status,
            (await site.post("/desk/webhooks/wh_1", do="delete")).status,
        ]
        await at_the_desk(site, UserRole.ADMIN)
        shown = [await site.get(it) for it in pages]
        found = [(await site.get(f"/desk/users?q={it}")).text for it in ("mallo", "nobody")]
        bad_cursors = [
            (await site.get(f"/desk/{it}?cursor=x")).status for it in ("users", "tickets", "looks")
        ]

    assert {it.status for it in strangers} == {303}
    assert agents == {**dict.fromkeys(STAFFS, 200), **dict.fromkeys(ADMINS, 403)}
    assert forbidden == [403] * 6
    assert [it.status for it in shown] == [200] * len(pages)
    assert ["m@example.test" in it for it in found] == [True, False]
    assert bad_cursors == [400] * 3
    for it in shown:
        assert not re.search(r"<script>|<img src=x", it.text)
        policy = it.headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in policy
        assert "script-src 'self'" in policy
        assert it.headers["X-Frame-Options"] == "DENY"
    assert "whsec_" not in "".join(it.text for it in shown)


async def test_forms_do_what_they_say_once_and_for_our_own_pages_alone(each_store: Store) -> None:
    store = each_store
    async with sited(store) as site:
        number = await filled(store, site)
        path = f"/desk/tickets/{number}"
        own = await at_the_desk(site, UserRole.ADMIN)
        foreign = [
            (await site.post(where, "https://evil.example", **form)).status
            for where, form in (
                (path, {"do": "claim"}),
                (USER, {"do": "erase", "confirm": "mallory"}),
                ("/desk/canned", {"do": "delete", "before": "hello"}),
                ("/desk/webhooks/wh_1/rotate", {}),
                ("/desk/agents", {"duty": "on"}),
            )
        ]
        for form in (
            {"do": "claim"},
            {"do": "note", "content": "Between us", "form": "1"},
            {"do": "note", "content": "Between us", "form": "1"},
            {"do": "answer", "canned": "hello", "form": "2"},
            {"do": "field", "issue_level": "CRITICAL", "support_role": "nonsense", "form": "3"},
            {"do": "label", "label": "hot"},
            {"do": "close", "to": "RESOLVED", "reason": "done", "form": "4"},
        ):
            assert (await site.post(path, **form)).status == 303, form
        closed = await store.views.ticket_at(number)
        again = await site.post(path, do="claim")
        assert (await site.post(path, do="reopen", form="5")).status == 303
        assert (await site.post("/desk/canned", name="bye", content="Bye {name} {nmae}")).status == 303
        mistyped = await site.get("/desk/canned")
        assert (await site.post("/desk/canned", name="Not good!", content="x")).status == 400
        assert (await site.post("/desk/canned", before="bye", name="ciao", content="Ciao")).status == 303
        assert (await site.post("/desk/canned", name="ciao", content="x")).status == 409
        assert (await site.post("/desk/canned", do="delete", before="hello")).status == 303
        assert (await site.post("/desk/agents", duty="on")).status == 303
        assert (await site.post(f"/desk/agents/{own.id}", capacity="3", duty="on")).status == 303
        assert (await site.post("/desk/notifications", notification="n1")).status == 303
        assert (await site.post("/desk/notifications", notification="n1")).status == 409
        assert (await site.post("/desk/webhooks/wh_1", do="test")).status == 303
        rotated = await site.post("/desk/webhooks/wh_1/rotate")
        record = await site.get(path)
        kept = await store.views.ticket_at(number)
        endpoint = await store.webhooks.endpoint(EndpointId("wh_1"))

    assert foreign == [403] * 5
    assert "{nmae} is no placeholder, and stays as it is." in mistyped.text
    assert closed is not None
    assert (closed.status, closed.assignee, closed.labels, closed.issue_level.value) == (
        Status.RESOLVED,
        own,
        ("hot",),
        "CRITICAL",
    )
    assert (again.status, 'role="alert"' in again.text) == (403, True)
    assert record.text.count("Between us") == 1
    assert kept is not None
    assert kept.status is not Status.RESOLVED
    assert [it.name for it in await store.canned.all()] == ["ciao"]
    (agent,) = [it for it in await store.agents.all() if it.key == own]
    assert (agent.on_duty, agent.capacity) == (True, 3)
    assert endpoint is not None
    assert endpoint.secret in rotated.text
    assert str(endpoint.old_secret) not in rotated.text


async def test_a_person_is_exported_and_erased_by_an_admin_and_every_look_is_written_down(
    store: Store,
) -> None:
    async with sited(store) as site:
        number = await filled(store, site)
        await at_the_desk(site, UserRole.ADMIN)
        export = await site.browser.get(f"{USER}/export")
        await site.get(USER)
        await site.get(f"/desk/tickets/{number}/transcript")
        slip = await site.post(USER, do="erase", confirm="mallor")
        erased = await site.post(USER, do="erase", confirm="mallory")
        under_way = await site.get(USER)
        page = await site.get("/desk/looks")
        looks = (await store.looks.page(LookFilter(user=MALLORY.key), None, 10)).items
        found = await site.get("/desk/looks?kind=export&days=1")
        nothing = await site.get("/desk/looks?ticket=99")

    assert (export.status, export.content_type) == (200, "application/zip")
    assert (slip.status, erased.goes_to) == (400, "/desk/erasures?done=1")
    assert "This person is being erased." in under_way.text
    assert {it.kind.value for it in looks} == {"export", "user", "transcript"}
    assert page.text.count("<tr>") == 4
    assert (found.text.count("<tr>"), nothing.text.count("<tr>")) == (2, 0)


async def test_settings_are_told_and_secrets_are_not(store: Store, tmp_path: Path) -> None:
    given = settings(
        tmp_path,
        0,
        discord_client_id="17",
        discord_client_secret="the secret of the application",
        pages="desk",
    )
    told = told_settings(given)
    secrets = [it.get_secret_value() for it in given.secrets if it is not None]

    assert len(secrets) == 3
    assert {it.name for it in told} == {it.upper() for it in type(given).model_fields}
    assert not [it for it in told for secret in secrets if secret in str(it)]
    async with sited(store, settings=told) as site:
        await at_the_desk(site, UserRole.ADMIN)
        page = (await site.get("/desk/settings")).text
    assert "GUILD_ID" in page
    assert page.count("set, and secret") == 3
    assert not [it for it in secrets if it in page]


async def test_a_page_that_is_open_hears_of_what_happens(store: Store) -> None:
    async with sited(store) as site:
        number = await filled(store, site)
        await site.post("/desk/login/token", token=token("sam", role="AGENT"))
        page = await site.get(f"/desk/tickets/{number}")
        where = re.findall(r'data-live="([^"]+)"', page.text)[0].replace("&amp;", "&")
        await site.answered(number, "Here I am")
        changed = await site.get(where)
        bad = [(await site.get(f"/desk/live?after={it}")).status for it in ("", "x", "-1", "9" * 40)]
        hidden = (await site.get("/desk/live?after=0&ticket=99")).status
    assert changed.status == 200
    assert bad == [400] * 4
    assert hidden == 404


async def test_a_backends_admin_adds_a_webhook_and_sees_its_secret_once(store: Store) -> None:
    async with sited(store) as site:
        await site.post("/desk/login/token", token=token("root", role="ADMIN"))
        bad = await site.post("/desk/webhooks", url="http://127.0.0.1/x")
        added = await site.post(
            "/desk/webhooks", url="https://93.184.216.34/hook", **{"event-ticket.*": "on"}
        )
        (endpoint,) = await store.webhooks.endpoints()
        later = await site.get(f"/desk/webhooks/{endpoint.id}")

    assert (bad.status, 'role="alert"' in bad.text) == (400, True)
    assert (added.status, endpoint.secret in added.text) == (200, True)
    assert endpoint.events == ("ticket.*",)
    assert (later.status, endpoint.secret in later.text) == (200, False)


async def test_files_of_a_ticket_are_listed_and_an_admin_deletes_them(store: Store) -> None:
    async with sited(store) as site:
        ticket = await site.desk.open(MALLORY, NewTicket(topic="x", description="y"))
        file = await _uploaded(store, site)
        await site.desk.post(MALLORY, ticket.id, Said("See"), uploads=[file])
        path = f"/desk/tickets/{ticket.number}"
        await at_the_desk(site, UserRole.ADMIN)
        before = [(await site.get(it)).text for it in (path, USER)]
        deleted = await site.post(path, do="delete-file", file=file)
        after = [(await site.get(it)).text for it in (path, USER)]

    assert deleted.status == 303
    assert ["lamp &amp; &lt;b&gt;.txt" in it for it in before] == [True, True]
    assert ["lamp &amp; &lt;b&gt;.txt" in it for it in after] == [False, False]


async def _uploaded(store: Store, site: Site) -> FileId:
    file = Attachment(FileId("f" * 32), "lamp & <b>.txt", "text/plain", 2)
    await store.uploads.add(Upload(file=file, uploader=MALLORY.key, at=site.clock()))
    await store.files.put(file, b"hi")
    return file.id
