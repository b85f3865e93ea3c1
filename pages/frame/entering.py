"""Signing in and out at a place, and tokens for its scripts. Portal and desk are such places."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from accounts.refusals import LoginFailed, SessionIsOver, TooBusy, TooManyTries
from api.desks import DESKS
from api.door.addresses import address_of
from api.door.answers import json_answer
from api.door.errors import answer_to
from api.door.limits import Limit, network
from pages.frame.cookies import SignInPlace, cookie_of, forget
from pages.frame.frame import FRAME
from pages.frame.guests import FIELD, guest_of
from pages.frame.languages import CHOSEN, named_language
from pages.frame.origins import must_come_from_our_pages
from pages.frame.page import LANGUAGE, STRANGERS, admit, for_scripts, page, render
from pages.frame.posted import posted
from pages.frame.sign_in import device_of, enter, leave, token_for, visitor_of
from pages.frame.ways import NEXT, way_on
from pages.frame.with_discord import FromDiscord, has_discord
from pages.frame.with_token import TokenIsNoGood, session_by_token
from texts.text import Text
from tickets.model import UserRole

TOKENS: Final = Limit("tokens of pages", 60)
LONGEST_PASSWORD: Final = 256
DONE: Final[Mapping[str, Text]] = {
    "verified": Text("sign-in-verified"),
    "reset": Text("sign-in-reset"),
    "out": Text("sign-in-out"),
    "gone": Text("sign-in-gone"),
}
"""What the sign-in page says to people who come from something that they have just done."""
_FAILED: Final = Text("sign-in-failed")
_STAFF_ONLY: Final = Text("sign-in-staff-only")


@dataclass(frozen=True, slots=True)
class Entering:
    """The handlers of one place. ``template`` is its sign-in page."""

    place: SignInPlace
    template: str

    def routes(self) -> list[web.RouteDef]:
        path = self.place.path
        by_token = [web.post(f"{path}/login/token", page(self.by_token))] if self.place.is_for_staff else []
        return [
            *by_token,
            *FromDiscord(self).routes(),
            web.get(f"{path}/login", page(self.show)),
            web.post(f"{path}/login", page(self.sign_in)),
            web.post(f"{path}/logout", page(self.sign_out)),
            web.post(f"{path}/token", for_scripts(self.token)),
        ]

    async def show(self, request: web.Request) -> web.StreamResponse:
        asked = request.query.get(NEXT)
        if await visitor_of(request, self.place) is not None:
            raise web.HTTPSeeOther(way_on(request, self.place, asked))
        return self._page(request, asked, notice=DONE.get(request.query.get("done", "")))

    async def sign_in(self, request: web.Request) -> web.StreamResponse:
        """``POST …/login``: a session, or why not. At the portal, with what was the visitor's as a guest."""
        form = await posted(request)
        if (language := named_language(form.get(CHOSEN))) is not None:
            request[LANGUAGE] = language
        email, asked = form.get("email", "").strip(), form.get(NEXT)
        try:
            signed = await request.app[DESKS].accounts.signing_in.login(
                email,
                form.get("password", "")[: LONGEST_PASSWORD + 1],
                network=network(address_of(request)),
                device=device_of(request),
            )
        except (LoginFailed, TooManyTries, TooBusy) as error:
            return self._refused(request, form, error)
        if self.place.is_for_staff and signed.person.role not in (UserRole.AGENT, UserRole.ADMIN):
            await request.app[DESKS].accounts.signing_in.logout(signed.refresh_token)
            return self._page(request, asked, status=403, email=email, problem=_STAFF_ONLY)
        if not self.place.is_for_staff:
            guest = await guest_of(request, form.get(FIELD, ""))
            await request.app[DESKS].accounts.guests.bring(signed.person, guest)
        return await self._enter(request, signed.refresh_token, asked)

    async def by_token(self, request: web.Request) -> web.StreamResponse:
        """``POST …/login/token``: a session of whoever has a staff token of a trusted backend."""
        form = await posted(request)
        try:
            kept = await session_by_token(request, form.get("token", ""))
        except TokenIsNoGood as why:
            return self.shown(request, 401, Text("sign-in-token-failed", why=str(why)))
        return await self._enter(request, kept, form.get(NEXT))

    async def _enter(self, request: web.Request, refresh_token: str, asked: str | None) -> web.Response:
        """Signs somebody in, in place of whoever was signed in here before."""
        if (before := cookie_of(request, self.place)) is not None:
            await request.app[DESKS].accounts.signing_in.logout(before)
        return enter(request, self.place, refresh_token, way_on(request, self.place, asked))

    async def sign_out(self, request: web.Request) -> web.StreamResponse:
        must_come_from_our_pages(request)
        return await leave(request, self.place, request.app[FRAME].path(f"{self.place.path}/login?done=out"))

    async def token(self, request: web.Request) -> web.StreamResponse:
        """``POST …/token``: a token of 15 minutes for the scripts of our pages; 401 for nobody."""
        must_come_from_our_pages(request)
        answer = json_answer(b"")
        try:
            if (visitor := await visitor_of(request, self.place)) is None:
                await admit(request, STRANGERS, network(address_of(request)))
                raise SessionIsOver
            await admit(request, TOKENS, visitor.caller.key)
            token, expires_at = await token_for(request, answer, self.place, visitor)
        except SessionIsOver as over:
            answer = answer_to(over) or web.Response(status=401)
            forget(request, answer, self.place)
            return answer
        given = {"token": token, "expires_at": expires_at // 1000, "user_id": visitor.caller.key.id}
        answer.body = json.dumps(given).encode()
        return answer

    def _refused(
        self, request: web.Request, form: Mapping[str, str], error: LoginFailed | TooManyTries | TooBusy
    ) -> web.Response:
        status, words, headers = why_refused(error, _FAILED)
        answer = self._page(
            request,
            form.get(NEXT),
            status=status,
            email=form.get("email", "").strip(),
            guest_token=form.get(FIELD, ""),
            problem=words,
        )
        answer.headers.update(headers)
        return answer

    def shown(self, request: web.Request, status: int, problem: Text) -> web.Response:
        """The sign-in page, with what is wrong."""
        return self._page(request, None, status=status, problem=problem)

    def _page(
        self,
        request: web.Request,
        asked: str | None,
        *,
        status: int = 200,
        email: str = "",
        guest_token: str = "",
        notice: Text | None = None,
        problem: Text | None = None,
    ) -> web.Response:
        return render(
            request,
            self.template,
            status=status,
            place=self.place.path,
            with_discord=has_discord(request, self.place),
            with_password=request.app[DESKS].accounts.has_passwords,
            next=way_on(request, self.place, asked),
            email=email,
            guest_token=guest_token,
            notice=notice,
            problem=problem,
        )


def why_refused(
    error: LoginFailed | TooManyTries | TooBusy, failed: Text
) -> tuple[int, Text, Mapping[str, str]]:
    """The status, words and headers of a page that refuses a password. ``failed`` are the words about a wrong
    one."""
    told = answer_to(error) or web.Response(status=401)
    headers = {name: it for name, it in told.headers.items() if name == "Retry-After"}
    if isinstance(error, LoginFailed):
        return told.status, failed, headers
    wait = error.wait if isinstance(error, TooManyTries) else 0
    return told.status, Text("sign-in-too-often", minutes=max(1, -(-wait // 60_000))), headers
