"""Sets up everything, from the token to a complete guild."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import discord

from bot.connection.faults import discord_faults
from bot.connection.guild import ROLE_SETTINGS
from bot.setting_up.arriving import CannotSetUp, enter, good_token, logged_in, missing_intent
from bot.setting_up.begun import Begun
from bot.setting_up.console import Console
from bot.setting_up.making import REASON, Making
from bot.setting_up.panels import PanelInDeskFile
from bot.setting_up.settings_file import SettingsFile
from bot.setting_up.wanted import PANEL, Deed, Found, Kind, Step, Wanted, plan, wanted
from config.faults import Fault
from config.loading import fault_of
from config.settings import ServerMode
from texts.language import Language
from texts.text import Text, in_language
from tickets.model import SupportRole
from tickets.ports.sinks import Never, NotNow

MARKS: Mapping[Deed, str] = {Deed.KEEP: "✓", Deed.TAKE: "=", Deed.MAKE: "+", Deed.FINISH: "+"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the command line says. For None, set-up asks, or finds it out."""

    token: str | None = None
    guild: str | None = None
    public_url: str | None = None
    development: bool = False
    board: bool = True
    log: bool = True
    panel: bool = True
    takes_roles: bool = False
    """Whether to use existing roles that have our names, without asking."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """Further settings, by name."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of set-up, and what people still have to do."""

    guild_name: str
    faults: Sequence[Fault]
    has_changed: bool
    admin: str | None
    """The role that the first member of staff needs; None if somebody was given it now."""


async def set_up(wishes: Wishes, console: Console, file: SettingsFile) -> Outcome:
    """Set up the guild and the settings. Raises CannotSetUp, NotGiven, OSError and ValueError."""
    file.set({name: it for name, it in wishes.settings.items() if it})
    _settle_address(wishes, console, file)
    token = await good_token(console, file, wishes.token)
    async with logged_in(token, file.get("DISCORD_API_URL")) as client:
        console.say(f"✓ the token is that of {client.user}")
        intent = await missing_intent(client, console)
        if intent is None:
            console.say("✓ the bot may read messages")
        try:
            seen = await enter(client, console, file, wishes.guild)
            console.say(f"✓ the bot is in {seen.guild.name}, with all permissions that it needs")
            made, admin = await _complete(client, seen, wishes, console, file)
        except (NotNow, Never) as problem:
            raise CannotSetUp(f"Discord does not do it: {problem}; set up again, and it goes on there") from (
                problem
            )
    _settle_secrets(file)
    return Outcome(seen.guild.name, [intent] if intent else [], made or file.has_changed, admin)


def _settle_address(wishes: Wishes, console: Console, file: SettingsFile) -> None:
    """Settle the address of the API. Without one, the program runs in DEVELOPMENT."""
    if wishes.public_url:
        file.set({"PUBLIC_URL": wishes.public_url})
    if wishes.development:
        file.set({"SERVER_MODE": ServerMode.DEVELOPMENT})
    if file.get("PUBLIC_URL") or file.get("SERVER_MODE") == ServerMode.DEVELOPMENT:
        return
    option = "--public-url https://…, or --development to try it on this machine"
    while True:
        url = console.ask(
            "Where do clients reach the API, as https://support.example.com "
            "(“here” for this machine alone, for trying)",
            option,
        )
        fault = None if url == "here" else fault_of("PUBLIC_URL", url)
        if fault is None:
            break
        console.say(f"✗ {fault}")
    file.set({"SERVER_MODE": ServerMode.DEVELOPMENT} if url == "here" else {"PUBLIC_URL": url})


def _settle_secrets(file: SettingsFile) -> None:
    if not file.get("JWT_SECRET_KEY") and not file.get("ISSUERS_FILE"):
        file.set({"JWT_SECRET_KEY": secrets.token_urlsafe(48)})


async def _complete(
    client: discord.Client, seen: Found, wishes: Wishes, console: Console, file: SettingsFile
) -> tuple[bool, str | None]:
    """Make what the guild lacks, and complete what an earlier set-up began; whether anything was done, and
    the ADMIN role if nobody was given it."""
    panel, language = PanelInDeskFile(file), Language(file.get("LANGUAGE") or Language.EN)
    wants_panel = wishes.panel and (panel.path is None or panel.channel() is not None)
    everything = wanted(language, board=wishes.board, log=wishes.log, panel=wants_panel)
    begun = Begun(file.file, seen.guild.id)
    steps = plan(everything, _named(everything, file, panel), begun.names, seen)
    _show(steps, console)
    todo = [it for it in steps if it.deed is not Deed.KEEP]
    if not todo and not begun.names:
        return False, None
    _must_be_agreed(todo, wishes, console, file)
    roles = {it.wanted.setting: it.id for it in steps if it.wanted.kind is Kind.ROLE and it.id is not None}
    making = Making(client, seen, roles, in_language(Text("made-home"), language))
    for step in todo:
        await _do(step, making, begun, file, panel)
        console.say(f"  {MARKS[step.deed]} {step.wanted}")
    if begun.names:
        await making.put_in_order()
    admin = next(it.wanted for it in steps if it.wanted.setting == ROLE_SETTINGS[SupportRole.ADMIN])
    is_given = admin.setting in begun.names and await _given_to_owner(
        client, seen, int(file.get(admin.setting) or 0), admin.name, console
    )
    begun.is_done()
    return True, None if is_given else admin.name


async def _do(step: Step, making: Making, begun: Begun, file: SettingsFile, panel: PanelInDeskFile) -> None:
    """If set-up is killed anywhere in here, the next one completes its work."""
    it = step.wanted
    if it.kind is not Kind.ROLE:
        _keep(step, step.id if step.id is not None else await making.make(it), file, panel)
    elif step.deed is Deed.TAKE:
        begun.forget(it.setting)
        _keep(step, step.id or 0, file, panel)
    else:
        at_first = replace(it, name=begun.name(it.setting, it.name))
        made = step.id if step.id is not None else await making.make(at_first)
        _keep(step, made, file, panel)
        await making.name(made, it)


def _must_be_agreed(todo: Sequence[Step], wishes: Wishes, console: Console, file: SettingsFile) -> None:
    if not todo:
        return
    _must_be_ours_to_say(todo, file)
    if taken := [it for it in todo if it.deed is Deed.TAKE and it.wanted.kind is Kind.ROLE]:
        _must_be_ours(taken, wishes, console)
    if not console.agrees("Shall it be done?"):
        raise CannotSetUp("nothing was made in the guild")


def _named(everything: Sequence[Wanted], file: SettingsFile, panel: PanelInDeskFile) -> dict[str, str]:
    named = {it.setting: file.get(it.setting) for it in everything if it.setting != PANEL}
    return {setting: id_ for setting, id_ in {**named, PANEL: panel.channel()}.items() if id_}


def _show(steps: Sequence[Step], console: Console) -> None:
    console.say()
    for it in steps:
        instead = f"; {it.wanted.setting} named {it.was}, which is not there" if it.was else ""
        console.say(f"  {MARKS[it.deed]} {it.wanted!s:<36} {it.deed}{instead}")
    console.say()


def _must_be_ours(taken: Sequence[Step], wishes: Wishes, console: Console) -> None:
    """Ask before existing roles are used, because whoever holds one becomes staff. Raises CannotSetUp."""
    names = ", ".join(it.wanted.name for it in taken)
    console.say(f"! The guild has roles of these names: {names}. Whoever holds them becomes staff.")
    if wishes.takes_roles:
        return
    if not console.waits("If strangers may hold them, press Ctrl-C and rename them. Else agree"):
        raise CannotSetUp(
            f"the guild has roles named {names} already; take them with --take-roles, or rename them"
        )


def _must_be_ours_to_say(todo: Sequence[Step], file: SettingsFile) -> None:
    """Raise CannotSetUp if the environment sets what would be made, because it takes precedence over the
    file."""
    if told := [it.wanted.setting for it in todo if file.is_in_environment(it.wanted.setting)]:
        raise CannotSetUp(
            f"{', '.join(told)}: set in the environment, which wins over {file.file}, and names what is not "
            "there; take it out of the environment"
        )


def _keep(step: Step, id_: int, file: SettingsFile, panel: PanelInDeskFile) -> None:
    if step.wanted.setting == PANEL:
        panel.keep(id_, step.was)
    else:
        file.set({step.wanted.setting: str(id_)})


async def _given_to_owner(
    client: discord.Client, seen: Found, role_id: int, name: str, console: Console
) -> bool:
    """Give the role to the owner of the application, so that somebody can see tickets. A team has no single
    owner."""
    with discord_faults("looking at the application"):
        application = await client.application_info()
    owner = application.owner
    if application.team is not None or not console.agrees(f"Shall {owner} have the role {name}?"):
        return False
    try:
        with discord_faults("giving the role"):
            member = await seen.guild.fetch_member(owner.id)
            await member.add_roles(discord.Object(role_id), reason=REASON)
    except (NotNow, Never) as problem:
        console.say(f"! {owner} could not be given it: {problem}")
        return False
    console.say(f"  ✓ {owner} has the role {name}")
    return True
