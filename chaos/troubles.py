"""How each kind of disturbance is made: what goes wrong, what people do meanwhile, how it ends."""

import asyncio
import os
import signal
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from chaos.books import Tally
from chaos.doors import Refused, Unknown
from chaos.house import House, until
from chaos.kinds import KILLS, REQUESTS, Kind
from chaos.plan import Disturbance
from chaos.processes import READY_WITHIN, Processes
from chaos.staff import Staff

Meanwhile = Callable[[], Coroutine[Any, Any, None]]
ByHand = Callable[[Disturbance], Coroutine[Any, Any, None]]

AIMED_FOR = 3.0
"""Seconds in which the request that is aimed at has to come; else the kill hits whatever goes on."""
IN_FLIGHT = 1.2
"""Seconds for which the answer is kept back while Guildesk is killed."""
SHUFFLED_OVER = 2.0
"""Seconds by which events are late at most."""
LOST_EVENTS = (
    "MESSAGE_CREATE",
    "MESSAGE_UPDATE",
    "MESSAGE_DELETE",
    "CHANNEL_UPDATE",
    "CHANNEL_CREATE",
    "THREAD_CREATE",
)
NO_LIMITS: dict[str, object] = {
    "on": False,
    "per_category": 50,
    "per_guild": 500,
    "file_bytes": None,
    "request_bytes": None,
}
REFUSED_NAMES: tuple[dict[str, list[str]], ...] = (
    {"name": ["ticket"]},
    {"name": ["ticket-", "tickets "], "username": ["c"]},
    {"name": ["ticket-", "desk"], "username": ["requester"]},
)
"""Words by field. Some name is left to each channel and category; a message needs none."""
CUTS: dict[Kind, dict[str, object]] = {
    Kind.CUT_BEFORE: {"cut": "before"},
    Kind.CUT_AFTER: {"cut": "after"},
    Kind.ERROR_BEFORE: {"status": 503},
    Kind.ERROR_AFTER: {"cut": "after", "status": 502},
    Kind.DELAY: {"delay": 2.0},
    Kind.LATE: {"delay": 12.0},
    Kind.TOO_MANY: {"status": 429, "retry_after": 0.7},
    Kind.ALL_TOO_MANY: {"status": 429, "retry_after": 0.7, "is_global": True},
    Kind.BAN: {"status": 429, "retry_after": 0.7, "html": True},
    Kind.PROXY_BEFORE: {"status": 404, "html": True},
    Kind.PROXY_AFTER: {"cut": "after", "status": 200, "html": True},
}
GATEWAY: dict[Kind, dict[str, object]] = {
    Kind.DROP: {"action": "drop"},
    Kind.DROP_NO_RESUME: {"action": "drop_no_resume"},
    Kind.RECONNECT: {"action": "reconnect"},
}
PAIRS = {
    Kind.HOLD: ("hold", "release"),
    Kind.GATEWAY_DOWN: ("down", "up"),
    Kind.TURN_AWAY: ("turn_away", "resume"),
}


def lost_event(trouble: Disturbance) -> str:
    """Which of the gateway's events do not come."""
    return LOST_EVENTS[int(trouble.seconds * 1000) % len(LOST_EVENTS)]


def staff_may_be_late(trouble: Disturbance) -> bool:
    """Whether what staff writes may come to requesters in another order than it was written."""
    is_lost = trouble.kind is Kind.LOSE and lost_event(trouble) == "MESSAGE_CREATE"
    return is_lost or trouble.kind is Kind.SHUFFLE


class Troubles:
    """Makes disturbances, one at a time; ``by_hand`` are those that people make in Discord."""

    def __init__(
        self,
        house: House,
        processes: Processes,
        staff: Staff,
        tally: Tally,
        by_hand: Mapping[Kind, ByHand],
    ) -> None:
        self._house = house
        self._processes = processes
        self._staff = staff
        self._tally = tally
        self._by_hand = by_hand

    async def make(self, trouble: Disturbance, meanwhile: Meanwhile) -> None:
        """Begin it, let people act, and end it; Guildesk may still be on its way back afterwards."""
        await self._processes.recovered()
        self._tally.disturbances[trouble.kind] += 1
        kind = trouble.kind
        if kind in KILLS:
            await self._kill(trouble, meanwhile)
        elif kind in CUTS:
            await self._aim(trouble, **CUTS[kind])
            await meanwhile()
        elif kind in GATEWAY:
            await self._house.gateway(**GATEWAY[kind])  # type: ignore[arg-type]
            await meanwhile()
        elif kind in PAIRS:
            begin, end = PAIRS[kind]
            await self._house.gateway(begin)
            if kind is Kind.TURN_AWAY:
                await self._house.gateway("drop")
            await meanwhile()
            await self._house.gateway(end)
        elif kind in self._by_hand:
            doing = asyncio.create_task(self._by_hand[kind](trouble))
            await meanwhile()
            await doing
        else:
            await self._others(trouble, meanwhile)

    async def end_all(self) -> None:
        """Nothing disturbs any more, and both programs run."""
        await self._processes.recovered()
        await self._count_hits()
        await self._house.limits(**NO_LIMITS)
        await self._house.guild(community=False, refused={})
        for action in ("up", "release", "in_time", "resume"):
            await self._house.gateway(action)

    # kills

    async def _kill(self, trouble: Disturbance, meanwhile: Meanwhile) -> None:
        match trouble.kind:
            case Kind.KILL_AFTER | Kind.KILL_BEFORE:
                await self._kill_in_flight(trouble, meanwhile)
            case Kind.KILL_SANDBOX:
                await asyncio.sleep(trouble.seconds)
                await self._processes.kill_sandbox()
                await meanwhile()
                await self._processes.start_sandbox()
            case Kind.KILL_STORE:
                await asyncio.sleep(trouble.seconds)
                await self._house.store.kill()
                self._tally.restarts["store"] += 1
                acting = asyncio.ensure_future(meanwhile())
                await asyncio.sleep(trouble.seconds * 5)
                await self._house.store.start()
                await acting
            case Kind.KILL_BOTH:
                acting = asyncio.ensure_future(meanwhile())
                victim = await self._processes.victim(other=trouble.again)
                await asyncio.sleep(trouble.seconds)
                await asyncio.gather(self._processes.kill_sandbox(), self._processes.kill_guildesk(victim))
                if not trouble.again:
                    await self._processes.start_sandbox()
                self._processes.recover(victim)
                if trouble.again:
                    await self._processes.start_sandbox()
                await acting
            case _:
                victim = await self._processes.victim(other=trouble.again)
                await asyncio.sleep(trouble.seconds)
                await self._processes.kill_guildesk(victim)
                await meanwhile()
                if trouble.kind is Kind.KILL_STARTING:
                    await self._processes.kill_starting(victim, trouble.seconds)
                self._processes.recover(victim)

    async def _kill_in_flight(self, trouble: Disturbance, meanwhile: Meanwhile) -> None:
        """With the answer to a request on its way, or with one that will never take effect."""
        cut = "after" if trouble.kind is Kind.KILL_AFTER else "before"
        await self._count_hits()
        await until(self._processes.somebody_leads, READY_WITHIN)
        await self._aim(trouble, count=1, cut=cut, delay=IN_FLIGHT)
        acting = asyncio.ensure_future(meanwhile())
        try:
            await until(self._house.nothing_to_hit, AIMED_FOR)
        except TimeoutError:
            self._tally.disturbances[f"{trouble.kind} (nothing came to be hit)"] += 1
        victim = await self._processes.victim(other=trouble.again)
        await self._processes.kill_guildesk(victim)
        await self._count_hits()
        await acting
        self._processes.recover(victim)

    # everything else

    async def _others(self, trouble: Disturbance, meanwhile: Meanwhile) -> None:
        house = self._house
        match trouble.kind:
            case Kind.RESTART:
                victim = await self._processes.stop_in_order(other=trouble.again)
                await meanwhile()
                self._processes.recover(victim)
            case Kind.STALL:
                await self._stall(trouble, meanwhile)
            case Kind.LOCK_STORE:
                acting = asyncio.create_task(meanwhile())
                await house.store.stand_still(trouble.seconds * 20)
                await acting
            case Kind.THROTTLE | Kind.FILL_CATEGORY | Kind.LIMIT_FILES:
                await house.limits(**_limits_of(trouble))
                await meanwhile()
                await asyncio.sleep(trouble.seconds * 5)
                await house.limits(**NO_LIMITS)
                await house.guild(
                    premium_tier=trouble.count % 2
                )  # a change of tier may tell of it, or nothing
            case Kind.REFUSE_NAMES:
                await house.guild(community=True, refused=REFUSED_NAMES[trouble.count - 1])
                await meanwhile()
                await asyncio.sleep(trouble.seconds * 5)
                await house.guild(community=False, refused={})
            case Kind.FILL_GUILD:
                await house.limits(per_guild=len(await self._staff.channels()) + trouble.count - 1)
                await meanwhile()
                await asyncio.sleep(trouble.seconds * 5)
                await house.limits(**NO_LIMITS)
                await self._free_a_place()
            case Kind.INVALID_SESSION:
                await house.gateway("invalid_session", resumable=trouble.again)
                await meanwhile()
            case Kind.SHUFFLE:
                await self._shuffle(trouble, meanwhile)
            case Kind.LOSE:
                await self._lose(trouble, meanwhile)
            case _:
                raise AssertionError(f"nobody knows how to make {trouble.kind}")

    async def _stall(self, trouble: Disturbance, meanwhile: Meanwhile) -> None:
        victim = await self._processes.victim(other=trouble.again)
        assert victim.guildesk is not None
        os.kill(victim.guildesk.pid, signal.SIGSTOP)
        acting = asyncio.create_task(meanwhile())
        await asyncio.sleep(trouble.seconds * 10)
        os.kill(victim.guildesk.pid, signal.SIGCONT)
        await acting

    async def _shuffle(self, trouble: Disturbance, meanwhile: Meanwhile) -> None:
        """Within one session, so that only the late events themselves bring the news."""
        await self._house.gateway("delay", event="MESSAGE_.*", seconds=SHUFFLED_OVER, is_random=True)
        await meanwhile()
        await asyncio.sleep(trouble.seconds * 5)
        await self._house.gateway("in_time")

    async def _lose(self, trouble: Disturbance, meanwhile: Meanwhile) -> None:
        """What is lost is found by the next session, as after any absence."""
        await until(self._house.is_ready, READY_WITHIN)
        event = lost_event(trouble)
        await self._house.gateway("lose", event=event, count=trouble.count)
        await meanwhile()
        await self._house.gateway("lose", event=event, count=0)
        await asyncio.sleep(trouble.seconds * 5)  # what comes after it is processed meanwhile
        await self._house.gateway("drop_no_resume")

    async def _free_a_place(self) -> None:
        """A channel goes: what is waiting for a place is woken."""
        path = f"/guilds/{self._house.discord['guild_id']}/channels"
        while True:
            try:
                spare = await self._staff.ask("olive", "POST", path, json={"name": "spare"})
                await self._staff.ask("olive", "DELETE", f"/channels/{spare['id']}")
            except (Unknown, Refused):
                continue
            return

    async def _aim(self, trouble: Disturbance, **fault: object) -> None:
        method, path = REQUESTS[trouble.target]
        discord = self._house.discord
        places = (discord["transcript_channel_id"], *discord["transcript_channels"].values())
        path = path.replace("{transcripts}", f"({'|'.join(places)})")
        await self._house.fault(**{"method": method, "path": path, "count": trouble.count} | fault)
        self._tally.requests_hit += int(str(fault.get("count", trouble.count)))

    async def _count_hits(self) -> None:
        self._tally.requests_hit -= await self._house.faults_left()
        await self._house.clear_faults()


def _limits_of(trouble: Disturbance) -> dict[str, object]:
    if trouble.kind is Kind.THROTTLE:
        return {"on": True}
    if trouble.kind is Kind.FILL_CATEGORY:
        return {"per_category": trouble.count}
    return {"request_bytes": 4_000} if trouble.again else {"file_bytes": 2_000}
