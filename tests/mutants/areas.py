"""Which files are changed, and which tests are asked whether they notice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

TESTS: Mapping[str, Sequence[str]] = {
    "tickets": ("tests/tickets", "tests/contract", "-k", "not mongomock"),
    "transcripts": ("tests/transcripts",),
    "accounts": ("tests/accounts", "tests/api/resources/test_accounts.py"),
    "notify": ("tests/notify",),
    "pages": ("tests/pages",),
    "storage": ("tests/storage", "tests/contract"),
    "storage/sqlite": ("tests/storage", "tests/contract", "-k", "not mongo"),
    "storage/mongo": ("tests/storage", "tests/contract", "-k", "not sqlite"),
    "bot": ("tests/bot", "tests/cogs"),
    "cogs": ("tests/cogs", "tests/bot"),
    "api": ("tests/api",),
    "config": ("tests/config",),
}
"""The tests nearest to a folder, as pytest takes them. A folder within goes before the one around it."""


@dataclass(frozen=True, slots=True)
class Area:
    """Files of one top-level package, as a file, a folder or a pattern."""

    path: str

    @property
    def package(self) -> str:
        return Path(self.path).parts[0]

    def patterns(self, root: Path) -> list[str]:
        return [f"{self.path.rstrip('/')}/*"] if (root / self.path).is_dir() else [self.path]

    @property
    def tests(self) -> Sequence[str]:
        within = [folder for folder in TESTS if self.path == folder or self.path.startswith(f"{folder}/")]
        return TESTS[max(within, key=len)] if within else ("tests",)
