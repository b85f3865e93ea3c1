"""One conversation with every kind of message, note and change that there is."""

import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from tests.clocks import NOON
from tests.people import ANN, ANN_ASKS, EVE, SAM, SAM_ANSWERS
from tickets.events import (
    Change,
    CloseAsked,
    CloseDeclined,
    ClosingPlanned,
    Event,
    EventData,
    FeedbackGiven,
    LabelsChanged,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    NoteAdded,
    NoteEdited,
    Origin,
    PartChanged,
    Place,
    SlaChanged,
    SnoozeEnded,
    TicketAbsorbed,
    TicketChanged,
    TicketClosed,
    TicketOpened,
    TicketReopened,
    TicketSnoozed,
)
from tickets.model import (
    SYSTEM,
    Actor,
    Answer,
    Attachment,
    AuthorType,
    EventId,
    FileId,
    IssueLevel,
    MessageId,
    Millis,
    Part,
    Person,
    Status,
    SupportRole,
    TicketId,
    UserKey,
    UserRole,
)
from tickets.targets import SlaState, TargetName
from tickets.transcript import Transcript, transcript_of
from transcripts.images import Images, data_url
from transcripts.reader import Reader

MINUTE: Millis = 60_000
HOUR: Millis = 60 * MINUTE
READER = Reader(zone=ZoneInfo("Europe/Berlin"))

ROBOT = Person(UserKey("shop", "backend"), "Shop backend", UserRole.AGENT, is_service=True)
MIA = Person(UserKey(UserKey.DISCORD, "1002"), "Mia Novak", UserRole.AGENT)
LEE = Person(UserKey("shop", "ann"), "Ann Lee", ANN.role, ANN.email)
PEOPLE = {it.key: it for it in (LEE, SAM, EVE, MIA, ROBOT)}
MIA_ANSWERS = Actor(AuthorType.STAFF, MIA.key)
SHOP_SAYS = Actor(AuthorType.SERVICE, ROBOT.key)


def picture(width: int = 240, height: int = 120) -> bytes:
    """A small PNG, the same each time."""

    def row(down: int) -> bytes:
        colours = ((60 + x * 12, 90 + down * 24, 200 - x * 8) for x in (it // 24 for it in range(width)))
        return b"\0" + b"".join(map(bytes, colours))

    rows = b"".join(row(y // 24) for y in range(height))

    def chunk(name: bytes, data: bytes) -> bytes:
        checked = struct.pack(">I", zlib.crc32(name + data) & 0xFFFFFFFF)
        return struct.pack(">I", len(data)) + name + data + checked

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows, 9))
        + chunk(b"IEND", b"")
    )


LAMP = Attachment(FileId("f1"), "lamp.png", "image/png", len(picture()))
REPORT = Attachment(FileId("f2"), "report (final).pdf", "application/pdf", 4_812_345)
VOICE = Attachment(FileId("f3"), "voice-message.ogg", "audio/ogg", 31_337)
DRAWING = Attachment(FileId("f4"), "drawing.svg", "image/svg+xml", 900)
IMAGES: Images = {LAMP.id: data_url(LAMP.type, picture())}

FORMATTED = """\
# It works
-# at least here
Try **this**, *then* __that__, ~~not this~~, and ||the secret||:
1. unplug it
2. wait `10` seconds
   - or a minute
> was it warm?
```py
lamp.on(brightness=1.0)  # <b>not bold</b>
```
See [the manual](https://manual.example/lamp_(v2)) or https://example.org/a_b?c=d&e=f
<@1001>, <@&77>, <#88>, <:bulb:99>, </close:5>, <t:1800003600:F>"""


@dataclass
class Story:
    """A log whose events come at given times."""

    id: TicketId
    now: Millis = NOON
    events: list[Event] = field(default_factory=list)

    def add(
        self, actor: Actor, data: EventData, after: Millis = MINUTE, place: Place = Place.API
    ) -> MessageId:
        self.now += after
        seq = len(self.events) + 1
        event_id = EventId(f"{self.id}-{seq}")
        self.events.append(
            Event(
                ticket_id=self.id,
                seq=seq,
                id=event_id,
                at=self.now,
                actor=actor,
                origin=Origin(place),
                data=data,
            )
        )
        return MessageId(event_id)


def the_other(support_role: SupportRole = SupportRole.GENERAL) -> Story:
    story = Story(TicketId("t6"), NOON - HOUR)
    story.add(
        ANN_ASKS,
        TicketOpened(
            number=6,
            requester=LEE.key,
            requester_role=LEE.role,
            topic="Lamp again",
            description="Is anybody there?",
            issue_level=IssueLevel.NORMAL,
            support_role=support_role,
        ),
    )
    story.add(SAM_ANSWERS, NoteAdded("A double of ticket 7"))
    story.add(SAM_ANSWERS, TicketClosed(Status.CANCELED, None, TicketId("t7"), 7))
    return story


def the_story() -> Story:
    """A ticket from its opening to its feedback."""
    story = Story(TicketId("t7"))
    story.add(
        ANN_ASKS,
        TicketOpened(
            number=7,
            requester=LEE.key,
            requester_role=LEE.role,
            topic="No light",
            description="The lamp is **dark** since this morning.",
            issue_level=IssueLevel.NORMAL,
            support_role=SupportRole.GENERAL,
            metadata={"order": "A-1", "app": "2.4.1"},
            locale="de-AT",
            attachments=(LAMP,),
            category="hardware",
            answers=(
                Answer("serial", "Serial number?", "LMP-0042"),
                Answer("tried", "What have you tried?", "Another socket\nAnother bulb"),
            ),
        ),
    )
    _at_first(story)
    _and_then(story)
    return story


def _at_first(story: Story) -> None:
    story.add(ANN_ASKS, MessagePosted("It flickered before."))
    story.add(ANN_ASKS, MessagePosted("Sorry for the second message!", (REPORT, VOICE, DRAWING)))
    story.add(SYSTEM, SlaChanged(TargetName.FIRST_RESPONSE, SlaState.AT_RISK, story.now + HOUR), 20 * MINUTE)
    story.add(SAM_ANSWERS, TicketChanged((Change("assignee", None, str(SAM.key)),)))
    story.add(
        SAM_ANSWERS,
        TicketChanged(
            (Change("issue_level", "NORMAL", "URGENT"), Change("topic", "No light", "Lamp is dark"))
        ),
    )
    note = story.add(SAM_ANSWERS, NoteAdded("She is uspet, be kind"))
    story.add(SAM_ANSWERS, NoteEdited(note, "She is upset, be kind"))
    story.add(MIA_ANSWERS, NoteAdded("I know that lamp", reply_to=note))
    asked = story.add(SAM_ANSWERS, MessagePosted("Which lamp is it?"))
    story.add(ANN_ASKS, MessagePosted("The red one", reply_to=asked), 3 * MINUTE)
    slip = story.add(SAM_ANSWERS, MessagePosted("Try the swich"))
    story.add(SAM_ANSWERS, MessageEdited(slip, "Try the swicth"))
    story.add(SAM_ANSWERS, MessageEdited(slip, "Try the switch"))
    secret = story.add(ANN_ASKS, MessagePosted("My password is 1234"))
    story.add(ANN_ASKS, MessageDeleted(secret))
    story.add(MIA_ANSWERS, MessagePosted(FORMATTED))


def _and_then(story: Story) -> None:
    story.add(SAM_ANSWERS, LabelsChanged(("lamp", "warranty")), 30 * MINUTE)
    story.add(SAM_ANSWERS, PartChanged(Part.COLLEAGUE, MIA.key))
    story.add(SAM_ANSWERS, TicketSnoozed(story.now + 12 * HOUR))
    story.add(SYSTEM, SnoozeEnded(), 12 * HOUR)
    story.add(SHOP_SAYS, MessagePosted("Your replacement is on its way."))
    story.add(
        SAM_ANSWERS,
        TicketChanged(
            (Change("description", "The lamp is dark.", "The lamp is **dark** since this morning."),)
        ),
    )
    story.add(SAM_ANSWERS, CloseAsked())
    story.add(ANN_ASKS, CloseDeclined())
    story.add(SYSTEM, TicketChanged((Change("support_role", "GENERAL", "TECHNICAL"),)), place=Place.DISCORD)
    story.add(SAM_ANSWERS, TicketAbsorbed(TicketId("t6"), 6, 3))
    story.add(SAM_ANSWERS, ClosingPlanned(story.now + HOUR, "The lamp is replaced"))
    story.add(SAM_ANSWERS, TicketClosed(Status.UNRESOLVED, "No answer"), 2 * HOUR)
    story.add(ANN_ASKS, TicketReopened())
    story.add(ANN_ASKS, MessagePosted("It shines! \U0001f389 Thank you \u05e9\u05dc\u05d5\u05dd"))
    story.add(SAM_ANSWERS, TicketClosed(Status.RESOLVED, "It was the switch.\nReplaced under warranty."))
    story.add(ANN_ASKS, FeedbackGiven(4, "Kind, but slow"), 3 * HOUR)


def staffs() -> Transcript:
    """As staff reads it."""
    logs = {TicketId("t6"): the_other().events}
    return transcript_of(the_story().events, PEOPLE, notes=True, absorbed=logs)


def requesters() -> Transcript:
    """As its requester reads it."""
    logs = {TicketId("t6"): the_other().events}
    return transcript_of(the_story().events, PEOPLE, revisions=False, absorbed=logs)


TRANSCRIPTS: Mapping[str, Transcript] = {"staff": staffs(), "requester": requesters()}


def file_url(file: Attachment) -> str:
    return f"https://desk.example/files/{file.id}/signature"
