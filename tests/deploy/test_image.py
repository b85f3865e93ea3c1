"""The image, built and run as compose.embedded.yaml runs it, by the Docker of this machine if there is one.

``PYTHON_IMAGE`` in the environment names another base, as where no registry can be reached.
"""

import asyncio
import http.client
import json
import os
import re
import secrets
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from benchmarks.programs import no_discord
from demo.processes import free_port
from demo.start import settings_for
from demo.tokens import claims_of, mint
from tests.docs.pages import ROOT
from tests.waiting import until

DOCKER: Final = shutil.which("docker")
MEGABYTE: Final = 10**6
SECRET: Final = "eeX3sohp-Ahs8ieci-aiNg0eiW-oht6Aequ"
OF_THE_IMAGE: Final = frozenset({"WEB_SERVER_HOST", "WEB_SERVER_PORT", "DATA_DIR"})
"""Settings that the image has itself."""


def docker(*arguments: str, patience: float = 60) -> subprocess.CompletedProcess[str]:
    """What Docker did, whether it worked or not; errors and output are one text."""
    return subprocess.run(
        [DOCKER or "docker", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=patience,
    )


def done(*arguments: str, patience: float = 60) -> str:
    """What Docker says; the test fails if Docker did not do it."""
    it = docker(*arguments, patience=patience)
    assert it.returncode == 0, f"docker {' '.join(arguments)}: {it.stdout[-4000:]}"
    return it.stdout.strip()


def inspected(kind: str, name: str) -> dict[str, Any]:
    (found,) = json.loads(done(kind, "inspect", name))
    assert isinstance(found, dict)
    return found


def answers() -> bool:
    """There may be a client without a Docker to talk to."""
    try:
        return DOCKER is not None and docker("info", patience=10).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def base() -> str:
    (pinned,) = re.findall(r"^ARG PYTHON_IMAGE=(\S+)", (ROOT / "Dockerfile").read_text("utf-8"), re.MULTILINE)
    return os.environ.get("PYTHON_IMAGE") or str(pinned)


def have_the_base() -> None:
    """Fetch it unless it is there. Only a registry that does not answer is a reason to skip, not one that
    does not know the image."""
    if docker("image", "inspect", base()).returncode == 0:
        return
    pulled = docker("pull", base(), patience=600)
    if pulled.returncode != 0:
        last = pulled.stdout.strip().splitlines()[-1:]
        unknown = re.search(r"manifest unknown|not found|pull access denied|invalid reference", pulled.stdout)
        (pytest.fail if unknown else pytest.skip)(f"{base()} cannot be pulled: {last}")


@pytest.fixture(scope="module")
def image() -> Iterator[str]:
    """The name of the image, built once. Both of its stages are removed afterwards; the base stays, and what
    Docker keeps for the next build."""
    if not answers():
        pytest.skip("no Docker answers: install it (apt install docker.io) and start it, or set DOCKER_HOST")
    have_the_base()
    name = f"guildesk-test-{secrets.token_hex(4)}"
    try:
        for more in (("--target", "build", "--tag", f"{name}:build"), ("--tag", name)):
            done(
                "build", "--force-rm", "--build-arg", f"PYTHON_IMAGE={base()}", *more, str(ROOT), patience=600
            )
        yield name
    finally:
        docker("image", "rm", "--force", name, f"{name}:build")


def hardening() -> list[str]:
    """What compose.embedded.yaml takes from the container, as options of ``docker run``."""
    service = yaml.safe_load((ROOT / "compose.embedded.yaml").read_text("utf-8"))["services"]["guildesk"]
    assert service["read_only"] is True
    given = {"--tmpfs": "tmpfs", "--cap-drop": "cap_drop", "--security-opt": "security_opt"}
    return ["--read-only", *(f"{option}={it}" for option, key in given.items() for it in service[key])]


@dataclass(frozen=True)
class Container:
    """A Guildesk in a container, which works without Discord, and its API."""

    image: str
    port: int

    @property
    def name(self) -> str:
        return f"{self.image}-container"

    @property
    def state(self) -> dict[str, Any]:
        return dict(inspected("container", self.name)["State"])

    def run(self) -> None:
        """A new container with the same data. Its health is checked more often than by default."""
        settings = settings_for(dict(no_discord()), SECRET, self.port, Path("/data"))
        done(
            *("run", "--detach", "--name", self.name, "--health-interval=1s", *hardening()),
            *(f"--publish=127.0.0.1:{self.port}:5000", f"--volume={self.image}-data:/data"),
            *(f"--env={key}={value}" for key, value in settings.items() if key not in OF_THE_IMAGE),
            self.image,
        )
        self.becomes_healthy()

    def becomes_healthy(self) -> None:
        async def healthy() -> bool:
            await asyncio.sleep(0.2)  # each look is a process, and Guildesk needs the time
            state = self.state
            assert state["Running"], done("logs", self.name)
            return bool(state["Health"]["Status"] == "healthy")

        asyncio.run(until(healthy, seconds=60))

    def remove(self) -> None:
        docker("rm", "--force", "--volumes", self.name)

    def does(self, *command: str) -> str:
        return done("exec", self.name, *command)

    def ask(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        token = mint(SECRET, claims_of("casey", None, None, "CUSTOMER"))
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        try:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()


@pytest.fixture(scope="module")
def container(image: str) -> Iterator[Container]:
    it = Container(image, free_port())
    try:
        it.run()
        yield it
    finally:
        it.remove()
        docker("volume", "rm", "--force", f"{image}-data")


def test_the_image_takes_no_more_room_than_promised(image: str) -> None:
    layers = done("history", "--human=false", "--format={{.Size}}", image).split()

    assert 0 < sum(map(int, layers)) <= 250 * MEGABYTE


def test_guildesk_may_write_nothing_but_its_data(container: Container) -> None:
    status = dict(line.split(":\t", 1) for line in container.does("cat", "/proc/1/status").splitlines())
    refused = docker("exec", container.name, "touch", "/venv/more")

    assert status["Name"] == "guildesk"
    assert set(status["Uid"].split()) == {"10001"}
    assert int(status["CapEff"], 16) == int(status["CapBnd"], 16) == 0
    assert status["NoNewPrivs"] == "1"
    assert refused.returncode != 0
    assert "Read-only file system" in refused.stdout
    container.does("touch", "/tmp/draft", "/data/more")  # noqa: S108  in the container


def test_its_health_check_asks_guildesk(container: Container) -> None:
    _, *command = inspected("container", container.name)["Config"]["Healthcheck"]["Test"]
    nobody = docker("exec", "--env", "WEB_SERVER_PORT=9", container.name, *command)

    assert container.ask("GET", "/healthz")[0] == 200
    container.does(*command)
    assert nobody.returncode != 0


def test_it_ends_in_order_when_it_is_stopped_and_its_tickets_outlive_it(container: Container) -> None:
    asked = {"topic": "It does not start", "description": "Nothing happens.", "issue_level": "URGENT"}
    status, ticket = container.ask("POST", "/api/v1/tickets", asked)
    assert status == 201, ticket

    begun = time.monotonic()
    done("stop", container.name)
    took, state = time.monotonic() - begun, container.state
    done("start", container.name)
    container.becomes_healthy()
    restarted = container.ask("GET", f"/api/v1/tickets/{ticket['id']}")
    container.remove()
    container.run()
    replaced = container.ask("GET", f"/api/v1/tickets/{ticket['id']}")

    assert (state["ExitCode"], state["OOMKilled"]) == (0, False)
    assert took < 8
    for status, kept in (restarted, replaced):
        assert (status, kept["topic"], kept["issue_level"]) == (200, asked["topic"], "URGENT")
