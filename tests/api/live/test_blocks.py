"""Whoever is blocked hears it at once, and when it is over."""

import pytest

from api.live import endings
from tests.api.stage import STAFF, Clock, Stage, listening, token
from tickets.ports.store import Store

USER = "/api/v1/users/ann"


async def change(stage: Stage, **said: object) -> None:
    answer = await stage.ask("PATCH", USER, "sam", claims=STAFF, json=said)
    assert answer.status == 200


async def test_a_block_and_its_end_are_told_to_the_user_alone(store: Store, clock: Clock) -> None:
    async with Stage(store, clock).open(rate_limits=False) as stage:
        await stage.opened()
        async with (
            listening(stage, query=token()) as ann,
            listening(stage, query=token("bob")) as bob,
            listening(stage, auth={"token": token("sam", **STAFF), "watch": "all"}) as sam,
        ):
            for ear in (ann, bob, sam):
                assert (await ear.until("authorized"))["blocked"] is False
            await change(stage, blocked=True)
            await ann.until("blocked")
            await change(stage, note="She is loud.")  # is not for her
            await change(stage, blocked=True, block_reason="Loud")  # nothing is new to her
            assert (await ann.authorize(token=token()))["blocked"] is True
            await change(stage, blocked=False)
            await ann.until("blocked", count=2)
            for ear in (ann, bob, sam):
                await ear.all_heard()

            assert [it["blocked"] for it in ann.payloads("blocked")] == [True, False]
            assert all(it["event_id"] for it in ann.payloads("blocked"))
            assert "blocked" not in [*bob.names, *sam.names]


async def test_a_block_that_has_run_out_is_told_too(
    store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endings, "LOOK_EVERY", 0.01)
    async with Stage(store, clock).open(rate_limits=False) as stage:
        await stage.opened()
        await change(stage, blocked=True, blocked_until=clock.seconds + 60)
        async with listening(stage, query=token()) as ann:
            assert (await ann.until("authorized"))["blocked"] is True
            clock.ahead += 61
            assert (await ann.until("blocked"))["blocked"] is False
