# mypy: ignore-errors
# It is of revision a5a5475, and imports what has other names today.
"""What happened, until the process that led was killed."""

import asyncio
import json
from hashlib import sha256

from tests.upgrade.maker.people import (
    ADA,
    ANN,
    ANNA,
    BOB,
    CLEO,
    DORA,
    GUEST,
    LONG,
    ODD,
    SAM,
    SAM_IN_DISCORD,
    STAYS,
)
from tests.upgrade.maker.story import API, DORA_DID, HOUR, MINUTE, SAM_DID, Story
from tests.upgrade.stores import NOW
from tickets.agents import Assignment
from tickets.channels import ChannelState
from tickets.claims import KEPT
from tickets.desk import Desk, NewTicket, Said
from tickets.events import Place
from tickets.model import (
    Actor,
    Attachment,
    AuthorType,
    Caller,
    EventId,
    FileId,
    IssueLevel,
    Status,
    SupportRole,
    TicketId,
)
from tickets.policy import Rules
from tickets.sinks import SinkName
from tickets.uploads import Use
from tickets.whispers import Typing

IN_FLIGHT_BODY = b'{"topic": "Nobody has answered yet", "description": "ten"}'
IN_FLIGHT = (
    sha256(json.dumps(["default", "ann", "POST", f"{API}/tickets", "in-flight"]).encode()).hexdigest(),
    sha256(IN_FLIGHT_BODY).hexdigest(),
)
"""The claim's key and digest, as the API makes them."""


class Chapters(Story):
    async def all(self):
        for chapter in (
            self.agents_come,
            self.a_whole_life,
            self.files,
            self.far_away,
            self.guests,
            self.ends,
            self.odd_ones,
            self.assigned_at_once,
            self.discord_has_trouble,
            self.long_talk,
            self.users_and_keys,
            self.the_last_moment,
        ):
            await chapter()
            await self.all_fed()

    async def agents_come(self):
        await self.agents.go(
            SAM_DID, on_duty=True, support_roles=(SupportRole.GENERAL, SupportRole.TECHNICAL)
        )
        await self.agents.go(DORA_DID, on_duty=True, support_roles=(SupportRole.GENERAL, SupportRole.MANAGER))
        await self.ask(ADA, "PUT", "/agents/sam", {"name": "Sam", "discord_id": SAM_IN_DISCORD.key.id})
        await self.ask(
            ADA, "PUT", "/agents/temp", {"name": "Temp", "support_roles": ["ADMIN"], "on_duty": True}
        )
        await self.ask(ADA, "DELETE", "/agents/temp")
        await self.ask(
            ADA, "PUT", "/agents/off", {"name": "Off Duty", "support_roles": ["TECHNICAL", "ADMIN"]}
        )

    async def a_whole_life(self):
        metadata = {
            "a.b": "1",
            "$x": "2",
            "ключ": "значение",
            "a": "",
            "$": "$",
            "..": "dots",
            " ": "x" * 512,
        }
        await self.open(
            "life", ANN, "The lamp doesn’t start", "It does **not** start.\n`code` @here", metadata=metadata
        )
        await self.channel("life")
        await self.say(ANN, "life", "Anybody there? 谢谢")
        first = await self.answer("life", "Have you tried *turning* it?")
        await self.desk.edit(
            SAM_DID,
            self.ids["life"],
            first,
            Said("Have you tried turning it **off and on**?"),
            **self.in_discord("life"),
        )
        typo = await self.say(ANN, "life", "Yse")
        await self.ask(ANN, "PATCH", f"/tickets/{self.ids['life']}/messages/{typo}", {"content": "Yes"})
        gone = await self.say(ANN, "life", "My password is hunter2")
        await self.ask(ANN, "DELETE", f"/tickets/{self.ids['life']}/messages/{gone}")
        wrong = await self.answer("life", "Wrong channel, sorry")
        await self.channel_desk.withdraw(self.ids["life"], wrong, **self.in_discord("life"))
        note = await self.desk.add_note(
            SAM_DID, self.ids["life"], Said("Suspicious: xyzzy"), **self.in_discord("life")
        )
        await self.desk.edit(
            SAM_DID, self.ids["life"], note.id, Said("Not suspicious: plugh"), **self.in_discord("life")
        )
        other = await self.ask(SAM, "POST", f"/tickets/{self.ids['life']}/notes", {"content": "From the API"})
        await self.ask(SAM, "DELETE", f"/tickets/{self.ids['life']}/messages/{other['id']}")
        await self.ask(SAM, "POST", f"/tickets/{self.ids['life']}/notes", {"content": "A note that stays"})
        await self.ask(
            ANN, "PATCH", f"/tickets/{self.ids['life']}", {"topic": "The lamp starts", "description": "Well."}
        )
        await self.ask(
            ANN, "PATCH", f"/tickets/{self.ids['life']}", {"status": "RESOLVED", "reason": "It works — 谢谢"}
        )
        await self.ask(
            ANN, "POST", f"/tickets/{self.ids['life']}/feedback", {"rating": 5, "comment": "Très bien!"}
        )
        for event in await self.store.log.events(self.ids["life"]):
            if event.message_id and event.message_id == event.id:
                await self.link("life", event.id)
        await self.shown("life")
        closed = await self.event("life", 18)
        await self.store.backlog.schedule(SinkName.REMOVAL, closed, self.clock.now)
        await self.store.backlog.shown(SinkName.REMOVAL, closed)
        await self.channel(
            "life", ChannelState.GONE, card_id=None, card_digest=None, webhook_id=None, webhook_token=None
        )

    async def files(self):
        kept, dropped, in_message, deleted = [
            await self.upload(ANN, name)
            for name in ("cat.png", "dröpped 猫.png", "in a message.png", "deleted.txt")
        ]
        await self.open(
            "files",
            ANN,
            "Files",
            issue_level="URGENT",
            support_role="TECHNICAL",
            attachments=[kept, dropped],
        )
        await self.channel("files")
        posted = await self.say(ANN, "files", "See this", [in_message, deleted])
        only = await self.upload(ANN, "only.bin", b"\x00\x01\x02")
        await self.say(ANN, "files", "", [only])
        await self.ask(ANN, "DELETE", f"/attachments/{only}")
        await self.ask(ADA, "DELETE", f"/attachments/{deleted}")
        await self.ask(ANN, "DELETE", f"/attachments/{dropped}")
        copied = Attachment(FileId("d:f1"), "from Discord.txt", "text/plain", 5)
        also = Attachment(FileId("d:f2"), "also.txt", "text/plain", 5)
        for file in (copied, also):
            await self.store.files.put(file, b"bytes")
        said = await self.answer("files", "Two files", files=(copied, also))
        await self.desk.edit(
            SAM_DID, self.ids["files"], said, Said("One file", (copied,)), **self.in_discord("files")
        )
        noted = await self.desk.add_note(
            DORA_DID, self.ids["files"], Said("", (copied,)), **self.in_discord("files")
        )
        await self.link("files", posted, parts=3)
        await self.link("files", said)
        await self.store.channels.seen(
            (await self.store.channels.of_ticket(self.ids["files"])).channel_id, self.discord_id
        )
        await self.shown("files", upto=5)
        await self.reading.read(Caller(ANN), self.ids["files"], said)
        await self.reading.read(SAM_DID, self.ids["files"], posted)
        assert noted.is_note
        await self.upload(ANN, "unused.png")
        orphan = await self.upload(CLEO, "of a process that died.png")
        use = Use(self.ids["files"], EventId("an event that never was"))
        await self.store.uploads.bind(FileId(orphan), CLEO.key, use, 0)
        await self.ask(SAM, "PATCH", f"/tickets/{self.ids['files']}", {"status": "OPEN"})

    async def far_away(self):
        await self.open(
            "far", ANNA, "电灯坏了", "请帮帮我,灯不亮。", issue_level="CRITICAL", support_role="MANAGER"
        )
        await self.say(ANNA, "far", "有人吗? Straße naïve façade")
        await self.agents.claim(SAM_DID, self.ids["far"], **self.in_discord("far"))
        await self.agents.release(SAM_DID, self.ids["far"], **self.in_discord("far"))
        await self.agents.assign(SAM_DID, self.ids["far"], DORA, **self.in_discord("far"))
        await self.answer("far", "马上来", who=DORA_DID)
        await self.ask(
            ADA, "PATCH", f"/tickets/{self.ids['far']}", {"assignee": "sam", "support_role": "ADMIN"}
        )

    async def guests(self):
        await self.open("merged", GUEST, "I am only a guest")
        await self.say(GUEST, "merged", "Guests have questions")
        file = await self.upload(GUEST, "guest's.png")
        await self.say(GUEST, "merged", "And files", [file])
        await self.upload(GUEST, "unused by the guest.png")
        await self.answer("merged", "Become a customer")
        await self.open("canceled", CLEO, "Never mind", issue_level="URGENT", support_role="ADMIN")
        await self.ask(CLEO, "PATCH", f"/tickets/{self.ids['canceled']}", {"status": "CANCELED"})
        await self.ask(ADA, "POST", "/users/cleo/merge", {"from": "guest-7"})
        await self.say(CLEO, "merged", "Now I am one")
        await self.open("guest", STAYS, "Still a guest", "Вопрос гостя")
        await self.answer("guest", "Welcome")
        await self.ask(SAM, "POST", f"/tickets/{self.ids['guest']}/notes", {"content": "secret of the staff"})

    async def ends(self):
        await self.open("unresolved", BOB, "Nobody can help", support_role="TECHNICAL")
        await self.ask(SAM, "PATCH", f"/tickets/{self.ids['unresolved']}", {"assignee": "sam"})
        await self.ask(
            SAM, "PATCH", f"/tickets/{self.ids['unresolved']}", {"status": "UNRESOLVED", "reason": "No."}
        )
        await self.ask(
            BOB, "POST", f"/tickets/{self.ids['unresolved']}/feedback", {"rating": 1, "comment": "rude"}
        )
        await self.ask(ADA, "DELETE", f"/tickets/{self.ids['unresolved']}/feedback")
        await self.ask(BOB, "POST", f"/tickets/{self.ids['unresolved']}/feedback", {"rating": 2})
        await self.open("abandoned", CLEO, "Whose channel was deleted", issue_level="CRITICAL")
        await self.channel("abandoned", ChannelState.GONE)
        await self.channel_desk.abandon(
            self.ids["abandoned"], "The channel was deleted.", self.in_discord("abandoned")["origin"]
        )
        await self.desk.reopen(SAM_DID, self.ids["abandoned"], **self.in_discord("abandoned"))
        await self.channel_desk.reclassify(
            self.ids["abandoned"], IssueLevel.URGENT, self.in_discord("abandoned")["origin"]
        )
        await self.open("grace", CLEO, "Resolved a moment ago", support_role="MANAGER")
        await self.channel("grace")
        await self.answer("grace", "Done")
        await self.desk.close(SAM_DID, self.ids["grace"], Status.RESOLVED, **self.in_discord("grace"))
        await self.shown("grace")
        await self.store.backlog.schedule(SinkName.REMOVAL, await self.event("grace"), NOW + HOUR)
        await self.open("stuck", ANN, "Whose channel is hard to remove")
        await self.channel("stuck")
        await self.desk.close(SAM_DID, self.ids["stuck"], **self.in_discord("stuck"))
        await self.shown("stuck")
        closed = await self.event("stuck")
        await self.store.backlog.schedule(SinkName.REMOVAL, closed, self.clock.now)
        for _ in range(2):
            await self.store.backlog.put_off(SinkName.REMOVAL, closed, NOW + 10 * MINUTE)
        await self.open("never", ANN, "Whose channel never goes")
        await self.channel("never")
        await self.desk.close(SAM_DID, self.ids["never"], **self.in_discord("never"))
        await self.shown("never")
        closed = await self.event("never")
        await self.store.backlog.schedule(SinkName.REMOVAL, closed, self.clock.now)
        await self.store.backlog.failed(SinkName.REMOVAL, closed, "Discord refuses it")

    async def odd_ones(self):
        topic = "\u200fمرحبا @everyone <@77> ||x|| `a` \U0001f9d1\u200d\U0001f4bb"
        await self.open(
            "odd", ODD, topic, "```\n" + "長い" * 1000 + "\n```", issue_level="URGENT", support_role="MANAGER"
        )
        await self.say(ODD, "odd", "x" * 4000)
        await self.say(ODD, "odd", "  leading and trailing  \n\n")
        await self.open("long", LONG, "T" * 100, issue_level="CRITICAL", support_role="TECHNICAL")
        requester = {"id": "cleo", "username": "Cleo", "email": "cleo@example.test", "role": "CUSTOMER"}
        await self.open("behalf", SAM, "Opened for Cleo", requester=requester, issue_level="CRITICAL")
        await self.open("own", SAM, "Staff has questions too")
        await self.say(SAM, "own", "As a requester")
        await self.say(ADA, "own", "As staff")

    async def assigned_at_once(self):
        desk = Desk(self.store, self.clock, Rules(assignment=Assignment.ROUND_ROBIN))
        for name, role in (
            ("turn 1", SupportRole.GENERAL),
            ("turn 2", SupportRole.GENERAL),
            ("nobody", SupportRole.ADMIN),
        ):
            self.clock.tick()
            self.ids[name] = (
                await desk.open(Caller(ANN), NewTicket(topic=name, description="-", support_role=role))
            ).id
            await self.all_fed()

    async def discord_has_trouble(self):
        await self.open("trouble", CLEO, "What Discord does not want", issue_level="URGENT")
        await self.channel("trouble")
        await self.say(CLEO, "trouble", "refused by Discord")
        await self.say(CLEO, "trouble", "tried twice so far")
        await self.say(CLEO, "trouble", "waits behind it")
        await self.shown("trouble", upto=1)
        await self.store.backlog.failed(
            SinkName.DISCORD, await self.event("trouble", 2), "400 50035: no such form"
        )
        for _ in range(2):
            await self.store.backlog.put_off(
                SinkName.DISCORD, await self.event("trouble", 3), NOW + 5 * MINUTE
            )
        await self.open("again", CLEO, "Whose channel has to be made again")
        await self.say(CLEO, "again", "shown once")
        await self.channel("again")
        await self.shown("again")
        await self.store.backlog.replay(SinkName.DISCORD, self.ids["again"])
        await self.store.backlog.put_off(SinkName.DISCORD, await self.event("again", 1), NOW + 5 * MINUTE)
        await self.store.backlog.hasten(SinkName.DISCORD, [self.ids["again"]])

    async def long_talk(self):
        await self.open("talk", ANN, "A long talk", issue_level="NORMAL", support_role="GENERAL")
        ids = []
        for n in range(30):
            ids.append(
                await (
                    self.say(ANN, "talk", f"question {n}") if n % 3 else self.answer("talk", f"answer {n}")
                )
            )
        await self.reading.read(Caller(ANN), self.ids["talk"], ids[9])
        await self.reading.read(DORA_DID, self.ids["talk"], ids[-1])

    async def users_and_keys(self):
        await self.ask(SAM, "PATCH", "/users/ann", {"note": "Friendly. 客户很好"})
        await self.ask(SAM, "PATCH", "/users/bob", {"blocked": True, "note": "Insults people"})
        await self.ask(BOB, "POST", "/tickets", {"topic": "a", "description": "b"}, status=403)
        await self.ask(SAM, "PATCH", "/users/guest-8", {"blocked": True})
        await self.ask(SAM, "PATCH", "/users/guest-8", {"blocked": False})
        self.clock.now = NOW - KEPT // 2
        body = {"topic": "With a key", "description": "once"}
        self.ids["key"] = TicketId((await self.ask(ANN, "POST", "/tickets", body, key="settled"))["id"])

    async def the_last_moment(self):
        """What was half done when the process was killed: somebody typing, and an upload just made."""
        self.clock.now = NOW - 30 * MINUTE
        await self.upload(ANN, "fresh.png")
        actor = Actor(AuthorType.REQUESTER, ANN.key)
        self.store.whispers.say(Typing(self.ids["talk"], ANN.key, actor, Place.API))
        while self.store.whispers.has_unsent:  # noqa: ASYNC110  it is the store's doing
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.5)
        await self.store.claims.claim(*IN_FLIGHT, now=NOW, until=NOW + 5_000)
