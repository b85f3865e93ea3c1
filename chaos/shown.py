"""What staff sees in a channel of what its API holds: whole, once, in order, as it is now."""

from collections.abc import Iterator
from typing import Any

from chaos.books import SECRET
from chaos.seen import SeenTicket, token_of, without_time

REST = "…"
"""What stands where an edited message is shorter than it was."""
Told = tuple[str, str, str]


def of_channel(it: SeenTicket) -> Iterator[Told]:
    """Kind, where and what of each difference."""
    (history,) = it.history.values()
    pieces: dict[str, list[str]] = {}
    order: list[str] = []
    for message in history:
        token = token_of(message["content"])
        if message.get("webhook_id") and token:
            pieces.setdefault(token, []).append(without_time(message["content"]))
            order.append(token)
    wanted = _wanted(it, history)
    replies = _replies(history)
    for token, content in wanted.items():
        yield from _of_message(token, content, pieces.pop(token, []), replies.get(token))
    for token in pieces:
        kind = "leaked" if SECRET in str(pieces[token]) else "doubled"
        yield (kind, token, "in the channel, though the API has it no more")
    yield from _of_order(it, order, list(wanted))
    yield from _of_notes(it, history)
    yield from _of_files(it, history)


def _of_notes(it: SeenTicket, history: list[dict[str, Any]]) -> Iterator[Told]:
    """Notes from the API stand in the channel once, as the bot's."""
    for said in it.book.of("staff"):
        if said.by_api:
            times = sum(token_of(message["content"]) == said.token for message in history)
            if times > 1 or (times == 0 and None not in said.possible):
                yield ("doubled" if times else "lost", said.token, f"a note, {times} times in the channel")


def _of_files(it: SeenTicket, history: list[dict[str, Any]]) -> Iterator[Told]:
    """A file of a requester's is in the channel with their words."""
    for said in it.book.of("requester"):
        if said.file is not None:
            mine = [message for message in history if token_of(message["content"]) == said.token]
            sizes = [file["size"] for message in mine for file in message.get("attachments", [])]
            links = [link for message in mine for link in _links(message["content"])]
            if mine and (sizes != [len(said.file)] if not links else sizes or len(links) > 1):
                yield ("lost", said.token, f"its file: {len(sizes)} in the channel, or of another size")


def _is_link(line: str) -> bool:
    """Whether a line stands for a file that Discord did not take."""
    return line.startswith("http") and "/files/" in line


def _links(content: str) -> list[str]:
    return [line for line in content.split("\n") if _is_link(line)]


def _wanted(it: SeenTicket, history: list[dict[str, Any]]) -> dict[str, str]:
    """What is to be shown by our webhook: all that was not written in this very channel."""
    written_here = {
        token_of(message["content"])
        for message in history
        if not message.get("webhook_id") and not message["author"].get("bot")
    }
    return {
        token: message["content"]
        for message in it.messages
        if message["delivery"] != "FAILED"
        and (token := token_of(message["content"])) is not None
        and token not in written_here
    }


def _replies(history: list[dict[str, Any]]) -> dict[str, str]:
    """The last words of what was edited where it could not be changed, by token."""
    replies: dict[str, str] = {}
    for message in history:
        token = token_of(message["content"])
        if token and message["author"].get("bot") and "Edited by" in message["content"].partition("\n")[0]:
            replies[token] = message["content"].partition("\n")[2].removeprefix(">>> ")
    return replies


def _of_message(token: str, content: str, pieces: list[str], reply: str | None) -> Iterator[Told]:
    lines_of = (line for piece in pieces if piece != REST for line in piece.split("\n"))
    shown = "\n".join(line for line in lines_of if not _is_link(line))
    if reply is not None and pieces:
        shown = reply
    lines, wanted = shown.split("\n"), content.split("\n")
    if lines == wanted:
        return
    if not pieces:
        yield ("lost", token, "in the API, and not in the channel")
    elif len(lines) > len(wanted) and set(wanted) <= set(lines):
        yield ("doubled", token, f"{len(pieces)} messages in the channel")
    else:
        yield ("lost", token, f"the channel says {shown[:60]!r}, the API {content[:60]!r}")


def _of_order(it: SeenTicket, order: list[str], wanted: list[str]) -> Iterator[Told]:
    shown = list(dict.fromkeys(token for token in order if token in wanted))
    runs = [token for at, token in enumerate(order) if at == 0 or order[at - 1] != token]
    if shown != [token for token in wanted if token in shown]:
        yield ("misordered", it.book.name, f"in the channel: {' '.join(shown)}; API: {' '.join(wanted)}")
    elif len(runs) != len(set(runs)):
        yield ("misordered", it.book.name, f"parts lie between others: {' '.join(runs)}")
