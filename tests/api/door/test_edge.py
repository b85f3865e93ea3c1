"""What every request and every answer have in common."""

import gc

import pytest
from aiohttp.web_urldispatcher import SystemRoute

from tests.api.stage import TICKETS, Clock, Stage
from tickets.ports.store import Store


@pytest.mark.parametrize("path", ["/healthz", "/nope", TICKETS])
async def test_every_answer_has_an_id_and_says_what_it_is(stage: Stage, path: str) -> None:
    answer = await stage.ask("GET", path, None)

    assert len(answer.headers["X-Request-ID"]) == 32
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "aiohttp" not in answer.headers["Server"]


@pytest.mark.parametrize(
    ("theirs", "kept"), [("abc-1/2", True), ("x" * 128, True), ("x" * 129, False), ("a b", False)]
)
async def test_a_callers_own_id_is_kept_if_sane(stage: Stage, theirs: str, kept: bool) -> None:
    answer = await stage.ask("GET", "/healthz", None, headers={"X-Request-ID": theirs})

    assert (answer.headers["X-Request-ID"] == theirs) is kept


PREFLIGHT = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}


async def test_every_page_may_use_the_api_unless_told_otherwise(stage: Stage) -> None:
    preflight = await stage.ask(
        "OPTIONS", TICKETS, None, headers={"Origin": "https://app.example", **PREFLIGHT}
    )
    answer = await stage.ask("GET", TICKETS, headers={"Origin": "https://app.example"})

    assert preflight.status == 204
    assert preflight.headers["Access-Control-Allow-Origin"] == "*"
    assert "Authorization" in preflight.headers["Access-Control-Allow-Headers"]
    assert "PATCH" in preflight.headers["Access-Control-Allow-Methods"]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Link" in answer.headers["Access-Control-Expose-Headers"]
    assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize("path", [TICKETS, "/socket.io/?EIO=4&transport=polling"])
async def test_named_origins_are_let_in_and_others_named_in_the_log(
    store: Store, clock: Clock, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    async with Stage(store, clock).open(cors_origins=["https://app.example"]) as stage:
        named = await stage.ask("GET", path, headers={"Origin": "https://app.example"})
        ours = await stage.ask("GET", path, headers={"Origin": "https://desk.example.test"})
        program = await stage.ask("GET", path)
        for _ in range(3):
            other = await stage.ask("GET", path, headers={"Origin": "https://evil.example"})
        preflight = await stage.ask("OPTIONS", path, None, headers={"Origin": "null", **PREFLIGHT})

    assert (named.status, ours.status, program.status) == (200, 200, 200)
    assert named.headers["Access-Control-Allow-Origin"] == "https://app.example"
    assert "Origin" in named.headers["Vary"].split(", ")
    assert "Access-Control-Allow-Origin" not in program.headers
    assert (other.status, other.json["error"]) == (403, "FORBIDDEN")
    assert "Access-Control-Allow-Origin" not in other.headers
    assert preflight.status == 403
    assert caplog.text.count("https://evil.example") == 1


async def test_a_flood_of_origins_does_not_flood_the_log(
    store: Store, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    async with Stage(store, clock).open(cors_origins=["https://app.example"]) as stage:
        for number in range(120):
            await stage.ask("GET", "/healthz", None, headers={"Origin": f"https://{number}.example"})

    assert caplog.text.count("was refused") == 100


@pytest.mark.parametrize("path", [TICKETS, f"{TICKETS}/1", f"{TICKETS}/1/messages"])
async def test_a_trailing_slash_is_the_same_path(stage: Stage, path: str) -> None:
    await stage.opened()

    plain = await stage.ask("GET", path)
    slashed = await stage.ask("GET", f"{path}/")

    assert (plain.status, slashed.status) == (200, 200)
    assert plain.json == slashed.json
    assert (await stage.ask("GET", f"{path}//")).status == 404


async def test_a_trailing_slash_leaves_the_query_as_it_is(stage: Stage) -> None:
    for topic in ("One", "Two"):
        await stage.opened(topic=topic)

    page = await stage.ask("GET", f"{TICKETS}/?limit=1")
    refused = await stage.ask("GET", f"{TICKETS}/?limit=x")

    assert (page.status, refused.status) == (200, 400)
    assert len(page.json) == 1


async def test_log_lines_are_of_the_request_that_they_are_about(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO", "api.door.server"):
        await stage.ask("GET", "/healthz", None, headers={"X-Request-ID": "theirs-1"})
        await stage.ask("GET", TICKETS, None, headers={"X-Request-ID": "theirs-2"})

    lines = [record for record in caplog.records if record.name == "api.door.server"]
    assert [getattr(it, "request_id", None) for it in lines] == ["theirs-1", "theirs-2"]
    assert "/healthz 200" in lines[0].getMessage()


async def test_a_line_of_the_log_names_who_asked_by_issuer_and_id(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO", "api.door.server"):
        await stage.ask("GET", TICKETS, "ann")
        await stage.ask("GET", TICKETS, "eve default/ann", claims={"email": "e@example.test"})
        await stage.ask("GET", TICKETS, None)

    lines = [it.getMessage().split()[1] for it in caplog.records if it.name == "api.door.server"]
    assert lines == ["default/ann", "default/eve%20default%2Fann", "-"]


async def test_a_line_of_the_log_is_no_longer_than_it_need_be(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO", "api.door.server"):
        await stage.ask("GET", f"{TICKETS}/{'9' * 6_000}", "ann")

    (line,) = [it.getMessage() for it in caplog.records if it.name == "api.door.server"]
    assert len(line) < 700


@pytest.mark.usefixtures("no_collector")
@pytest.mark.parametrize(("method", "path"), [("GET", "/nope"), ("DELETE", "/healthz")])
async def test_what_is_not_found_leaves_nothing_to_the_garbage_collector(
    stage: Stage, method: str, path: str
) -> None:
    """Whoever asks for it often would make the collector pause everybody."""
    for _ in range(3):
        assert (await stage.ask(method, path, None)).status in (404, 405)
    left = [it for it in gc.get_objects() if isinstance(it, SystemRoute)]
    assert len(left) <= 1  # that of the last request, whose connection is kept
