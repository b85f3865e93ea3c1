"""The types of the client library say what the OpenAPI document says, and its code keeps to them."""

import gzip
import json
import os
import shutil
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from api.app import ROUTES
from api.documents.openapi import Document
from pages.client_files import client_files
from tests.clients.conftest import COMPILERS, LIBRARY, NODE, needs_compilers, run

SOURCES = LIBRARY / "src"
NOT_COMPILED = ("schema.d.ts", "types.d.ts", "index.d.ts")
SCHEMA = SOURCES / "schema.d.ts"
STALE = "is not what the program says: run `make client-types`"
TO_THE_SERVER = "to the server"


def document() -> dict[str, Any]:
    """The OpenAPI document without what the types leave out: errors, headers, examples.

    The events of sockets are in it as one object: the payload of each under its name."""
    said: dict[str, Any] = _without_examples(deepcopy(Document(ROUTES, "https://support.example.com").json))
    for path in said["paths"].values():
        for operation in path.values():
            operation["parameters"] = [it for it in operation.get("parameters", ()) if it["in"] != "header"]
            operation["responses"] = {
                status: {name: it for name, it in answer.items() if name != "headers"}
                for status, answer in operation["responses"].items()
                if status < "300"
            }
    events = {
        name: it["payload"]
        for name, it in said.pop("x-socket-events").items()
        if it["direction"] != TO_THE_SERVER
    }
    said["components"]["schemas"]["SocketEvents"] = {
        "type": "object",
        "properties": events,
        "required": [*events],
    }
    for unused in ("responses", "headers"):
        del said["components"][unused]
    return said


def _without_examples(said: Any, *, names: bool = False) -> Any:
    """``names`` says that the keys are names of fields, and not words of OpenAPI."""
    if isinstance(said, list):
        return [_without_examples(it) for it in said]
    if not isinstance(said, dict):
        return said
    return {
        key: _without_examples(it, names=key == "properties" and not names)
        for key, it in said.items()
        if names or key not in ("example", "examples")
    }


async def generated(folder: Path) -> str:
    """The types that are made from the document."""
    (folder / "openapi.json").write_text(json.dumps(document()))
    command = COMPILERS / "openapi-typescript/bin/cli.js"
    await run(NODE or "node", command, "openapi.json", "-o", "schema.d.ts", cwd=folder)
    return (folder / "schema.d.ts").read_text("utf-8")


async def compiled(folder: Path) -> dict[str, str]:
    """The declarations that TypeScript makes of the sources; it must find no fault in them."""
    for source in (*SOURCES.glob("*.js"), SCHEMA, SOURCES / "types.d.ts"):
        shutil.copy(source, folder)
    (folder / "tsconfig.json").write_text((LIBRARY / "tsconfig.json").read_text("utf-8"))
    await run(NODE or "node", COMPILERS / "typescript/bin/tsc", "-p", "tsconfig.json", cwd=folder)
    made = {it.name: it.read_text("utf-8") for it in folder.glob("*.d.ts")}
    return {name: text for name, text in made.items() if name not in NOT_COMPILED}


@needs_compilers
async def test_the_types_are_those_of_the_openapi_document(tmp_path: Path) -> None:
    types = await generated(tmp_path)
    if os.environ.get("WRITE"):
        SCHEMA.write_text(types, "utf-8")

    assert SCHEMA.read_text("utf-8") == types, f"{SCHEMA.name} {STALE}"


@needs_compilers
async def test_the_declarations_are_those_of_the_sources(tmp_path: Path) -> None:
    declarations = await compiled(tmp_path)
    if os.environ.get("WRITE"):
        for name, text in declarations.items():
            (SOURCES / name).write_text(text, "utf-8")

    kept = {it.name: it.read_text("utf-8") for it in SOURCES.glob("*.d.ts") if it.name not in NOT_COMPILED}
    assert kept == declarations, f"the declarations are stale: {STALE}"


RIGHT = """
import { Guildesk, GuildeskError, type Message } from "guildesk-client";
import { io } from "socket.io-client";

export async function main(): Promise<number> {
  const desk = new Guildesk({ url: "https://support.example.com", token: async () => "token", io });
  desk.on("message", (message) => { const text: string = message.content; return text; });
  desk.on("ready", ({ resumed }) => { const was: boolean = resumed; return was; });
  const ticket = await desk.request("POST", "/tickets", { json: { topic: "So", description: "In two." } });
  const { done } = await desk.send(ticket.id, { content: "Hello" });
  const message: Message = await done;
  for await (const user of desk.all("/users", { query: { limit: 20 } })) console.log(user.username);
  const path = { ticket_id: message.ticket_id, label: "vip" };
  await desk.request("PUT", "/tickets/{ticket_id}/labels/{label}", { path });
  try { await desk.connect().tickets({ status: ["OPEN"] }); } catch (error) {
    if (error instanceof GuildeskError) return error.status;
  }
  return ticket.number;
}
"""
WRONG = {
    "desk.request('GET', '/nowhere')": "nowhere",
    "desk.request('POST', '/tickets', { json: { topic: 1 } })": "number",
    "desk.ticket(7)": "number",
    "desk.on('message', (it) => it.colour)": "colour",
}


@needs_compilers
@pytest.mark.slow
async def test_typescript_takes_what_is_right_and_refuses_what_is_wrong(tmp_path: Path) -> None:
    modules = tmp_path / "node_modules"
    modules.mkdir()
    (modules / "guildesk-client").symlink_to(LIBRARY)
    (modules / "socket.io-client").symlink_to(
        COMPILERS.parents[1] / "reference_client/node_modules/socket.io-client"
    )
    (modules / "@socket.io").symlink_to(COMPILERS.parents[1] / "reference_client/node_modules/@socket.io")
    (tmp_path / "right.ts").write_text(RIGHT)
    lines = [f"  // @ts-expect-error\n  {it};" for it in WRONG]
    (tmp_path / "wrong.ts").write_text(
        'import { Guildesk } from "guildesk-client";\n'
        "export function main(desk: Guildesk): void {\n" + "\n".join(lines) + "\n}\n"
    )
    options = {
        "strict": True,
        "noEmit": True,
        "skipLibCheck": True,
        "target": "ES2022",
        "module": "NodeNext",
        "lib": ["ES2022", "DOM", "DOM.Iterable"],
        "types": [],
        "preserveSymlinks": True,
    }
    (tmp_path / "tsconfig.json").write_text(json.dumps({"compilerOptions": options, "include": ["*.ts"]}))
    (tmp_path / "package.json").write_text('{"type": "module"}')

    await run(NODE or "node", COMPILERS / "typescript/bin/tsc", cwd=tmp_path)


def test_the_package_brings_what_it_names() -> None:
    package = json.loads((LIBRARY / "package.json").read_text("utf-8"))
    exported = package["exports"]["."]

    for named in (exported["types"], exported["default"], *package["files"]):
        assert (LIBRARY / named).exists(), named


@pytest.mark.parametrize("source", sorted(SOURCES.glob("*.js")), ids=lambda it: it.name)
def test_a_browser_needs_no_other_package(source: Path) -> None:
    imports = [
        line for line in source.read_text("utf-8").splitlines() if line.startswith(("import ", "export {"))
    ]

    assert all('"./' in line for line in imports if " from " in line)


def test_what_browsers_load_is_small() -> None:
    loaded = [gzip.compress(it.body, 9) for it in client_files().values()]

    assert sum(map(len, loaded)) <= 15_000
