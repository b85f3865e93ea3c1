"""Whether the process says how it is."""

from dataclasses import replace

import pytest

from api.options import Process, Role
from config.faults import DISK_FULL, TRANSCRIPTS_PUBLIC, FaultKind
from tests.api.stage import Clock, Stage
from tickets.ports.store import Store, StoreUnavailable


async def test_health_needs_no_token(stage: Stage) -> None:
    answer = await stage.ask("GET", "/healthz", None)

    assert (answer.status, answer.json) == (200, {"status": "ok"})


async def test_readiness_names_what_is_missing(store: Store, clock: Clock) -> None:
    async def away() -> None:
        raise StoreUnavailable("/secret/path is locked")

    faults: list[str | None] = [None, "not connected"]
    async with Stage(store, clock).open(process=Process(discord_fault=faults.pop)) as stage:
        without_discord = await stage.ask("GET", "/readyz", None)
        ready = await stage.ask("GET", "/readyz", None)
    async with Stage(replace(store, check=away), clock).open() as stage:
        without_store = await stage.ask("GET", "/readyz", None)

    assert (without_discord.status, without_discord.json["discord"]) == (503, "not connected")
    fine: dict[str, object] = {"status": "ok", "role": "leader", "store": "ok", "discord": "ok"}
    fine |= {"faults": [], "fault_details": []}
    assert (ready.status, ready.json) == (200, fine)
    assert (without_store.status, without_store.json["store"]) == (503, "unavailable")
    assert [it["code"] for it in without_store.json["fault_details"]] == ["store_away"]
    assert "secret" not in str(without_store.json)


@pytest.mark.parametrize("role", [Role.FOLLOWER, Role.API])
async def test_one_that_does_not_lead_leaves_discord_to_the_leader(
    store: Store, clock: Clock, role: Role
) -> None:
    async with Stage(store, clock).open(
        process=Process(role=lambda: role, discord_fault=lambda: "not connected")
    ) as stage:
        without_leader = await stage.ask("GET", "/readyz", None)
        await store.lease.acquire("web-1", await store.lease.observe())
        with_leader = await stage.ask("GET", "/readyz", None)

    assert without_leader.status == (503 if role is Role.FOLLOWER else 200)
    assert without_leader.json["discord"] == "nobody leads"
    assert with_leader.status == 200
    assert (with_leader.json["role"], with_leader.json["discord"]) == (role, "left to web-1")


@pytest.mark.parametrize(
    ("kind", "query", "status"),
    [(DISK_FULL, "", 200), (DISK_FULL, "?strict=1", 503), (TRANSCRIPTS_PUBLIC, "", 503)],
)
async def test_faults_have_codes_and_are_heeded_where_they_are_to_be(
    store: Store, clock: Clock, kind: FaultKind, query: str, status: int
) -> None:
    fault = kind.of(megabytes=100, name="records")
    async with Stage(store, clock).open(process=Process(standing_faults=lambda: [fault])) as stage:
        answer = await stage.ask("GET", f"/readyz{query}", None)

    assert answer.status == status
    assert answer.json["faults"] == [f"{fault.what}; {fault.cure}"]
    assert answer.json["fault_details"] == [{"code": kind.code, "what": fault.what, "cure": fault.cure}]


async def test_one_that_has_just_taken_the_lease_is_not_ready_by_following_itself(
    store: Store, clock: Clock
) -> None:
    await store.lease.acquire("web-1", await store.lease.observe())
    process = Process(name="web-1", role=lambda: Role.FOLLOWER)
    async with Stage(store, clock).open(process=process) as stage:
        answer = await stage.ask("GET", "/readyz", None)

    assert (answer.status, answer.json["discord"]) == (503, "nobody leads")
