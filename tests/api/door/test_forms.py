"""Forms with one file: names, pieces, and everything that may stand around the file."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict

from api.door.errors import ApiError, BadRequest, PayloadTooLarge, UnsupportedMediaType
from api.door.forms import MOST_AROUND, OneFile

MOST = 100_000
FORM = CIMultiDict({"Content-Type": 'multipart/form-data; boundary="b"'})
PART = b'Content-Disposition: form-data; name="file"; filename="cat.png"'


@dataclass
class Received:
    content: bytes = b""

    @property
    def size(self) -> int:
        return len(self.content)

    async def write(self, piece: bytes) -> None:
        self.content += piece


def form(content: bytes, *headers: bytes, before: bytes = b"", behind: bytes = b"") -> bytes:
    return before + b"\r\n".join((b"--b", *(headers or (PART,)), b"", content, b"--b--")) + behind


def receive(pieces: Sequence[bytes], headers: CIMultiDict[str] = FORM) -> tuple[str, bytes]:
    async def coming() -> AsyncIterator[bytes]:
        for piece in pieces:
            yield piece

    received = Received()
    name = asyncio.run(OneFile(headers, MOST).receive(coming(), received))
    return name, received.content


def refusal(*pieces: bytes, headers: CIMultiDict[str] = FORM) -> type[ApiError]:
    with pytest.raises(ApiError) as refused:
        receive(pieces, headers)
    return refused.type


@given(content=st.binary(max_size=300), cuts=st.lists(st.integers(1, 40)))
def test_a_file_is_the_same_however_it_comes(content: bytes, cuts: list[int]) -> None:
    whole = form(content.replace(b"\r\n--b", b""), behind=b"\r\n") if b"\r\n--b" in content else form(content)
    pieces, at = [], 0
    for cut in cuts:
        pieces.append(whole[at : at + cut])
        at += cut
    pieces.append(whole[at:])

    assert receive([it for it in pieces if it]) == receive([whole])


@pytest.mark.parametrize("content", [b"\r\n", b"\r\n\r\n--", b"--b", b"\r\n--a", b"\r\r\r", b"\0" * 50_000])
def test_what_looks_like_an_end_is_content(content: bytes) -> None:
    assert receive([form(content)]) == ("cat.png", content)


@pytest.mark.parametrize(
    ("said", "name"),
    [
        (b'filename="a;b;c.png"', "a;b;c.png"),
        (b'filename="a, b = c.png"', "a, b = c.png"),
        (b'filename="a%22b.png"', 'a"b.png'),
        (b'filename="a\\"b.png"', 'a"b.png'),
        (b'filename="100%.png"', "100%.png"),
        (b"filename=plain.png", "plain.png"),
        ('filename="Größe 図.png"'.encode(), "Größe 図.png"),
        (b"filename*=utf-8''Gr%C3%B6%C3%9Fe.png", "Größe.png"),
        (b"filename=\"old.png\"; filename*=UTF-8'de'Gr%C3%B6%C3%9Fe.png", "Größe.png"),
        (b"filename=\"a; filename*=utf-8''b.png\"", "a; filename*=utf-8''b.png"),
        ('filename="Größe.png"'.encode("latin-1"), "Größe.png"),
        ('filename="5 € – „ja“.png"'.encode("cp1252"), "5 € – „ja“.png"),
        (b'filename="\x81\xff.png"', "\ufffdÿ.png"),
        ("filename=voilà".encode(), "voilà"),
        ("filename=My Größe.png ; x=y".encode(), "My Größe.png"),
        (b"filename*=iso-8859-1''Gr%F6%DFe.png", "Größe.png"),
        (b"filename=\"old.png\"; filename*=utf-8''Gr%F6%DFe.png", "Größe.png"),
        (b'filename="', ""),
        (b'x="y"', ""),
    ],
)
def test_names_are_taken_as_they_are_meant(said: bytes, name: str) -> None:
    assert receive([form(b"x", b'Content-Disposition: form-data; name="file"; ' + said)]) == (name, b"x")


@pytest.mark.parametrize("piece", [b"\r\n", b"\n", b"words", b"--c\r\n", b"--"])
def test_little_may_stand_before_and_behind_the_file(piece: bytes) -> None:
    a_little = b"%b\r\n" % (piece * 20)
    much = b"%b\r\n" % (piece * MOST_AROUND)

    assert receive([form(b"x", before=a_little, behind=a_little)]) == ("cat.png", b"x")
    assert refusal(form(b"x", before=much)) is BadRequest
    assert refusal(form(b"x", behind=much)) is BadRequest


def test_what_never_begins_or_ends_is_given_up_soon() -> None:
    taken: list[int] = []

    async def endless() -> AsyncIterator[bytes]:
        while len(taken) < 1_000:
            taken.append(1)
            yield b"\r\n" * 500

    with pytest.raises(BadRequest):
        asyncio.run(OneFile(FORM, MOST).receive(endless(), Received()))

    assert len(taken) <= MOST_AROUND / 1_000 + 1


@pytest.mark.parametrize(
    "headers",
    [
        [b"X: " + b"x" * 5_000],
        [b"X: x"] * 20,
        [b"X: x", *[b" and on"] * 1_000],
        [PART, b"Content-Type: multipart/mixed; boundary=c"],
        [PART.replace(b"file", b"other", 1)],
        [b"Content-Disposition: attachment"],
        [b"no header"],
        [PART, b"Content-Length: 7"],
    ],
)
def test_a_part_with_such_headers_is_refused(headers: list[bytes]) -> None:
    assert refusal(form(b"x", *headers)) is BadRequest


def test_a_second_part_is_refused() -> None:
    second = b"\r\n".join((b"--b", PART, b"", b"y"))

    assert refusal(second + b"\r\n" + form(b"x")) is BadRequest


def test_more_than_a_file_may_have_is_too_large() -> None:
    assert receive([form(b"x" * MOST)])[1] == b"x" * MOST
    assert refusal(form(b"x" * (MOST + 1))) is PayloadTooLarge


@pytest.mark.parametrize(
    ("content_type", "error"),
    [
        ("application/json", UnsupportedMediaType),
        ("multipart/mixed; boundary=b", UnsupportedMediaType),
        ("multipart/form-data", BadRequest),
        ("multipart/form-data; boundary=" + 300 * "b", BadRequest),
        ('multipart/form-data; boundary="b\n"', BadRequest),
        ("multipart/form-data; boundary=\udcff", BadRequest),
    ],
)
def test_other_types_are_refused(content_type: str, error: type[ApiError]) -> None:
    assert refusal(form(b"x"), headers=CIMultiDict({"Content-Type": content_type})) is error
