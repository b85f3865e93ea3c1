"""The page holds the whole record, and nothing that anybody wrote can change what it is."""

import json
import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from cProfile import Profile
from dataclasses import replace
from hashlib import sha256
from threading import get_ident

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.people import ANN, ANN_ASKS, EVE, SAM, SAM_ANSWERS
from tests.tickets.logs import FILE, Logbook, opened
from tests.transcripts.reading import Element, as_text, elements, skeleton
from texts.text import Words
from tickets.events import Change, MessagePosted, NoteAdded, TicketChanged
from tickets.model import SYSTEM, Attachment, FileId, Person, Status, UserKey
from tickets.transcript import Transcript, transcript_of
from transcripts import render_html, render_json, render_markdown, render_text
from transcripts.images import data_url
from transcripts.pieces import in_pieces, whole
from transcripts.reader import Reader

Render = Callable[[Transcript, Callable[[Attachment], str]], Iterator[str]]

PEOPLE = {person.key: person for person in (ANN, SAM, EVE)}

ALLOWED = {
    "html": {"lang"},
    "head": set(),
    "meta": {"charset", "name", "content", "http-equiv"},
    "title": set(),
    "style": set(),
    "body": set(),
    "main": set(),
    "aside": set(),
    "header": {"class"},
    "h1": set(),
    "h2": {"class", "id"},
    "h3": {"class"},
    "p": {"class", "id"},
    "dl": set(),
    "dt": set(),
    "dd": {"dir", "class"},
    "ol": {"start"},
    "ul": {"class"},
    "li": {"value"},
    "del": {"dir", "class"},
    "ins": {"dir", "class"},
    "div": {"dir", "class", "id"},
    "article": {"id", "class"},
    "details": {"class"},
    "summary": set(),
    "time": {"datetime", "title"},
    "bdi": {"class", "title"},
    "span": {"class", "tabindex", "aria-hidden"},
    "strong": set(),
    "a": {"href", "rel", "class"},
    "img": {"src", "alt"},
    "em": set(),
    "u": set(),
    "s": set(),
    "code": set(),
    "pre": set(),
    "blockquote": set(),
    "br": set(),
}
CLASSES = {
    *("answered", "answers", "at", "author", "big1", "big2", "big3", "data", "day", "end", "files", "gone"),
    *("happened", "heard", "initials", "joined", "mark", "marks", "merged", "note", "page", "plain"),
    *("requester", "revisions", "service", "side", "small", "spaces", "spoiler", "staff", "system"),
    *("tag", "text", "ticket", *(f"hue{number}" for number in range(8))),
}

NASTY = [
    *("<script>alert(1)</script>", "</style><script>", "</title><script>", "<!--", "-->", "<![CDATA[", "]]>"),
    *(
        '"><img src=x onerror=alert(1)>',
        "' onmouseover='alert(1)",
        '" autofocus onfocus="alert(1)',
        "`",
        '"',
        "'",
    ),
    *(
        "<svg/onload=alert(1)>",
        "<iframe src=//x>",
        "<base href=//x>",
        "<a href=javascript:alert(1)>",
        "<?php ?>",
    ),
    *("javascript:alert(1)", "[x](javascript:alert(1))", "<javascript:alert(1)>", "![x](https://x/y.png)"),
    *(
        "https://x.example/\"onmouseover='a'",
        "https://x.example/<b>",
        "<https://x.example/'>",
        "https://[::1/",
    ),
    *(
        "{{ 7 * 7 }}",
        "{% raw %}",
        "${7*7}",
        "&lt;script&gt;",
        "&#60;script&#62;",
        "&",
        "&amp",
        "\\<script\\>",
    ),
    *("</article></main></body></html>", "</div>", "</bdi>", "</code></pre>", "</time>", "\u2028", "\u2029"),
    *("**", "__", "~~", "||", "```", "`", "> ", ">>> ", "- ", "1. ", "\n", "\n\n", "\r", "\t", "\\"),
    *("<@1001>", "<@&1>", "<#1>", "<:a:1>", "<t:1:R>", "<@1001", "@everyone", "\0", "\x1b[31m", "\ud800"),
    *("\u202e", "\u2066", "\u2069", "\u200f", "Z\u0351\u036b\u0343", "\U0001f469\u200d\U0001f680", "a" * 300),
]
hostile = st.lists(st.sampled_from(NASTY) | st.text(max_size=10), max_size=12).map("".join)


IMAGES = {FILE.id: data_url(FILE.type, b"\x89PNG\r\n\x1a\n")}


def file_url(file: Attachment) -> str:
    return f"https://desk.example/files/{file.id}?sig=a&b"


def page(transcript: Transcript) -> str:
    return "".join(render_html(transcript, file_url, images=IMAGES))


def a_long_story() -> Logbook:
    book = Logbook()
    book.post(ANN_ASKS, "It is **dark**", FILE)
    book.note("She is upset")
    book.change(
        TicketChanged((Change("issue_level", "NORMAL", "URGENT"), Change("assignee", None, str(EVE.key))))
    )
    slip = book.post(SAM_ANSWERS, "Try the swich")
    book.edit(slip, "Try the switch", SAM_ANSWERS)
    secret = book.post(ANN_ASKS, "My password is 1234")
    book.delete(secret)
    book.close(Status.RESOLVED, "It was the switch")
    book.reopen()
    book.close(Status.RESOLVED, "It was the bulb")
    return book


def test_the_record_says_everything_about_its_ticket() -> None:
    html = page(transcript_of(a_long_story().events, PEOPLE))

    facts = dict(zip(texts(html, "dt"), texts(html, "dd"), strict=True))
    assert facts == {
        "Requester": "Ann",
        "E-mail": "ann@example.org",
        "Role": "Customer",
        "User id": "ann (issuer shop)",
        "Language": "de-AT",
        "Issue level": "Urgent",
        "Support role": "General",
        "Status": "Resolved",
        "Assignee": "Eve",
        "Opened": "2027-01-15 08:00 UTC",
        "First response": "2027-01-15 08:00 UTC",
        "Closed": "2027-01-15 08:00 UTC by Sam (Staff)",
        "Reason": "It was the bulb",
        "Ticket id": "t1",
        "order": "A-1",
    }
    assert texts(html, "h1") == ["No light"]
    assert texts(html, "title") == ["#7 No light"]
    assert "The lamp is dark." in as_text(html)


def test_times_are_exact_and_in_utc() -> None:
    html = page(transcript_of(Logbook().events, PEOPLE))

    time = next(it for it in elements(html) if it.tag == "time")
    assert time.attributes == {"datetime": "2027-01-15T08:00:01.000Z", "title": "2027-01-15 08:00 UTC"}


def test_the_conversation_tells_what_happened_in_whole_sentences() -> None:
    html = page(transcript_of(a_long_story().events, PEOPLE))

    lines = [squeezed(it.text) for it in elements(html) if it.is_a("div", **{"class": "happened"})]
    assert lines == [
        "Ann opened this ticket. 08:00",
        "Sam set the level from Normal to Urgent. 08:00",
        "Sam gave this ticket to Eve. 08:00",
        "Sam closed this ticket as Resolved. 08:00 It was the switch",
        "Sam opened this ticket again. 08:00".replace("Sam", "Ann"),
        "Sam closed this ticket as Resolved. 08:00 It was the bulb",
    ]


def test_messages_come_in_order_with_author_and_side() -> None:
    html = page(transcript_of(a_long_story().events, PEOPLE))

    said = messages(html)
    assert [it.attributes["id"] for it in said] == ["m2", "m5", "m7"]
    assert [it.attributes["class"] for it in said] == ["requester", "staff", "requester"]
    assert [" ".join(it.text.split()[1:3]) for it in said] == ["Ann Requester", "Sam Staff", "Ann Requester"]


def test_messages_that_follow_each_other_are_joined() -> None:
    book = Logbook()
    book.post(ANN_ASKS, "One")
    book.post(ANN_ASKS, "Two")
    book.post(SAM_ANSWERS, "Three")
    book.note("Four")

    html = page(transcript_of(book.events, PEOPLE, notes=True))

    said = [it.attributes["class"] for it in messages(html)]
    assert said == ["requester", "requester joined", "staff", "staff note"]


def test_staff_reads_what_an_edited_message_said_before_and_requesters_do_not() -> None:
    staffs = page(transcript_of(a_long_story().events, PEOPLE, notes=True))
    own = page(transcript_of(a_long_story().events, PEOPLE, revisions=False))

    assert "swich" in staffs
    assert "swich" not in own
    assert all("Try the switch" in it and "edited 2027" in squeezed(as_text(it)) for it in (staffs, own))


def test_a_deleted_message_leaves_a_tombstone() -> None:
    html = page(transcript_of(a_long_story().events, PEOPLE))

    *_, deleted = (squeezed(it.text) for it in messages(html))
    assert "This message was deleted" in deleted
    assert "1234" not in html


def test_files_are_linked_and_images_are_shown() -> None:
    report = Attachment(FileId("f2"), "report.pdf", "application/pdf", 5_000_000)
    book = Logbook()
    book.post(ANN_ASKS, "", FILE, report)

    html = page(transcript_of(book.events, PEOPLE))

    images = [it.attributes for it in elements(html) if it.tag == "img"]
    assert images == [{"src": IMAGES[FILE.id], "alt": "photo.png"}]
    linked = [it.text for it in elements(html) if it.attributes.get("href") == file_url(report)]
    assert linked == ["report.pdf"]
    assert "2.0 KiB, image/png" in as_text(html)
    assert "4.8 MiB, application/pdf · the link works as long as the desk keeps the file" in as_text(html)


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "data:text/html,x", "//x.example/y", "https://", "https://a;b/", "https://[x"],
)
def test_a_file_that_is_not_on_the_web_is_named_but_not_linked(url: str) -> None:
    book = Logbook()
    book.post(ANN_ASKS, "", FILE)

    html = "".join(render_html(transcript_of(book.events, PEOPLE), lambda _: url))

    assert url not in html
    assert "photo.png" in html


def test_notes_are_marked_where_the_transcript_holds_them() -> None:
    html = page(transcript_of(a_long_story().events, PEOPLE, notes=True))

    note = next(it for it in messages(html) if it.attributes["id"] == "m3")
    assert note.attributes["class"] == "staff note"
    assert "Note: staff only" in note.text
    assert "She is upset" in note.text


def test_a_requester_s_record_holds_nothing_of_a_note() -> None:
    html = page(transcript_of(a_long_story().events, PEOPLE))

    assert "upset" not in html
    assert "staff only" not in html


def test_the_page_loads_nothing() -> None:
    book = Logbook()
    book.post(ANN_ASKS, "https://elsewhere.example/x.png", FILE)

    html = page(transcript_of(book.events, PEOPLE))

    assert directives(html)["default-src"] == "'none'"
    assert directives(html)["img-src"] == "data:"
    assert [it.attributes["src"] for it in elements(html) if "src" in it.attributes] == [IMAGES[FILE.id]]
    assert "url(" not in html
    assert "@import" not in html


def test_the_policy_lets_the_one_style_sheet_through() -> None:
    html = page(transcript_of(Logbook().events, PEOPLE))

    style = next(it for it in elements(html) if it.tag == "style").text
    assert directives(html)["style-src"] == f"'sha256-{b64encode(sha256(style.encode()).digest()).decode()}'"


def test_the_page_can_have_another_title() -> None:
    html = "".join(render_html(transcript_of(Logbook().events, PEOPLE), file_url, title="Lamp & co"))

    assert texts(html, "title") == ["Lamp & co"]


def test_somebody_unknown_goes_by_the_id_and_the_system_by_its_own_name() -> None:
    book = Logbook()
    book.post(SAM_ANSWERS, "Hi")
    book.close(Status.UNRESOLVED, actor=SYSTEM)

    html = page(transcript_of(book.events, {}))

    facts = dict(zip(texts(html, "dt"), texts(html, "dd"), strict=True))
    assert facts["Requester"] == "ann"
    assert facts["Closed"].endswith("by Guildesk (System)")
    assert facts["Reason"] == "none given"
    assert "1001" in as_text(html)


def test_a_mention_of_a_participant_shows_the_name() -> None:
    book = Logbook()
    book.post(ANN_ASKS, f"Thanks <@{SAM.key.id}>")

    html = page(transcript_of(book.events, PEOPLE))

    assert "Thanks @Sam" in as_text(html)


@given(hostile)
def test_no_label_changes_what_the_page_is_made_of(text: str) -> None:
    harmless = page(written_everywhere_but_in_messages("harmless"))

    html = page(written_everywhere_but_in_messages(text or "x"))

    assert skeleton(html) == skeleton(harmless)
    assert all(is_allowed(element) for element in elements(html))


@given(hostile)
def test_no_message_puts_anything_on_the_page_that_is_not_on_the_list(text: str) -> None:
    book = Logbook(opening=replace(opened(), description=text))
    book.post(ANN_ASKS, text)
    book.post(SAM_ANSWERS, "The end")

    html = page(transcript_of(book.events, PEOPLE))

    assert [it for it in elements(html) if not is_allowed(it)] == []
    assert [it.attributes["id"] for it in messages(html)] == ["m2", "m3"]
    assert skeleton(html)[-len(LAST) :] == LAST
    html.encode()


LAST = [
    *(("article", "id", "class"), ("span", "class", "aria-hidden"), ("header",), ("bdi", "class")),
    *(("span", "class"), ("a", "href"), ("time", "datetime", "title"), ("div", "class", "dir"), ("p",)),
    ("p", "class", "id"),
]


@pytest.mark.parametrize("text", NASTY)
def test_every_nasty_text_is_harmless_everywhere_at_once(text: str) -> None:
    transcript = written_everywhere_but_in_messages(text)
    said = [replace(message, content=text) for message in transcript.messages]

    html = page(replace(transcript, messages=said))

    assert [it for it in elements(html) if not is_allowed(it)] == []


def conversation(messages: int) -> Logbook:
    book = Logbook()
    for number in range(messages):
        book.post(
            ANN_ASKS if number % 2 else SAM_ANSWERS,
            f"It is **dark** at {number}, and `this` does _nothing_.",
        )
    return book


def test_a_thousand_messages_come_in_pieces() -> None:
    pieces = list(render_html(transcript_of(conversation(1000).events, PEOPLE), file_url))

    assert len(pieces) > 10


def test_a_message_costs_few_calls_however_many_there_are() -> None:
    """From the log to the page. Counted, since times depend on what else the machine does: at 580 calls
    each, 10,000 messages take 1.1 s of processor."""

    def calls(messages: int) -> int:
        events = conversation(messages).events
        with Profile() as counted:
            for _ in render_html(transcript_of(events, PEOPLE, notes=True), file_url):
                pass
        return sum(it.callcount for it in counted.getstats())

    calls(1)  # texts are read once
    few, many = calls(200), calls(600)

    assert many - few < 400 * 700


async def test_the_event_loop_makes_no_part_of_a_page() -> None:
    """Whoever reads is asked for words and times in the thread that writes, and nowhere else."""
    threads = set()

    class Asked(Reader):
        def says(self, words: Words) -> str:
            threads.add(get_ident())
            return super().says(words)

        def time_and_moment(self, at: int) -> tuple[str, str]:
            threads.add(get_ident())
            return super().time_and_moment(at)

    transcript = transcript_of(conversation(50).events, PEOPLE)

    for_the_channel = await whole(render_html(transcript, file_url, reader=Asked()))
    for_the_api = b"".join([it async for it in in_pieces(render_html(transcript, file_url, reader=Asked()))])

    assert for_the_channel == for_the_api
    assert threads
    assert get_ident() not in threads


def written_everywhere_but_in_messages(text: str) -> Transcript:
    """A transcript in which a stranger's text stands in every place that is not markdown."""
    ann = replace(ANN, name=text, email=text)
    somebody = Person(UserKey("shop", text), text, ANN.role)
    sam = replace(SAM, name=text)
    file = Attachment(FileId("f1"), text, "image/png", 1)
    odd = Attachment(FileId("f2"), text, text, 1)
    book = Logbook(opening=replace(opened(topic=text), metadata={text: text}, attachments=(file, odd)))
    book.post(ANN_ASKS, "Hello", file, odd)
    book.post(SAM_ANSWERS, "Hello")
    book.add(SAM_ANSWERS, NoteAdded("Hello"))
    book.change(
        TicketChanged(
            (
                Change("topic", text, text),
                Change("description", text, "The lamp is dark."),
                Change("assignee", str(somebody.key), str(somebody.key)),
            )
        )
    )
    book.close(Status.RESOLVED, text)
    people = {person.key: person for person in (ann, sam, somebody)}
    return transcript_of(book.events, people, notes=True)


def is_allowed(element: Element) -> bool:
    attributes = element.attributes
    return (
        element.tag in ALLOWED
        and attributes.keys() <= ALLOWED[element.tag]
        and set(attributes.get("class", "").split()) <= CLASSES
        and attributes.get("dir", "auto") == "auto"
        and attributes.get("tabindex", "0") == "0"
        and re.fullmatch(r"(m\d+|end)?", attributes.get("id", "")) is not None
        and re.match(r"(?i)https?://[^/]|#(m\d+|end)$", attributes.get("href", "#m1")) is not None
        and attributes.get("src", IMAGES[FILE.id]) == IMAGES[FILE.id]
        and attributes.get("http-equiv", "Content-Security-Policy") == "Content-Security-Policy"
    )


def directives(html: str) -> dict[str, str]:
    policy = next(it for it in elements(html) if "http-equiv" in it.attributes).attributes["content"]
    return dict(directive.split(" ", 1) for directive in policy.split("; "))


def messages(html: str) -> list[Element]:
    """The articles but the first, which is what the ticket was opened with."""
    return [it for it in elements(html) if it.tag == "article" and "id" in it.attributes]


def texts(html: str, tag: str) -> list[str]:
    return [squeezed(it.text) for it in elements(html) if it.tag == tag]


def squeezed(text: str) -> str:
    return " ".join(text.split())


def test_an_answer_links_and_quotes_what_it_answers_and_a_note_shows_to_staff_alone() -> None:
    book = Logbook()
    asked = book.post(SAM_ANSWERS, "Which *lamp*?\n<b>The red one?")
    book.add(ANN_ASKS, MessagePosted("Yes", reply_to=asked))
    book.add(SAM_ANSWERS, NoteAdded("Finally", reply_to=asked))
    book.delete(asked, SAM_ANSWERS)

    for notes, expected in ((False, 1), (True, 2)):
        before, after = [
            "".join(render_html(transcript_of(log, PEOPLE, notes=notes), str))
            for log in (book.events[:-1], book.events)
        ]
        quotes = [it.text for it in elements(before) if it.is_a("p", **{"class": "small answers"})]
        assert [squeezed(it) for it in quotes] == [
            "In answer to Sam Which *lamp*? <b>The red one?"
        ] * expected
        assert any(it.is_a("a", href="#m2") for it in elements(before))
        assert "*lamp*" not in after
        assert after.count("a message that is deleted") == expected


@pytest.mark.parametrize(
    ("render", "quote"),
    [
        (render_text, "In answer to [2], Sam: Which *lamp*?"),
        (render_markdown, r"In answer to \[2\]\, Sam\: Which \*lamp\*\?"),
    ],
)
def test_the_other_forms_quote_it_too(render: Render, quote: str) -> None:
    book = Logbook()
    asked = book.post(SAM_ANSWERS, "Which *lamp*?")
    book.add(ANN_ASKS, MessagePosted("Yes", reply_to=asked))

    assert quote in "".join(render(transcript_of(book.events, PEOPLE), str)).splitlines()


def test_the_form_for_programs_names_it() -> None:
    book = Logbook()
    asked = book.post(SAM_ANSWERS, "Which lamp?")
    book.add(ANN_ASKS, MessagePosted("Yes", reply_to=asked))

    written = json.loads("".join(render_json(transcript_of(book.events, PEOPLE), str)))

    assert [it["reply_to"] for it in written["messages"]] == [None, asked]
