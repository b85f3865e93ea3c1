"""People use commands, buttons, menus and forms; the bot answers, and tests see what was shown."""

from types import SimpleNamespace
from typing import Any

from simcord import _modal
from simcord import interactions as wire
from simcord.actors import MemberActor, _check_select_handles, _ensure_unique, _find_component
from simcord.backend import errors, serializers
from simcord.backend.command_access import command_access
from simcord.backend.errors import BackendError, SetupError
from simcord.backend.models import Interaction
from simcord.builders import ChannelHandle, GuildHandle, RoleHandle, UserHandle
from simcord.components import validate_modal
from simcord.enums import SELECT_TYPES, AppCommandType, ComponentType, InteractionType, OptionType

from sandbox.calls import Answer
from sandbox.messages import allow
from sandbox.perform import Scene, route

_NESTING = (OptionType.SUBCOMMAND, OptionType.SUBCOMMAND_GROUP)


class Hand:
    """A person of the sandbox in the shape that SimCord needs to check what people do."""

    def __init__(self, scene: Scene, channel_id: int) -> None:
        backend = scene.world.backend
        guild_id = backend.get_channel(channel_id).guild_id
        if guild_id is None:
            raise SetupError("Interactions are played in guild channels only")
        env: Any = SimpleNamespace(backend=backend)
        self.env = env
        self.backend = backend
        self.guild = GuildHandle(env, backend.get_guild(guild_id))
        self.actor = MemberActor(env, self.guild, UserHandle(env, backend.users[scene.actor]))

    def resolve(self, value: Any, kind: int) -> Any:
        """The user, role or channel an identifier names, for an option or menu of this kind."""
        wanted = int(value)
        guild = self.guild._guild
        if kind in (OptionType.USER, OptionType.MENTIONABLE) and wanted in guild.members:
            return MemberActor(self.env, self.guild, UserHandle(self.env, self.backend.users[wanted]))
        if kind in (OptionType.ROLE, OptionType.MENTIONABLE) and wanted in guild.roles:
            return RoleHandle(self.env, self.guild, guild.roles[wanted])
        if kind == OptionType.CHANNEL and wanted in self.backend.channels:
            return ChannelHandle(self.env, self.guild, self.backend.channels[wanted])
        raise SetupError(f"{wanted} names nothing of that kind")


_SELECT_KIND = {
    ComponentType.USER_SELECT: OptionType.USER,
    ComponentType.ROLE_SELECT: OptionType.ROLE,
    ComponentType.MENTIONABLE_SELECT: OptionType.MENTIONABLE,
    ComponentType.CHANNEL_SELECT: OptionType.CHANNEL,
}


@route("POST", "/interactions")
def interact(scene: Scene) -> Any:
    """Use a command (2), a component (3), a suggestion (4) or a form (5), as a person's client does."""
    body = scene.call.fields()
    if not scene.by_person:
        raise BackendError(403, 20001, "Bots cannot use this endpoint")
    kind, channel_id = int(body["type"]), int(body["channel_id"])
    allow(scene, channel_id, "view_channel")
    hand, data = Hand(scene, channel_id), dict(body.get("data") or {})
    source: int | None = None
    if kind in (InteractionType.APPLICATION_COMMAND, InteractionType.APPLICATION_COMMAND_AUTOCOMPLETE):
        ready = _command(scene, hand, channel_id, data, suggest=kind != InteractionType.APPLICATION_COMMAND)
    elif kind == InteractionType.MESSAGE_COMPONENT:
        source = int(body["message_id"])
        ready = _component(scene, hand, channel_id, source, data)
    elif kind == InteractionType.MODAL_SUBMIT:
        ready, source = _form(scene, hand, channel_id, data)
    else:
        raise SetupError(f"There is no interaction of type {kind}")
    record = _tell(scene, kind, channel_id, ready, source)
    return Answer(204, headers={"X-Sandbox-Interaction": str(record.id)})


def _tell(scene: Scene, kind: int, channel_id: int, data: dict[str, Any], source: int | None) -> Interaction:
    backend, actor = scene.world.backend, scene.actor
    backend.bot_user = backend.bot
    guild_id = backend.get_channel(channel_id).guild_id
    record, payload = wire.base_payload(
        backend, type=kind, channel_id=channel_id, guild_id=guild_id, user_id=actor, data=data
    )
    if source is not None:
        record.source_message_id = source
        message = backend.get_message(channel_id, source)
        payload["message"] = backend.dress(dict(serializers.message_payload(backend, message)))
    backend.emit("INTERACTION_CREATE", payload)
    return record


# commands


def _command(
    scene: Scene, hand: Hand, channel_id: int, data: dict[str, Any], *, suggest: bool
) -> dict[str, Any]:
    """The data of a command invocation, found by id or name and checked as Discord checks it."""
    root = _find_command(scene, hand, channel_id, data)
    if int(data.get("type") or AppCommandType.CHAT_INPUT) != AppCommandType.CHAT_INPUT:
        return {**_target(scene, hand, channel_id, data), "id": root["id"], "name": root["name"]}
    path, options = _leaf_options(data.get("options") or [])
    leaf, nesting = wire.walk_to_subcommand(root, path)
    declared = {option["name"]: option for option in leaf.get("options") or []}
    focused = next((option for option in options if option.get("focused")), None) if suggest else None
    provided = {
        option["name"]: _value(scene, hand, declared.get(option["name"]), option["value"])
        for option in options
        if option is not focused
    }
    built, resolved = wire.build_options(
        hand.actor, root["name"], leaf, provided, partial=suggest, channel_id=channel_id
    )
    if focused is not None:
        built.append({**focused, "type": declared[focused["name"]]["type"]})
    ready = {
        "id": root["id"],
        "name": root["name"],
        "type": AppCommandType.CHAT_INPUT,
        "options": wire.nest_options(root, nesting, built),
    }
    if resolved:
        ready["resolved"] = resolved
    if root.get("guild_id"):
        ready["guild_id"] = root["guild_id"]
    return ready


def _find_command(scene: Scene, hand: Hand, channel_id: int, data: dict[str, Any]) -> dict[str, Any]:
    kind = int(data.get("type") or AppCommandType.CHAT_INPUT)
    commands = [c for scope in (hand.guild.id, None) for c in hand.backend.commands.get(scope, {}).values()]
    for command in commands:
        named = str(data["id"]) == command["id"] if data.get("id") else data.get("name") == command["name"]
        if named and command["type"] == kind:
            access = command_access(hand.backend, command, user_id=scene.actor, channel_id=channel_id)
            if not access.allowed:
                raise errors.missing_permissions()
            return command
    raise BackendError(404, 10063, "Unknown application command")


def _leaf_options(options: list[dict[str, Any]]) -> tuple[list[str], list[dict[str, Any]]]:
    path: list[str] = []
    while len(options) == 1 and ("options" in options[0] or options[0].get("type") in _NESTING):
        path.append(options[0]["name"])
        options = options[0].get("options") or []
    return path, options


def _value(scene: Scene, hand: Hand, spec: dict[str, Any] | None, value: Any) -> Any:
    kind = spec["type"] if spec is not None else OptionType.STRING
    if kind in (OptionType.USER, OptionType.ROLE, OptionType.CHANNEL, OptionType.MENTIONABLE):
        return hand.resolve(value, kind)
    if kind == OptionType.ATTACHMENT:
        upload = scene.call.files[int(value)]
        return upload.filename, upload.data
    return value


def _target(scene: Scene, hand: Hand, channel_id: int, data: dict[str, Any]) -> dict[str, Any]:
    kind, target = int(data["type"]), int(data["target_id"])
    resolved: dict[str, Any] = {}
    if kind == AppCommandType.USER:
        person = hand.resolve(target, OptionType.USER)
        wire.resolve_handle(hand.actor, person, resolved, channel_id=channel_id)
    else:
        message = _visible(scene, channel_id, target)
        payload = dict(serializers.message_payload(hand.backend, message))
        resolved["messages"] = {str(target): hand.backend.dress(payload)}
    return {"type": kind, "target_id": str(target), "resolved": resolved}


# components and forms


def _visible(scene: Scene, channel_id: int, message_id: int) -> Any:
    message = scene.world.backend.get_message(channel_id, message_id)
    if not message.visible_to(scene.actor):
        raise errors.unknown_message()
    return message


def _component(
    scene: Scene, hand: Hand, channel_id: int, message_id: int, data: dict[str, Any]
) -> dict[str, Any]:
    message = _visible(scene, channel_id, message_id)
    kinds = (ComponentType.BUTTON, *SELECT_TYPES)
    used = _find_component(message.components, types=kinds, custom_id=str(data["custom_id"]), label=None)
    ready: dict[str, Any] = {"custom_id": used["custom_id"], "component_type": used["type"]}
    if used.get("id") is not None:
        ready["id"] = used["id"]
    if used["type"] == ComponentType.BUTTON:
        return ready
    chosen = _chosen(hand, used["type"], data.get("values"))
    low, high = used.get("min_values", 1), used.get("max_values", 1)
    if not low <= len(chosen) <= high:
        raise SetupError(f"Select expects between {low} and {high} values")
    if used["type"] == ComponentType.STRING_SELECT:
        offered = {option["value"] for option in used.get("options") or []}
        if not set(chosen) <= offered:
            raise SetupError("That is not among the options")
        return {**ready, "values": chosen}
    _check_select_handles(used["type"], chosen)
    resolved: dict[str, Any] = {}
    for value in chosen:
        wire.resolve_handle(hand.actor, value, resolved, channel_id=channel_id)
    return {**ready, "values": [str(value.id) for value in chosen], "resolved": resolved}


def _chosen(hand: Hand, kind: int, values: Any) -> list[Any]:
    chosen = list(values or [])
    _ensure_unique(chosen)
    if kind in _SELECT_KIND:
        return [hand.resolve(value, _SELECT_KIND[ComponentType(kind)]) for value in chosen]
    return chosen


def _form(
    scene: Scene, hand: Hand, channel_id: int, data: dict[str, Any]
) -> tuple[dict[str, Any], int | None]:
    """The data of a submitted form, which must have been shown to this person in this channel."""
    shown = _shown_form(scene, channel_id, str(data["custom_id"]))
    spec = validate_modal(shown.modal)
    controls = _modal._modal_control_map(spec)
    values = {
        item["custom_id"]: _form_value(scene, hand, controls[item["custom_id"]], item)
        for item in _filled(data.get("components") or [])
    }
    resolved: dict[str, Any] = {}
    uploads: list[tuple[dict[str, Any], str, bytes]] = []
    nodes = _modal._modal_submit_nodes(spec["components"], hand.actor, values, resolved, channel_id, uploads)
    _modal._commit_modal_uploads(hand.actor, channel_id, uploads, resolved)
    shown.modal_consumed = True
    ready: dict[str, Any] = {"custom_id": spec["custom_id"], "components": nodes}
    if resolved:
        ready["resolved"] = resolved
    return ready, shown.source_message_id


def _shown_form(scene: Scene, channel_id: int, custom_id: str) -> Interaction:
    for record in reversed(scene.world.backend.interactions.values()):
        modal = record.modal if record.user_id == scene.actor and record.channel_id == channel_id else None
        if modal is not None and modal["custom_id"] == custom_id and not record.modal_consumed:
            return record
    raise errors.unknown_interaction()


def _filled(nodes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Every control of a form, whatever rows and labels it lies in."""
    found: list[dict[str, Any]] = []
    for node in nodes:
        if node.get("custom_id"):
            found.append(node)
        found += _filled(node.get("components") or [])
        if isinstance(node.get("component"), dict):
            found += _filled([node["component"]])
    return found


def _form_value(scene: Scene, hand: Hand, control: dict[str, Any], item: dict[str, Any]) -> Any:
    kind = control["type"]
    if kind == ComponentType.FILE_UPLOAD:
        files = [scene.call.files[int(index)] for index in item.get("values") or []]
        return [(upload.filename, upload.data) for upload in files]
    if "values" in item:
        return _chosen(hand, kind, item["values"])
    return item.get("value")


# answers


@route("POST", "/interactions/{interaction}/{token}/callback")
def answer(scene: Scene) -> Any:
    """The bot's first answer; its content comes back only when asked for."""
    told = scene.default()
    resource = told.get("resource") or {}
    if isinstance(resource.get("message"), dict):
        scene.world.backend.dress(resource["message"])
    return told if scene.call.params.get("with_response", "").lower() in ("1", "true") else Answer(204)
