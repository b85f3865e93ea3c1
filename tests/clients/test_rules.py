"""The rules of the client library, tested in Node by Node's own test runner."""

from pathlib import Path

from tests.clients.conftest import LIBRARY, NODE, needs_sockets, run

TESTS = Path(__file__).parent / "library.test.mjs"


@needs_sockets
async def test_each_rule_of_the_library_holds(tmp_path: Path) -> None:
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules/guildesk-client").symlink_to(LIBRARY)
    (tmp_path / TESTS.name).write_text(TESTS.read_text("utf-8"), "utf-8")

    said = await run(NODE or "node", "--test", TESTS.name, cwd=tmp_path)

    assert "# fail 0" in said
    assert f"# pass {TESTS.read_text('utf-8').count(chr(10) + 'test(')}" in said
