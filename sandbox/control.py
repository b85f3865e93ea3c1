"""Routes below /sandbox, for tests and operators. The real Discord has none of them."""

from typing import Any

from aiohttp import web
from simcord.backend import serializers
from simcord.backend.models import Interaction, Message

from sandbox.stage import STAGE, Stage

routes = web.RouteTableDef()
_LONGEST_WAIT = 60.0


def waiting(request: web.Request, default: float = 0.0) -> float:
    """How many seconds the caller is ready to wait."""
    return min(float(request.query.get("wait", default)), _LONGEST_WAIT)


@routes.get("/sandbox/info")
async def info(request: web.Request) -> web.Response:
    """Addresses, tokens and identifiers."""
    world = request.app[STAGE].world
    return web.json_response(world.info(world.backend.files.base))


@routes.get("/sandbox/requests")
async def requests(request: web.Request) -> web.Response:
    """The API requests after number `since` (of a `method`, with a `path` that fits), oldest first."""
    seen, query = request.app[STAGE].requests, request.query
    found = seen.since(int(query.get("since", 0)), query.get("method"), query.get("path", ""))
    return web.json_response({"total": seen.total, "requests": found})


@routes.get("/sandbox/chronicle")
async def chronicle(request: web.Request) -> web.Response:
    """Everything that happened (in a `channel`, or of a kind of `event`), oldest first."""
    query = request.query
    return web.json_response(
        request.app[STAGE].chronicle.of(channel=query.get("channel"), event=query.get("event"))
    )


@routes.get("/sandbox/changes")
async def changes(request: web.Request) -> web.Response:
    """A number that rises with every change; with `since` and `wait`, answers as soon as it is above
    `since`."""
    noted = request.app[STAGE].changes
    since = int(request.query.get("since", -1))
    await noted.until(lambda: noted.at > since, waiting(request))
    return web.json_response({"at": noted.at})


@routes.get("/sandbox/interactions/{interaction}")
async def interaction(request: web.Request) -> web.Response:
    """What a person was shown after an interaction; waits for the answer and for `followups` if asked to."""
    stage, interaction_id = request.app[STAGE], int(request.match_info["interaction"])
    if interaction_id not in stage.world.backend.interactions:
        raise web.HTTPNotFound
    followups = int(request.query.get("followups", 0))
    return web.json_response(await shown(stage, interaction_id, waiting(request), followups))


async def shown(stage: Stage, interaction_id: int, seconds: float, followups: int = 0) -> dict[str, Any]:
    """Wait until an interaction is answered and no longer loading, then tell what was shown."""
    record = stage.world.backend.interactions[interaction_id]

    def is_answered() -> bool:
        return record.responded and not record.loading and len(record.followup_ids) >= followups

    await stage.changes.until(is_answered, seconds)
    return _shown(stage, record)


def _shown(stage: Stage, record: Interaction) -> dict[str, Any]:
    def message(message_id: int | None) -> dict[str, Any] | None:
        found = stage.world.backend.messages.get(record.channel_id, {}).get(message_id or 0)
        return None if found is None else _payload(stage, found)

    kind = record.response_kind
    return {
        "id": str(record.id),
        "type": record.type,
        "user_id": str(record.user_id),
        "channel_id": str(record.channel_id),
        "acknowledged": record.responded,
        "loading": record.loading,
        "ephemeral": record.ephemeral,
        "kind": None if kind is None else str(kind),
        "modal": record.modal,
        "choices": record.autocomplete_choices,
        "response": message(record.message_id),
        "followups": [message(message_id) for message_id in record.followup_ids],
    }


def _payload(stage: Stage, message: Message) -> dict[str, Any]:
    return stage.world.backend.dress(dict(serializers.message_payload(stage.world.backend, message)))


@routes.get("/sandbox/messages/{channel}/{message}")
async def message(request: web.Request) -> web.Response:
    """A message, regardless of who may see it, and whom it pinged."""
    stage = request.app[STAGE]
    log = stage.world.backend.messages.get(int(request.match_info["channel"]), {})
    found = log.get(int(request.match_info["message"]))
    if found is None:
        raise web.HTTPNotFound
    pinged = {
        "users": [str(user_id) for user_id in found.ping_user_ids],
        "roles": [str(role_id) for role_id in found.ping_role_ids],
        "everyone": found.mention_everyone,
    }
    return web.json_response({**_payload(stage, found), "pinged": pinged})
