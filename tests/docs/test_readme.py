"""What the README says can be done."""

import re
import time
import tomllib

import pytest

from api.door.auth import SingleIssuer, Times
from bot.connection.guild import TO_BE_INVITED
from bot.program.command_line import main, parser
from cogs.equipment import ACTIONS
from tests.docs.pages import README, ROOT, blocks, documents, names, rows, section
from tickets.model import UserRole

BY_HAND = ROOT / "docs/by-hand.md"
TEXT = README.read_text("utf-8")
SECRET = "a secret of more than thirty-two bytes"

DISCORDS_NAMES = {
    "View Channels": "read_messages",
    "Read Message History": "read_message_history",
    "Send Messages": "send_messages",
    "Embed Links": "embed_links",
    "Attach Files": "attach_files",
    "Add Reactions": "add_reactions",
    "Manage Channels": "manage_channels",
    "Manage Roles": "manage_roles",
    "Manage Messages": "manage_messages",
    "Pin Messages": "pin_messages",
    "Manage Webhooks": "manage_webhooks",
    "Mention Everyone": "mention_everyone",
    "Use Application Commands": "use_application_commands",
    "Manage Threads": "manage_threads",
    "Send Messages in Threads": "send_messages_in_threads",
    "Create Private Threads": "create_private_threads",
    "View Audit Log": "view_audit_log",
}
"""What Discord's pages call a permission, and what discord.py does."""


def test_the_invite_link_asks_for_what_the_bot_needs() -> None:
    asked_for = re.findall(r"permissions=(\d+)", BY_HAND.read_text("utf-8"))

    assert asked_for == [str(TO_BE_INVITED.value)]


def test_every_permission_is_explained() -> None:
    table = rows(section(BY_HAND, "Invite the bot"))
    explained = {DISCORDS_NAMES[name] for row in table for name in row[0].split(", ")}

    assert explained == {name for name, wanted in TO_BE_INVITED if wanted}


async def test_the_python_example_signs_a_good_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JWT_SECRET_KEY", SECRET)
    example: dict[str, object] = {}
    (code,) = blocks(TEXT, "python")

    exec(code, example)  # noqa: S102  the README's own code
    token = example["token_of"]("casey", "Casey Customer", "casey@example.test")  # type: ignore[operator]

    issuer = SingleIssuer(SECRET, lambda: time.time_ns() // 1_000_000, Times(require_exp=True))
    person = (await issuer.verify(token)).caller.person
    assert (person.key.id, person.name, person.role) == ("casey", "Casey Customer", UserRole.CUSTOMER)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ([], ("casey", "Casey", "casey@example.test", "CUSTOMER")),
        (["--id", "alex", "--role", "AGENT"], ("alex", "Alex", "alex@example.test", "AGENT")),
        (["--id", "Kim Lee/7"], ("Kim Lee/7", "Kim Lee 7", "kim.lee.7@example.test", "CUSTOMER")),
        (["--id", "🦊"], ("🦊", "🦊", "user@example.test", "CUSTOMER")),
        (["--id", "a", "--username", "B", "--email", "c@d.test"], ("a", "B", "c@d.test", "CUSTOMER")),
    ],
)
async def test_a_token_for_trying_is_of_whom_its_id_names(
    said: list[str],
    told: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("JWT_SECRET_KEY", SECRET)

    with pytest.raises(SystemExit) as ended:
        main(["token", "--no-env-file", *said])
    assert not ended.value.code

    issuer = SingleIssuer(SECRET, lambda: time.time_ns() // 1_000_000)
    person = (await issuer.verify(capsys.readouterr().out.strip())).caller.person
    assert (person.key.id, person.name, person.email, person.role) == told


def test_the_ports_of_the_demo_can_be_fixed_as_it_says() -> None:
    (line,) = re.findall(r"make demo ARGS='(--api-port [^']+)'", TEXT)

    options = parser().parse_args(["demo", *line.split()])

    assert {options.api_port, options.discord_port} == {5000, 5001}


def test_every_package_has_its_line() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    packages = set(project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"])
    shown = set(re.findall(r"^(\w+)/ +\S", section(README, "Where things are"), re.MULTILINE))

    assert packages
    assert packages <= shown
    assert [name for name in shown if not (ROOT / name).is_dir()] == []


def test_the_files_on_the_journeys_are_there() -> None:
    (journeys,) = (it for it in blocks(TEXT, "text") if "a requester posts" in it)

    files = set(re.findall(r"\b((?:api|bot|cogs|tickets)/[\w/]+)", journeys))

    assert len(files) > 5
    assert [it for it in sorted(files) if not (ROOT / f"{it}.py").is_file()] == []


def test_make_has_what_the_documents_tell_people_to_make() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    told = {
        it
        for page in documents()
        for it in re.findall(r"make ([a-z-]+)(?=[ `\n])", _code(page.read_text("utf-8")))
    }

    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))

    assert {"demo", "run", "test", "test-slow", "mutants", "check"} <= told
    assert told <= targets


@pytest.mark.parametrize("words", [("run",), ("token",), ("demo",)])
def test_the_command_line_has_the_options_that_the_documents_use(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main([*words, "--help"])
    offered = set(re.findall(r"--[a-z-]+", capsys.readouterr().out))

    used = {
        option
        for page in documents()
        for line in _code(page.read_text("utf-8")).splitlines()
        if re.search(rf"(guildesk|make|bot) {words[0]}\b", line)
        for option in re.findall(r" '?(--[a-z-]+)|ARGS='(--[a-z-]+)", line)
        for option in option
        if option
    }
    assert used <= offered


def test_every_command_is_told_to_staff() -> None:
    told = set(names((ROOT / "docs/staff.md").read_text("utf-8")))

    commands = {f"/{command.name}" for action in ACTIONS for command in action.__cog_app_commands__}

    assert commands
    assert commands <= told


def _code(text: str) -> str:
    """What is written as code, in lines and in blocks."""
    in_lines = re.findall(r"`([^`\n]+)`", text)
    return "\n".join([*in_lines, *blocks(text, "sh"), ""])
