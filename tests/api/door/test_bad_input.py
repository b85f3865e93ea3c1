"""Bodies that are wrong, each in its way: the contract's error, and nothing stored."""

import asyncio
import json
from typing import Any

import pytest

from api.door.bodies import MOST_BYTES
from tests.api.stage import TICKETS, Stage, headers

GOOD = {"topic": "Topic", "description": "Text"}
JSON = {"Content-Type": "application/json"}


def ticket(**fields: Any) -> bytes:
    return json.dumps({**GOOD, **fields}).encode()


def raw(**fields: str) -> bytes:
    """Fields whose JSON is written out."""
    parts = {name: json.dumps(value) for name, value in GOOD.items()} | fields
    return ("{" + ",".join(f'"{name}":{value}' for name, value in parts.items()) + "}").encode()


WRONG: dict[str, tuple[bytes, str, str]] = {
    "nothing": (b"", "body", "json_invalid"),
    "no JSON": (b"topic=a", "body", "json_invalid"),
    "cut JSON": (b'{"topic": "a', "body", "json_invalid"),
    "no object": (b"[1, 2]", "body", "model_type"),
    "null": (b"null", "body", "model_type"),
    "not UTF-8": (b'{"topic": "\xff\xfe", "description": "b"}', "body", "json_invalid"),
    "UTF-16": ('{"topic": "a", "description": "b"}'.encode("utf-16"), "body", "json_invalid"),
    "half a character": (raw(topic=r'"\ud800"'), "topic", "half_character"),
    "the other half": (raw(description=r'"a\udc00b"'), "description", "half_character"),
    "deep nesting": (b'{"topic":' * 6_000, "body", "json_invalid"),
    "a deep list": (b"[" * 60_000, "body", "json_invalid"),
    "no topic": (b'{"description": "b"}', "topic", "missing"),
    "no description": (b'{"topic": "a"}', "description", "missing"),
    "a number for a text": (ticket(topic=5), "topic", "string_type"),
    "null for a text": (ticket(topic=None), "topic", "string_type"),
    "a list for a text": (ticket(description=["b"]), "description", "string_type"),
    "a blank topic": (ticket(topic=" \n "), "topic", "string_too_short"),
    "a blank description": (ticket(description=" \n "), "description", "blank"),
    "an empty description": (ticket(description=""), "description", "string_too_short"),
    "a long topic": (ticket(topic="x" * 101), "topic", "string_too_long"),
    "a long description": (ticket(description="x" * 4_001), "description", "string_too_long"),
    "NUL in the topic": (ticket(topic="a\0b"), "topic", "control_character"),
    "NUL in the description": (ticket(description="a\0b"), "description", "control_character"),
    "a topic that nobody sees": (ticket(topic="\u200b\u202e\ufeff"), "topic", "blank"),
    "a description that nobody sees": (ticket(description="\u200d\n\x1b"), "description", "blank"),
    "half a name of metadata": (
        raw(metadata=r'{"\udc00": ""}'),
        "metadata.\ufffd",
        "half_character",
    ),
    "half a value of metadata": (raw(metadata=r'{"n": "\ud83d"}'), "metadata.n", "half_character"),
    "half an id": (raw(attachments=r'["a", "\ud83d"]'), "attachments.1", "half_character"),
    "names alike": (ticket(metadata={"n": "1", "n\u200b": "2"}), "metadata", "names_alike"),
    "a name that nobody sees": (ticket(metadata={"\u200b": ""}), "metadata.\u200b.[key]", "blank"),
    "a line end of old in the topic": (ticket(topic="a\rb"), "topic", "more_than_one_line"),
    "two lines of topic": (ticket(topic="a\nb"), "topic", "more_than_one_line"),
    "an unknown level": (ticket(issue_level="PANIC"), "issue_level", "enum"),
    "an unknown role": (ticket(support_role="general"), "support_role", "enum"),
    "an unknown field": (ticket(colour="red"), "colour", "extra_forbidden"),
    "attachments": (ticket(attachments=[""]), "attachments.0", "string_too_short"),
    "a requester": (ticket(requester={"id": "x"}), "requester.username", "missing"),
    "too many metadata": (ticket(metadata={str(n): "" for n in range(17)}), "metadata", "too_long"),
    "metadata of numbers": (ticket(metadata={"n": 1}), "metadata.n", "string_type"),
    "a long metadatum": (ticket(metadata={"n": "x" * 513}), "metadata.n", "string_too_long"),
    "NUL in metadata": (ticket(metadata={"n": "\0"}), "metadata.n", "control_character"),
}


async def test_a_wrong_ticket_is_400_and_not_stored(stage: Stage) -> None:
    for what, (body, location, kind) in WRONG.items():
        answer = await stage.ask("POST", TICKETS, data=body, headers=JSON)

        assert answer.status == 400, what
        assert answer.json["error"] == "BAD_REQUEST", what
        assert "TicketBody" not in str(answer.json)
        assert answer.json["message"] == "Invalid form of body", what
        assert (location, kind) in [(it["location"], it["type"]) for it in answer.json["errors"]], what
        assert all(set(it) <= {"location", "message", "type", "context"} for it in answer.json["errors"])
        assert all(it.get("context") != {} for it in answer.json["errors"]), what
        assert (await stage.ask("GET", TICKETS)).json == [], what


async def test_context_is_there_when_there_is_any(stage: Stage) -> None:
    answer = await stage.ask("POST", TICKETS, data=ticket(topic="x" * 101, description=5), headers=JSON)

    first, second = answer.json["errors"]
    assert first["context"] == {"max_length": 100}
    assert "context" not in second


@pytest.mark.parametrize(
    "content",
    ["", "   ", "x" * 4_001, "\0", "\u202e\u200b", 5, None],
    ids=["empty", "blank", "long", "NUL", "unseen", "number", "null"],
)
@pytest.mark.parametrize("method", ["POST", "PATCH"])
async def test_a_wrong_message_is_400_and_not_stored(stage: Stage, method: str, content: object) -> None:
    ticket_id = await stage.opened()
    message = await stage.posted(ticket_id, "First")
    path = f"{TICKETS}/1/messages" + (f"/{message}" if method == "PATCH" else "")

    answer = await stage.ask(method, path, json={"content": content})

    assert answer.status == 400
    assert answer.json["errors"][0]["location"] == "content"
    assert [it["content"] for it in await stage.messages(ticket_id)] == ["First"]


@pytest.mark.parametrize(
    "content", ["x" * 4_000, "\U0001f98a" * 4_000, "\u05d0\u200f b\tc\r\nd", "👩\u200d👧"]
)
async def test_what_people_write_is_kept_as_it_is(stage: Stage, content: str) -> None:
    ticket_id = await stage.opened()

    answer = await stage.ask("POST", f"{TICKETS}/1/messages", json={"content": content})

    assert answer.status == 201
    assert [it["content"] for it in await stage.messages(ticket_id)] == [content]


async def test_the_place_of_what_no_text_may_hold_is_told(stage: Stage) -> None:
    wrong = raw(topic=r'"ab\u0000"', description=r'"a\ud83d\ude00b\ud83d"', metadata=r'{"n": "\u0000"}')
    halves = await stage.ask("POST", TICKETS, data=wrong, headers=JSON)
    nul = await stage.ask("POST", TICKETS, json={"topic": "ab\0", "description": "b"})

    assert halves.json["errors"] == [
        {
            "location": "description",
            "message": "Text should hold no half of a surrogate pair, as there is at offset 3",
            "type": "half_character",
            "context": {"offset": 3},
        }
    ]
    assert nul.json["errors"] == [
        {
            "location": "topic",
            "message": "Text should hold no NUL character, as there is at offset 2",
            "type": "control_character",
            "context": {"offset": 2},
        }
    ]


async def test_what_terminals_and_contacts_put_into_a_pasted_text_is_no_fault(stage: Stage) -> None:
    opened = await stage.ask(
        "POST",
        TICKETS,
        json={
            "topic": "\ufeff\u2068Casey\u2069:\x0binvoice\u202egnp.exe\u2028now\x85\t",
            "description": "\u202aC:\\x\n\x1b[31mred\x0cnext\u2028line\n\u2067\u05d0",
            "metadata": {"\u200eorder": "\u202a17\u202c"},
        },
    )
    posted = await stage.ask("POST", f"{TICKETS}/1/messages", json={"content": "\u202e" * 3_999 + "x"})
    closed = await stage.ask("PATCH", f"{TICKETS}/1", json={"status": "CANCELED", "reason": "\u2066done\x07"})

    assert opened.status == posted.status == 201
    assert opened.json["topic"] == "Casey: invoicegnp.exe now"
    assert opened.json["description"] == ("\u202aC:\\x\u202c\n[31mred\nnext\nline\n\u2067\u05d0\u2069")
    assert opened.json["metadata"] == {"order": "17"}
    assert posted.json["content"] == "\u202e" * 60 + "x" + "\u202c" * 60
    assert closed.json["close_reason"] == "\u2066done\u2069"


async def test_what_was_answered_can_be_sent_back(stage: Stage) -> None:
    await stage.opened()
    content = ("\u2067x\n" * 2_000)[:4_000]
    posted = await stage.ask("POST", f"{TICKETS}/1/messages", json={"content": content})

    path = f"{TICKETS}/1/messages/{posted.json['id']}"
    edited = await stage.ask("PATCH", path, json={"content": posted.json["content"]})

    assert edited.status == 200
    assert edited.json["content"] == posted.json["content"]


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin-1", "json", ""],
)
async def test_another_content_type_is_415(stage: Stage, content_type: str) -> None:
    answer = await stage.ask("POST", TICKETS, data=ticket(), headers={"Content-Type": content_type})

    assert (answer.status, answer.json["error"]) == (415, "UNSUPPORTED_MEDIA_TYPE")
    assert (await stage.ask("GET", TICKETS)).json == []


@pytest.mark.parametrize("content_type", ["application/json; charset=UTF-8", "Application/JSON", None])
async def test_json_is_taken_however_it_is_called(stage: Stage, content_type: str | None) -> None:
    said = {} if content_type is None else {"Content-Type": content_type}
    skipped = ["Content-Type"] if content_type is None else []

    answer = await stage.ask("POST", TICKETS, data=ticket(), headers=said, skip_auto_headers=skipped)

    assert answer.status == 201


async def test_json_behind_a_byte_order_mark_is_taken(stage: Stage) -> None:
    answer = await stage.ask(
        "POST", TICKETS, data=b"\xef\xbb\xbf" + ticket(), headers={"Content-Type": "application/json"}
    )

    assert answer.status == 201


async def test_two_content_types_are_refused_in_our_shape(stage: Stage) -> None:
    status, body = await raw_request(
        stage, b"Content-Type: application/json\r\nContent-Type: text/plain\r\n", ticket()
    )

    assert status in (400, 415)
    assert body["error"] in ("BAD_REQUEST", "UNSUPPORTED_MEDIA_TYPE")
    assert (await stage.ask("GET", TICKETS)).json == []


async def test_a_large_body_is_413(stage: Stage) -> None:
    answer = await stage.ask("POST", TICKETS, data=b" " * (MOST_BYTES + 1), headers=JSON)

    assert (answer.status, answer.json["error"]) == (413, "PAYLOAD_TOO_LARGE")


async def test_a_large_body_of_unknown_length_is_413(stage: Stage) -> None:
    async def without_end() -> Any:
        for _ in range(100):
            yield b" " * 10_000

    answer = await stage.ask("POST", TICKETS, data=without_end(), headers=JSON)

    assert answer.status == 413


@pytest.mark.parametrize(
    ("method", "path", "user"),
    [
        ("POST", TICKETS, "ann"),
        ("POST", TICKETS, None),
        ("GET", TICKETS, "ann"),
        ("POST", "/api/v1/attachments", "ann"),
        ("GET", "/healthz", None),
        ("POST", "/socket.io/?EIO=4&transport=polling", None),
        ("PUT", "/nowhere", None),
        ("OPTIONS", TICKETS, None),
    ],
)
async def test_a_body_that_is_encoded_is_415_whoever_asks_for_what(
    stage: Stage, method: str, path: str, user: str | None
) -> None:
    for encoding in ("gzip", "deflate", "br", "x-anything", "identity, gzip", " GZIP"):
        said = {**JSON, "Content-Encoding": encoding}

        answer = await stage.ask(method, path, user, data=ticket(), headers=said, compress=False)

        assert (answer.status, answer.json["error"]) == (415, "UNSUPPORTED_MEDIA_TYPE"), encoding
        assert answer.json["code"] == "encoding_not_supported", encoding


@pytest.mark.parametrize("encoding", ["identity", "Identity", ""])
async def test_a_body_that_says_it_is_not_encoded_is_taken(stage: Stage, encoding: str) -> None:
    said = {**JSON, "Content-Encoding": encoding}

    answer = await stage.ask("POST", TICKETS, data=ticket(), headers=said, compress=False)

    assert answer.status == 201


async def test_a_body_that_breaks_off_stores_nothing(stage: Stage) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", stage.port)
    writer.write(_head(b"", 1_000) + ticket())
    await writer.drain()
    writer.close()
    await writer.wait_closed()

    assert (await stage.ask("GET", TICKETS)).json == []


def _head(extra: bytes, length: int) -> bytes:
    return (
        (
            f"POST {TICKETS} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
            f"Authorization: {headers()['Authorization']}\r\nContent-Length: {length}\r\n"
        ).encode()
        + extra
        + b"\r\n"
    )


async def raw_request(stage: Stage, extra: bytes, body: bytes) -> tuple[int, Any]:
    reader, writer = await asyncio.open_connection("127.0.0.1", stage.port)
    writer.write(_head(extra, len(body)) + body)
    answer = await reader.read()
    writer.close()
    return int(answer.split()[1]), json.loads(answer.partition(b"\r\n\r\n")[2])
