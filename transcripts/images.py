"""Small images within a transcript, so that it shows them wherever and whenever it is read."""

from base64 import b64encode
from collections.abc import Iterator, Mapping
from typing import Final

from tickets.model import Attachment, FileId
from tickets.ports.files import Files
from tickets.transcript import Transcript

MOST_BYTES: Final = 100_000
"""Bytes of one image."""
BUDGET: Final = 3_000_000
"""Bytes of all images of a transcript. Base64 makes four of three."""
_BEGINNINGS: Final[Mapping[str, tuple[bytes, ...]]] = {
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/gif": (b"GIF87a", b"GIF89a"),
    "image/webp": (b"RIFF",),
}
"""The types that browsers show and never execute. SVG is not among them, because it can contain scripts."""

Images = Mapping[FileId, str]
"""``data:`` URLs of images."""


async def images_of(files: Files, transcript: Transcript) -> Images:
    """The images that are small enough, the first ones first, until the budget is used up."""
    images: dict[FileId, str] = {}
    left = BUDGET
    for file in every_file(transcript):
        if file.type not in _BEGINNINGS or not 0 < file.size <= min(MOST_BYTES, left) or file.id in images:
            continue
        found = await files.get(file.id)
        if found is not None and _is_what_it_says(file.type, found[1]):
            left -= len(found[1])
            images[file.id] = data_url(file.type, found[1])
    return images


def every_file(transcript: Transcript) -> Iterator[Attachment]:
    yield from transcript.ticket.attachments
    for message in transcript.messages:
        yield from message.attachments
    for absorbed in transcript.absorbed:
        yield from every_file(absorbed)


def data_url(type_: str, content: bytes) -> str:
    return f"data:{type_};base64,{b64encode(content).decode()}"


def _is_what_it_says(type_: str, content: bytes) -> bool:
    is_begun = content.startswith(_BEGINNINGS[type_]) and len(content) <= MOST_BYTES
    return is_begun and (type_ != "image/webp" or content[8:12] == b"WEBP")
