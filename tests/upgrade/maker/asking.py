# mypy: ignore-errors
# It is of revision a5a5475, and imports what has other names today.
"""What everybody asks the API, and what it answers."""

import json
import re
from urllib.parse import quote

from yarl import URL

from api.app import FOR_ALL, FOR_CALLERS
from api.openapi import Document
from tests.upgrade.maker.people import ASKING, token

API = "/api/v1"
NOT_ASKED = {"/docs", "/openapi.json", "/metrics", "/healthz", "/readyz"}
"""They are about the program, and say nothing of what is in the store."""
LISTS = (
    "/tickets?limit=100",
    "/tickets?limit=7",
    "/tickets?limit=100&sort=created_at",
    "/tickets?limit=5&sort=-updated_at",
    "/tickets?limit=5&sort=updated_at",
    "/tickets?limit=100&status=OPEN,PENDING&issue_level=URGENT,CRITICAL",
    "/tickets?limit=100&status=RESOLVED&status=CANCELED",
    "/tickets?limit=100&support_role=ADMIN",
    "/tickets?limit=100&unattended=true",
    "/tickets?limit=100&unattended=false",
    "/tickets?limit=100&assignee=sam",
    "/tickets?limit=100&user_id=cleo",
    "/tickets?limit=100&user_id=guest-7",
    "/tickets?limit=100&q=lamp%20STARTS",
    "/tickets?limit=100&q=xyzzy",
    "/tickets?limit=100&q=plugh",
    "/tickets?limit=100&q=hunter2",
    "/tickets?limit=100&q=%E7%81%AF%E4%B8%8D%E4%BA%AE",
    "/tickets?limit=100&q=%E8%B0%A2%E8%B0%A2",
    "/tickets?limit=100&q=STRASSE%20facade",
    "/tickets?limit=100&q=%D0%B2%D0%BE%D0%BF%D1%80%D0%BE%D1%81",
    "/tickets?limit=100&q=secret",
    "/tickets?limit=100&q=question&sort=-updated_at",
    "/tickets?limit=100&q=afterwards",
    "/tickets?limit=100&created_after=4098600000&created_before=4098800000",
    "/events?limit=100",
    "/queue?limit=100",
    "/queue?limit=2",
    "/agents",
    "/agents/sam/tickets",
    "/agents/1000000000000000088/tickets",
    "/agents/off/tickets",
    "/users?limit=100",
    "/users?limit=3",
    "/feedback",
    "/feedback?limit=1",
    "/feedback/stats",
    "/reports/resolved.csv",
    "/reports/resolved.csv?from=2099-11-01&to=2100-01-01",
    "/stats",
    "/stats?from=2099-11-01&to=2100-01-01",
    "/stats/daily?from=2099-11-15&to=2099-11-25",
)
OF_TICKETS = (
    "",
    "/messages",
    "/notes",
    "/history",
    "/feedback",
    "/attachments",
    "/transcript?format=json",
    "/transcript?format=txt",
)
OF_LONG_ONES = (
    "/messages?limit=10",
    "/messages?after_seq=25",
    "/messages?limit=3&after_seq=20",
    "/notes?limit=1",
)


class Asking:
    def __init__(self, stage):
        self.stage = stage
        self.answers = []
        self.urls = set()

    async def all(self, story):
        for who in ASKING:
            await self._lists(who)
            for ticket_id in story.ids.values():
                if (await self.get(who, f"/tickets/{ticket_id}"))["status"] == 200:
                    for what in OF_TICKETS[1:]:
                        await self.get(who, f"/tickets/{ticket_id}{what}")
            for what in OF_LONG_ONES:
                await self.get(who, f"/tickets/{story.ids['talk']}{what}")
                await self.get(who, f"/tickets/{story.ids['life']}{what}")
            await self.get(who, "/tickets/2")
            for user in (
                "ann",
                "bob",
                "cleo",
                "guest-7",
                "guest-8",
                "sam",
                "odd id/with ?#.$ü",
                "l" * 256,
                "nobody",
            ):
                for issuer in ("default", "shop.example"):
                    await self.get(who, f"/users/{quote(user, safe='')}?issuer={issuer}")
        for url in sorted(self.urls):
            await self.get(None, url)
        self._must_be_complete()
        return self.answers

    async def _lists(self, who):
        for path in LISTS:
            answer = await self.get(who, path)
            while (link := answer.get("link")) is not None:  # every page
                answer = await self.get(who, link.split(">")[0].split("/in/api/v1", 1)[1])

    async def get(self, who, path):
        headers = {} if who is None else {"Authorization": f"Bearer {token(ASKING[who])}"}
        url = path if who is None else API + path
        async with self.stage.http.get(URL(url, encoded=True), headers=headers) as answer:
            said = {"who": who, "path": url, "status": answer.status, "type": answer.headers["Content-Type"]}
            for header, name in (("Link", "link"), ("Content-Disposition", "disposition")):
                if header in answer.headers:
                    said[name] = answer.headers[header]
            body = await answer.text("utf-8", errors="backslashreplace")
            said["body"] = json.loads(body) if answer.content_type == "application/json" else body
        self.answers.append(said)
        self._look_for_urls(said["body"])
        return said

    def _look_for_urls(self, body):
        match body:
            case dict():
                for it in body.values():
                    self._look_for_urls(it)
            case list():
                for it in body:
                    self._look_for_urls(it)
            case str() if body.startswith("https://desk.example.test/in/files/"):
                self.urls.add(body.removeprefix("https://desk.example.test/in"))

    def _must_be_complete(self):
        """Every route of the document that is read was asked, and answered with 200 to somebody."""
        document = Document(FOR_CALLERS, FOR_ALL, "https://desk.example.test/in").json
        routes = {path for path, methods in document["paths"].items() if "get" in methods}
        for route in routes - NOT_ASKED:
            pattern = re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(route)))
            asked = [it for it in self.answers if pattern.fullmatch(it["path"].split("?")[0])]
            assert any(it["status"] == 200 for it in asked), route
