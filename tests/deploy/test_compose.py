"""What runs Guildesk in containers, or as a service: it names what there is, and gives no more."""

import configparser
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from config.loading import load
from config.settings import Settings
from tests.docs.pages import ROOT

MAKE, SYSTEMD = shutil.which("make") or "make", shutil.which("systemd-analyze")
COMPOSED = ["compose.yaml", "compose.embedded.yaml"]
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")


def composed(name: str) -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((ROOT / name).read_text("utf-8"))
    return read


@pytest.mark.parametrize("name", COMPOSED)
def test_guildesk_gets_settings_that_there_are_and_that_belong_together(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = composed(name)["services"]["guildesk"]["environment"]
    for number, field in enumerate(Settings.model_fields.values()):
        if field.is_required():
            monkeypatch.setenv(list(Settings.model_fields)[number].upper(), str(10**17 + number))
    monkeypatch.setenv("JWT_SECRET_KEY", "eeX3sohp-Ahs8ieci-aiNg0eiW-oht6Aequ")
    monkeypatch.setenv("PUBLIC_URL", "https://support.example.com")
    for variable, value in given.items():
        monkeypatch.setenv(variable, value)

    settings = load(None)

    assert given.keys() <= {it.upper() for it in Settings.model_fields}
    assert (settings.mongo_uri is None) == (name == "compose.embedded.yaml")
    assert settings.trusted_proxies


@pytest.mark.parametrize("name", COMPOSED)
def test_only_the_proxy_is_reached_from_outside_and_it_alone_is_trusted(name: str) -> None:
    read = composed(name)
    (network,) = read["networks"].values()
    guildesk = read["services"]["guildesk"]

    assert [it for it, service in read["services"].items() if "ports" in service] == ["caddy"]
    assert guildesk["environment"]["TRUSTED_PROXIES"] == network["ipam"]["config"][0]["subnet"]
    assert guildesk["read_only"] is True
    assert guildesk["cap_drop"] == ["ALL"]


@pytest.mark.parametrize("name", COMPOSED)
def test_what_is_kept_is_in_volumes_that_there_are(name: str) -> None:
    read = composed(name)
    mounted = [it.split(":") for service in read["services"].values() for it in service["volumes"]]

    assert {it[0] for it in mounted if not it[0].startswith(".")} == read["volumes"].keys()
    assert [it[0] for it in mounted if it[0].startswith(".") and not (ROOT / it[0]).is_file()] == []
    assert ["data", "/data"] in mounted
    assert "VOLUME /data" in DOCKERFILE


def test_the_proxy_asks_guildesk_where_it_listens() -> None:
    caddy = (ROOT / "deploy/Caddyfile").read_text("utf-8")

    assert re.findall(r"^reverse_proxy (\S+)", caddy, re.MULTILINE) == ["guildesk:5000"]
    assert "respond /metrics 404" in caddy


def test_the_service_starts_a_command_that_there_is_and_may_write_only_its_data() -> None:
    unit = configparser.ConfigParser(strict=False, interpolation=None, comment_prefixes="#")
    unit.optionxform = str  # type: ignore[assignment, method-assign]
    unit.read_string((ROOT / "deploy/guildesk.service").read_text("utf-8"))
    service = unit["Service"]

    assert service["ExecStart"].split()[1:] == ["run", "--env-file", "/etc/guildesk/env"]
    assert (service["ProtectSystem"], service["StateDirectory"]) == ("strict", "guildesk")
    assert int(service["TimeoutStopSec"]) > 8


@pytest.mark.skipif(SYSTEMD is None, reason="systemd-analyze is not there")
def test_systemd_understands_the_service(tmp_path: Path) -> None:
    text = (ROOT / "deploy/guildesk.service").read_text("utf-8")
    unit = tmp_path / "guildesk.service"
    unit.write_text(text.replace("/opt/guildesk/.venv/bin/guildesk", "/bin/true"))

    done = subprocess.run([str(SYSTEMD), "verify", unit], check=False, capture_output=True, text=True)

    assert (done.returncode, done.stderr) == (0, "")


def make(*arguments: str, folder: Path = ROOT) -> tuple[int, str]:
    """As somebody at a shell, also where make runs the tests."""
    environment = {name: it for name, it in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    done = subprocess.run(
        [MAKE, *arguments],
        check=False,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    return done.returncode, done.stdout


def test_make_says_what_it_lacks_and_asks_before_it_deletes() -> None:
    lacking = make("start", "COMPOSE=there-is-none")
    careless = make("purge", "COMPOSE=true")
    meant = make("purge", "COMPOSE=true", "YES=guildesk", "STORE=embedded")

    assert lacking[0] == 2
    assert "there-is-none does not work: install Docker with its Compose plugin" in lacking[1]
    assert careless == (2, "Nobody can be asked; if you mean it, say make purge YES=guildesk\n")
    assert meant == (0, "true --file compose.embedded.yaml down --volumes --rmi local\n")


PLAYED = """#!/bin/sh
# Plays Compose: what it runs in a container, it runs in the folder of its data.
case " $* " in *" run "*) ;; *) echo "$@"; exit ;; esac
while [ "$1" != guildesk ]; do shift; done
shift; cd data && exec sh "$@"
"""


def test_the_files_that_settings_name_are_in_the_container_before_it_starts(tmp_path: Path) -> None:
    """Set-up writes a desk file, without which Guildesk would not start."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / "data").mkdir()
    (tmp_path / "compose").write_text(PLAYED)
    (tmp_path / "compose").chmod(0o755)
    (tmp_path / "desk.toml").write_text("[hours]\n")
    (tmp_path / "own").mkdir()
    (tmp_path / "own/issuers.toml").write_text("[[issuer]]\n")

    def started(settings: str) -> tuple[int, str]:
        (tmp_path / ".env").write_text(settings)
        return make("start", f"COMPOSE={tmp_path / 'compose'}", folder=tmp_path)

    assert started("GUILD_ID=1\n")[0] == 0
    assert [*(tmp_path / "data").iterdir()] == []
    status, said = started("DESK_FILE=desk.toml\nISSUERS_FILE=own/issuers.toml\n")
    assert (status, "up --detach --wait" in said) == (0, True), said
    assert (tmp_path / "data/desk.toml").read_text() == "[hours]\n"
    assert (tmp_path / "data/own/issuers.toml").read_text() == "[[issuer]]\n"
    status, said = started("DESK_FILE=/srv/desk.toml\n")
    assert (status, "up --detach" in said) == (2, False)
    assert "DESK_FILE in .env must name a file in this folder" in said


def test_whatever_we_build_on_is_pinned() -> None:
    texts = "\n".join((ROOT / name).read_text("utf-8") for name in ("Dockerfile", *COMPOSED))
    images = re.findall(r"(?:PYTHON_IMAGE=|image: )(\S+:\S+)", texts)

    assert {it.partition(":")[0] for it in images} == {"python", "mongo", "caddy"}
    assert [it for it in images if not re.search(r"@sha256:[0-9a-f]{64}$", it)] == []


def test_images_are_pinned_by_what_docker_says_of_them(tmp_path: Path) -> None:
    (tmp_path / "deploy").mkdir()
    for name in ("Dockerfile", *COMPOSED, "deploy/pin.sh"):
        shutil.copy(ROOT / name, tmp_path / name)
    docker = tmp_path / "docker"
    docker.write_text("#!/bin/sh\necho $SAYS\n", "utf-8")
    docker.chmod(0o755)

    def pinned(says: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "DOCKER": str(docker), "SAYS": says}
        return subprocess.run(
            [str(tmp_path / "deploy/pin.sh")], env=environment, capture_output=True, text=True, check=False
        )

    def images() -> list[str]:
        texts = [(tmp_path / name).read_text("utf-8") for name in ("Dockerfile", *COMPOSED)]
        return re.findall(r"(?:PYTHON_IMAGE=|image: )(\S+:\S+)", "\n".join(texts))

    named = [it.partition("@")[0] for it in images()]
    for digest in (f"sha256:{'a1' * 32}", f"sha256:{'b2' * 32}"):  # and once more, for newer ones
        assert pinned(digest).returncode == 0
        assert images() == [f"{name}@{digest}" for name in named]
    refused = pinned("Error: toomanyrequests")
    assert (refused.returncode, images()[0]) == (1, f"{named[0]}@sha256:{'b2' * 32}")
    assert set(re.findall(r"FROM (\S+)", DOCKERFILE)) == {"${PYTHON_IMAGE}"}
