"""Dovecot as a process of its own, with one mailbox in a folder that is removed afterwards."""

import getpass
import imaplib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROGRAM = shutil.which("dovecot") or shutil.which("/usr/sbin/dovecot")
PASSWORD = "word"


class Box:
    """Its mailbox, as another mail program sees it."""

    def __init__(self, port: int) -> None:
        self.port = port

    def url(self, name: str, password: str = PASSWORD) -> str:
        return f"imap://{name}:{password}@127.0.0.1:{self.port}/INBOX"

    def deliver(self, name: str, *mails: bytes) -> None:
        with self._opened(name) as client:
            for mail in mails:
                assert client.append("INBOX", "", "", mail)[0] == "OK"

    def unseen(self, name: str) -> int:
        with self._opened(name) as client:
            return len(client.search(None, "UNSEEN")[1][0].split())

    @contextmanager
    def _opened(self, name: str) -> Iterator[imaplib.IMAP4]:
        with imaplib.IMAP4("127.0.0.1", self.port, timeout=10) as client:
            client.login(name, PASSWORD)
            client.select("INBOX")
            yield client


def _configuration(folder: Path, port: int) -> str:
    root = os.getuid() == 0
    user = "nobody" if root else getpass.getuser()
    known = pwd.getpwnam(user)
    internal = "" if root else f"default_internal_user = {user}\ndefault_login_user = {user}\n"
    chroots = "".join(
        f"service {name} {{\n  chroot =\n}}\n" for name in ("imap-login", "anvil", "stats") if not root
    )
    return f"""
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
ssl = no
disable_plaintext_auth = no
first_valid_uid = 1
{internal}{chroots}
mail_location = maildir:{folder}/mail/%u
passdb {{
  driver = static
  args = password={PASSWORD}
}}
userdb {{
  driver = static
  args = uid={known.pw_uid} gid={known.pw_gid} home={folder}/mail/%u
}}
namespace inbox {{
  inbox = yes
}}
service imap-login {{
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
"""


@contextmanager
def running() -> Iterator[Box]:
    assert PROGRAM is not None
    folder = Path(tempfile.mkdtemp(prefix="notify-dovecot-"))
    try:
        folder.chmod(0o755)
        (folder / "mail").mkdir()
        (folder / "mail").chmod(0o777)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        (folder / "dovecot.conf").write_text(_configuration(folder, port))
        command = [PROGRAM, "-F", "-c", str(folder / "dovecot.conf")]
        with subprocess.Popen(command, stderr=subprocess.PIPE) as process:
            try:
                _wait_for(port, process, folder)
                yield Box(port)
            finally:
                process.terminate()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for(port: int, process: "subprocess.Popen[bytes]", folder: Path) -> None:
    until = time.monotonic() + 10
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    log = (folder / "log").read_text() if (folder / "log").exists() else ""
    raise AssertionError(f"dovecot does not start: {log}")
