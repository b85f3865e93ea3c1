"""Whether the process says how it is."""

from dataclasses import replace

from tests.api.stage import Clock, Stage
from tickets.ports import Store, StoreUnavailable


async def test_health_needs_no_token(stage: Stage) -> None:
    answer = await stage.ask("GET", "/healthz", None)

    assert (answer.status, answer.json) == (200, {"status": "ok"})


async def test_readiness_names_what_is_missing(store: Store, clock: Clock) -> None:
    async def away() -> None:
        raise StoreUnavailable("/secret/path is locked")

    faults: list[str | None] = [None, "not connected"]
    async with Stage(store, clock).open(discord_fault=faults.pop) as stage:
        without_discord = await stage.ask("GET", "/readyz", None)
        ready = await stage.ask("GET", "/readyz", None)
    async with Stage(replace(store, check=away), clock).open() as stage:
        without_store = await stage.ask("GET", "/readyz", None)

    assert (without_discord.status, without_discord.json["discord"]) == (503, "not connected")
    assert (ready.status, ready.json) == (200, {"status": "ok", "store": "ok", "discord": "ok", "faults": []})
    assert (without_store.status, without_store.json["store"]) == (503, "unavailable")
