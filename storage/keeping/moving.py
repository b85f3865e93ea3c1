"""Moves the whole content of a store into a new one, of the same kind or the other."""

from collections.abc import AsyncIterator
from hashlib import sha256

from storage.codec import ATTACHMENT
from storage.keeping.problems import CannotBeDone
from storage.keeping.progress import Tell
from storage.keeping.rows import AT_ONCE, COMPARED, OWN, End, Row, Sum, Target
from tickets.model import FileId


async def move(source: End, target: Target, tell: Tell) -> dict[str, int]:
    """Move everything. Returns how many rows of each kind there are. Raises CannotBeDone if the two stores
    differ at the end. After a kill or a stop, the next call goes on with the events and files that are still
    missing."""
    await _events(source, target, tell)
    for kind in OWN:
        tell(f"moving {kind}", 0, 1)
        await target.clear(kind)
        await _copied(source, target, kind)
    await _files(source, target, tell)
    await target.rebuild(tell)
    await _copied(source, target, "deliveries")
    counts = await _compared(source, target, tell)
    await target.finish()
    return counts


async def _events(source: End, target: Target, tell: Tell) -> None:
    batch: list[Row] = []
    after = await target.newest_event()
    total = 0
    async for row in source.rows("events", after):
        batch.append(row)
        total += 1
        if len(batch) == AT_ONCE:
            await target.put("events", batch)
            tell(f"moving events, {total} so far", 0, 1)
            batch = []
    if batch:
        await target.put("events", batch)


async def _copied(source: End, target: Target, kind: str) -> None:
    batch: list[Row] = []
    async for row in source.rows(kind):
        batch.append(row)
        if len(batch) == AT_ONCE:
            await target.put(kind, batch)
            batch = []
    if batch:
        await target.put(kind, batch)


async def _files(source: End, target: Target, tell: Tell) -> None:
    count = 0
    async for file_id in source.file_ids():
        count += 1
        tell(f"moving files, {count} so far", 0, 1)
        async with (
            source.files.opened(FileId(file_id)) as kept,
            target.files.opened(FileId(file_id)) as there,
        ):
            if kept is None or (there is not None and there.size == kept.size):
                continue
            with target.files.draft() as draft:
                async for piece in kept.read(0, kept.size):
                    await draft.write(piece)
                await draft.flush()
                await target.files.put(kept.file, draft)


async def _compared(source: End, target: Target, tell: Tell) -> dict[str, int]:
    counts, differ = {}, []
    for number, kind in enumerate(COMPARED):
        tell(f"comparing {kind}", number, len(COMPARED))
        of_source, of_target = await _sum(source, kind), await _sum(target, kind)
        counts[kind] = of_source.count
        if of_source != of_target:
            differ.append(f"{kind} ({of_source.count} and {of_target.count})")
    if differ:
        raise CannotBeDone(
            f"the new store is not finished, it differs in {', '.join(differ)}; was a Guildesk writing "
            "meanwhile? Stop all of them, see whether guildesk verify finds the old store in order, remove "
            "what is in the new one, and begin again"
        )
    return counts


async def _sum(end: End, kind: str) -> Sum:
    found = Sum()
    async for row in _file_rows(end) if kind == "files" else end.rows(kind):
        found.add(row)
    return found


async def _file_rows(end: End) -> AsyncIterator[Row]:
    async for file_id in end.file_ids():
        async with end.files.opened(FileId(file_id)) as kept:
            if kept is None:
                continue
            digest = sha256()
            async for piece in kept.read(0, kept.size):
                digest.update(piece)
            yield {"file": ATTACHMENT.text(kept.file), "sha256": digest.hexdigest()}
