"""The stores of revision a5a5475 as they are kept here: packed, unpacked, and put into a database.

Nothing of the product is imported: the program of that revision packs with this, today's unpacks."""

import json
import lzma
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from bson import json_util

HERE: Final = Path(__file__).parent
FOLDER: Final = HERE / "sqlite.tar.xz"
"""The whole DATA_DIR of the embedded store, byte for byte, as a process that was killed has left it."""
DOCUMENTS: Final = HERE / "mongo.json.xz"
"""Every collection of the database: its indexes, and its documents in MongoDB's extended JSON."""
RECORDED: Final = HERE / "recorded.json.xz"
"""What the old program answered, and what its ports said."""

NOW: Final = 4_102_444_800_000
"""When the stores were left. It is the year 2100, or MongoDB would forget what ends after a day."""

_EXACT = json_util.JSONOptions(
    json_mode=json_util.JSONMode.CANONICAL, tz_aware=False, unicode_decode_error_handler="strict"
)


def pack_folder(folder: Path, target: Path = FOLDER) -> None:
    with tarfile.open(target, "w:xz", preset=9) as tar:
        for path in sorted(folder.rglob("*")):
            tar.add(path, arcname=str(path.relative_to(folder)), recursive=False, filter=_anonymous)


def unpack_folder(target: Path) -> None:
    """Make ``target`` the DATA_DIR."""
    with tarfile.open(FOLDER, "r:xz") as tar:
        tar.extraction_filter = getattr(tarfile, "data_filter", None)  # Python knows it from 3.11.4 on
        tar.extractall(target)  # noqa: S202  it is packed here, and kept in the repository


def _anonymous(info: tarfile.TarInfo) -> tarfile.TarInfo:
    info.uid = info.gid = info.mtime = 0
    info.uname = info.gname = ""
    return info


async def dump_of(database: Any) -> dict[str, Any]:
    """What ``pack`` takes of a database of Motor's."""
    dump = {}
    for name in sorted(await database.list_collection_names()):
        documents = await database[name].find({}).to_list(None)
        indexes = await database[name].index_information()
        dump[name] = {
            "indexes": {
                it: {**about, "key": [list(pair) for pair in about["key"]]}
                for it, about in indexes.items()
                if it != "_id_"
            },
            "documents": json.loads(json_util.dumps(documents, json_options=_EXACT)),
        }
    return dump


async def restore(dump: Mapping[str, Any], database: Any) -> None:
    """Put a dump into an empty database, indexes first."""
    for name, kept in dump.items():
        for index, about in kept["indexes"].items():
            options = {it: value for it, value in about.items() if it not in ("v", "key", "ns")}
            await database[name].create_index([tuple(pair) for pair in about["key"]], name=index, **options)
        documents = json_util.loads(json.dumps(kept["documents"]), json_options=_EXACT)
        if documents:
            await database[name].insert_many(documents)


def pack(it: object, target: Path) -> None:
    text = json.dumps(it, ensure_ascii=False, indent=1)
    target.write_bytes(lzma.compress(text.encode(), preset=9))


def unpack(source: Path) -> Any:
    return json.loads(lzma.decompress(source.read_bytes()))


def lines(it: object) -> list[str]:
    """As JSON that people can compare."""
    it = json.loads(json.dumps(it))  # where all keys are texts
    return json.dumps(it, ensure_ascii=False, indent=1, sort_keys=True).splitlines()
