"""Routes below /sandbox with which a test makes the sandbox misbehave."""

import re
from dataclasses import asdict
from typing import Any

from aiohttp import web

from sandbox.calls import Call
from sandbox.gateway import INVALID_SESSION, RECONNECT, Delay
from sandbox.stage import STAGE, Stage

routes = web.RouteTableDef()


@routes.patch("/sandbox/bot")
@routes.patch("/sandbox/roles/{role}")
@routes.post("/sandbox/guilds")
@routes.patch("/sandbox/guild")
@routes.post("/sandbox/unfurl")
async def happen(request: web.Request) -> web.Response:
    """Let something happen that no request to Discord does.

    PATCH /sandbox/bot sets the bot's guild permissions (`permissions`), privileged intents (`privileged`),
    `token`, whether it is `in_guild`, and the `identifies` of today; PATCH /sandbox/roles/{role} whether
    somebody else gives the role (`managed`); POST /sandbox/guilds makes another guild with the bot in it;
    PATCH /sandbox/guild its `premium_tier`, whether it is a `community`, and which
    words are `refused` in names; POST /sandbox/unfurl previews a link in a message (`channel_id`,
    `message_id`).
    """
    call = Call(request.method, request.path, body=await request.json())
    stage = request.app[STAGE]
    answer = stage.carry_out(call)
    if "token" in call.fields():
        stage.gateway.drop(4004, keep_sessions=False)
    return web.json_response(answer.body, status=answer.status)


@routes.get("/sandbox/limits")
async def limits(request: web.Request) -> web.Response:
    """The rate limits and size limits as they are."""
    return web.json_response(_limits(request.app[STAGE]))


@routes.put("/sandbox/limits")
async def set_limits(request: web.Request) -> web.Response:
    """Change some limits: `on`, a rate as [requests, seconds], a size as a number or None."""
    stage, wanted = request.app[STAGE], await request.json()
    unknown = wanted.keys() - _limits(stage).keys()
    if unknown:
        raise web.HTTPBadRequest(text=f"There is no limit {', '.join(sorted(unknown))}")
    for name, value in wanted.items():
        if hasattr(stage.world.sizes, name):
            setattr(stage.world.sizes, name, None if value is None else int(value))
        elif name == "on":
            stage.buckets.rates.on = bool(value)
        else:
            setattr(stage.buckets.rates, name, (int(value[0]), float(value[1])))
    stage.buckets.forget()
    return web.json_response(_limits(stage))


def _limits(stage: Stage) -> dict[str, Any]:
    return {**asdict(stage.buckets.rates), **asdict(stage.world.sizes)}


@routes.get("/sandbox/faults")
async def faults(request: web.Request) -> web.Response:
    """The faults still to come."""
    return web.json_response(request.app[STAGE].faults.list())


@routes.post("/sandbox/faults")
async def order_fault(request: web.Request) -> web.Response:
    """Order one fault, or several as a list; see `faults.Fault`."""
    ordered, wishes = request.app[STAGE].faults, await request.json()
    try:
        for wish in wishes if isinstance(wishes, list) else [wishes]:
            ordered.order(wish)
    except (ValueError, TypeError, re.error) as mistake:
        raise web.HTTPBadRequest(text=str(mistake)) from None
    return web.json_response(ordered.list(), status=201)


@routes.delete("/sandbox/faults")
async def clear_faults(request: web.Request) -> web.Response:
    """Forget all faults."""
    request.app[STAGE].faults.clear()
    return web.Response(status=204)


@routes.post("/sandbox/gateway")
async def gateway(request: web.Request) -> web.Response:  # noqa: C901  a branch for each action
    """Disturb the gateway with an `action`.

    One of drop, drop_no_resume, refuse, accept, reconnect, invalid_session, turn_away, resume, mute, speak,
    lose, delay, in_time, hold, release, down and up.
    """
    hub, body = request.app[STAGE].gateway, await request.json()
    action, touched = body["action"], 0
    if action == "drop":
        touched = hub.drop(int(body.get("code", 4000)))
    elif action == "drop_no_resume":
        touched = hub.drop(int(body.get("code", 4009)), keep_sessions=False)
    elif action in ("refuse", "accept"):
        hub.refusing = int(body["code"]) if action == "refuse" else None
    elif action == "reconnect":
        touched = hub.send_op(RECONNECT)
    elif action == "invalid_session":
        touched = hub.send_op(INVALID_SESSION, bool(body.get("resumable", False)))
    elif action in ("turn_away", "resume"):
        hub.turns_away = action == "turn_away"
    elif action in ("mute", "speak"):
        hub.mute_from = str(body["before"]) if action == "mute" else None
    elif action == "lose":
        hub.lose(str(body["event"]), int(body.get("count", 1)))
    elif action == "delay":
        wanted = {name: body[name] for name in ("event", "seconds", "count", "is_random") if name in body}
        hub.delay(Delay(**wanted))
    elif action == "in_time":
        hub.delay(None)
    elif action in ("hold", "release"):
        hub.hold(is_held=action == "hold")
    elif action in ("down", "up"):
        hub.is_down = action == "down"
        touched = hub.drop(1001) if hub.is_down else 0
    else:
        raise web.HTTPBadRequest(text=f"There is no action {action!r}")
    return web.json_response({"connections": touched, "identified": hub.identified})
