"""``python -m tests.docs.line_counts a5a5475 HEAD``: lines of Python per package of the product, by
revision, and how many entries its changelog has under Added."""

import io
import re
import subprocess
import sys
import tarfile
from collections import Counter

from tests.docs.pages import ROOT
from tests.docs.test_recipes import PRODUCT

ADDED = re.compile(r"^### Added$(.*?)(?=^#{2,3} |\Z)", re.MULTILINE | re.DOTALL)


def counts(revision: str) -> Counter[str]:
    command = ["git", "-C", str(ROOT), "archive", "--format=tar", revision]
    lines: Counter[str] = Counter()
    with tarfile.open(
        fileobj=io.BytesIO(subprocess.run(command, check=True, capture_output=True).stdout)
    ) as tree:
        for member in tree:
            package = member.name.split("/")[0]
            content = tree.extractfile(member)
            if content is None:
                continue
            if package in PRODUCT and member.name.endswith(".py"):
                lines[package] += len(content.read().splitlines())
                lines["files"] += 1
            elif member.name == "CHANGELOG.md":
                entries = ADDED.findall(content.read().decode())
                lines["added"] = sum(len(re.findall(r"^- ", it, re.MULTILINE)) for it in entries)
    return lines


def table(revisions: list[str]) -> str:
    columns = [counts(it) for it in revisions]
    numbers = {f"`{package}`": [it[package] for it in columns] for package in PRODUCT}
    numbers["together"] = [sum(it[package] for package in PRODUCT) for it in columns]
    numbers["files"] = [it["files"] for it in columns]
    numbers["entries under Added in the changelog"] = [it["added"] for it in columns]
    lines = [["package", *revisions], ["---", *("--:" for _ in revisions)]]
    lines += [[name, *(f"{it:,}" for it in row)] for name, row in numbers.items()]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    sys.stdout.write(f"{table(sys.argv[1:])}\n")
