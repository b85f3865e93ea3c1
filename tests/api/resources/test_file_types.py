"""What a file is, its bytes say: nothing else is believed, and nothing is served that could run."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.resources.file_types import UNKNOWN, type_of
from api.resources.files import HARMLESS
from tests.api.stage import Stage
from tickets.file_urls import FileUrls
from tickets.model import Attachment, FileId
from tickets.ports.store import Store


def iso(main: bytes, *others: bytes) -> bytes:
    brands = main + bytes(4) + b"".join(others)
    return struct.pack(">I", 8 + len(brands)) + b"ftyp" + brands + b"\0\0\0\x08moov"


def ebml(kind: bytes, *codecs: bytes) -> bytes:
    tracks = b"".join(b"\x86" + bytes([0x80 + len(codec)]) + codec for codec in codecs)
    return b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\x82" + bytes([0x80 + len(kind)]) + kind + bytes(60) + tracks


def ogg(codec: bytes) -> bytes:
    return b"OggS\0\x02" + bytes(20) + b"\x01\x13" + codec


def id3(content: bytes) -> bytes:
    return b"ID3\x04\0\0\0\0\x01\x02" + bytes(130) + content


KINDS = [
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF89a...", "image/gif"),
    (b"\xff\xd8\xff\xe0", "image/jpeg"),
    (b"RIFF\0\0\0\0WEBP", "image/webp"),
    (b"RIFF\0\0\0\0WAVE", "audio/wav"),
    (iso(b"avif"), "image/avif"),
    (iso(b"mif1", b"mif1", b"avif", b"miaf"), "image/avif"),
    (iso(b"heic", b"mif1", b"heic"), "image/heic"),
    (iso(b"heix"), "image/heic"),
    (iso(b"mif1", b"mif1", b"heic"), "image/heic"),
    (iso(b"msf1", b"hevc"), "image/heic"),
    (iso(b"mif1", b"miaf"), "image/heif"),
    (iso(b"M4A ", b"mp42", b"isom"), "audio/mp4"),
    (iso(b"M4B "), "audio/mp4"),
    (iso(b"qt  "), "video/quicktime"),
    (b"\0\0\0\x08wide\0\x1f\x01\x02mdat", "video/quicktime"),
    (b"\0\0\x1f\x02moov\0\0\0\x6cmvhd", "video/quicktime"),
    (iso(b"3gp4", b"isom"), "video/3gpp"),
    (iso(b"3gp5"), "video/3gpp"),
    (iso(b"3g2a"), "video/3gpp2"),
    (iso(b"isom", b"iso2", b"avc1", b"mp41"), "video/mp4"),
    (iso(b"mp42"), "video/mp4"),
    (iso(b"XXXX", b"mp42"), "video/mp4"),
    (b"\0\0\0\x20ftypisom", "video/mp4"),
    (iso(b"XXXX"), UNKNOWN),
    (b"\xff\xf1\x50\x80", "audio/aac"),
    (b"\xff\xf9\x50\x80", "audio/aac"),
    (id3(b"\xff\xf1\x50\x80"), "audio/aac"),
    (id3(b"\xff\xfb\x90\x64"), "audio/mpeg"),
    (b"\xff\xfb\x90\x64", "audio/mpeg"),
    (ogg(b"OpusHead\x01\x02"), "audio/ogg"),
    (ogg(b"\x01vorbis"), "audio/ogg"),
    (ogg(b"\x80theora"), "video/ogg"),
    (ebml(b"webm", b"V_VP9", b"A_OPUS"), "video/webm"),
    (ebml(b"webm", b"A_OPUS"), "audio/webm"),
    (ebml(b"webm", b"A_VORBIS"), "audio/webm"),
    (ebml(b"matroska", b"V_MPEG4/ISO/AVC"), "video/x-matroska"),
    (b"%PDF-1.7", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
    ("Grüße\r\n".encode(), "text/plain"),
    ("\ufeffGrüße".encode(), "text/plain"),
    (b"", "text/plain"),
    ("Grüße 😀".encode("utf-16"), "text/plain; charset=utf-16"),
    ("\ufeffGrüße".encode("utf-16-be"), "text/plain; charset=utf-16"),
    ("Grüße".encode("utf-16-le"), UNKNOWN),
    ("\ufeffa\0".encode("utf-16-le"), UNKNOWN),
    ("\ufeff\n<svg onload=alert(1)>".encode("utf-16-le"), UNKNOWN),
    (b"\xff\xfe\x00", UNKNOWN),
    (b"\xff\xfe\x00\xd8a\0", UNKNOWN),
    ("text".encode("utf-32"), UNKNOWN),
    (b" <svg onload=alert(1)>", UNKNOWN),
    ("\ufeff<html>".encode(), UNKNOWN),
    (b"<!doctype html>", UNKNOWN),
    (b"<?xml version='1.0'?>", UNKNOWN),
    (b"MZ\x90\0", UNKNOWN),
    (b"ID3 tags are nice", "text/plain"),
    (b"the wide road", "text/plain"),
    (b"see ftypes", "text/plain"),
]


@pytest.mark.parametrize(("content", "kind"), KINDS)
def test_types_are_found_by_content(content: bytes, kind: str) -> None:
    assert type_of([content]) == kind


@pytest.mark.parametrize(
    ("pieces", "kind"),
    [
        (["Grü".encode()[:3], "Grü".encode()[3:]], "text/plain"),
        ([b"   ", b"\n ", b"<", b"b>"], UNKNOWN),
        ([b"a", b" <b>"], "text/plain"),
        ([b"text", b"\xff"], UNKNOWN),
        (["Grü".encode()[:3]], UNKNOWN),
        ([b"text", b"\0"], UNKNOWN),
        ([b"\xff\xfea", b"\0b", b"\0"], "text/plain; charset=utf-16"),
        ([b"\xff\xfea\0", b"b"], UNKNOWN),
        ([], "text/plain"),
    ],
)
def test_types_are_found_piece_by_piece(pieces: list[bytes], kind: str) -> None:
    assert type_of(pieces) == kind


@given(st.sampled_from([content for content, _ in KINDS]), st.binary(max_size=60))
def test_any_bytes_have_a_type(beginning: bytes, rest: bytes) -> None:
    for length in range(len(beginning) + 1):
        assert type_of([beginning[:length] + rest])


@pytest.mark.parametrize("script", [b"<script>alert(1)</script>", b"/*", b"%!PS", b"#!/bin/sh\n"])
@pytest.mark.parametrize("part", [None, "bytes=1-"])
async def test_whatever_a_file_is_nothing_of_it_runs(
    stage: Stage, store: Store, script: bytes, part: str | None
) -> None:
    for number, (content, _) in enumerate(KINDS):
        polyglot = content + script
        file = Attachment(FileId(f"f{number}"), "x.html", type_of([polyglot]), len(polyglot))
        await store.files.put(file, polyglot)
        url = FileUrls("", store.deployment.secret).url(file)

        async with stage.http.get(url, headers={"Range": part} if part else {}) as answer:
            assert answer.status == (206 if part else 200)
            served = answer.headers["Content-Type"]

        assert served in {*HARMLESS.values(), UNKNOWN, "text/plain; charset=utf-16"}
        assert not any(it in served for it in ("html", "xml", "script", "svg"))
        assert answer.headers["Content-Disposition"].startswith("attachment;")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
