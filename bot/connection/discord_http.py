"""Requests to Discord with an unknown outcome are never repeated automatically.

discord.py repeats a request that ended in a 5xx. If Discord had acted on the first, a message or a channel
appears twice. Here a 5xx, a broken connection, a time-out, a success that does not say what was made and
a page of a proxy raise ``NoAnswer`` instead, and the caller, who can look at what is there, decides."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from contextvars import ContextVar
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import aiohttp
import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route
from multidict import CIMultiDict, CIMultiDictProxy

from bot.connection.answers import LONGEST_WAIT, NoAnswer, must_be_an_answer, must_wait_here
from bot.connection.overall_limit import OverallLimit
from bot.connection.webhook_limits import REMAINING, WebhookLimits

if TYPE_CHECKING:
    from discord.types.gateway import SessionStartLimit

RateLimited = Callable[[], None]
MayAsk = Callable[[], None]
"""Is called before a request. Raises the reason if this process must not send it."""

TIMEOUT = aiohttp.ClientTimeout(total=120, sock_connect=10, sock_read=10)
"""Discord has 10 seconds for its answer once it has the whole request. The total leaves time for large files
on a slow line."""


class _Unhurried(aiohttp.ClientResponse):
    """An answer without the header that says that the limit is used up. So discord.py does not sleep; whoever
    sends next looks at the limits."""

    @property
    def headers(self) -> CIMultiDictProxy[str]:
        if self._headers.get(REMAINING) != "0":
            return self._headers
        told = CIMultiDict(self._headers)
        told.popall(REMAINING)
        return CIMultiDictProxy(told)

    @property
    def all_headers(self) -> CIMultiDictProxy[str]:
        return self._headers


def webhook_session(
    rate_limited: RateLimited = lambda: None,
    may_ask: MayAsk = lambda: None,
    limits: WebhookLimits | None = None,
) -> aiohttp.ClientSession:
    """A session for webhooks, whose requests raise NoAnswer; ``rate_limited`` is called at each 429,
    ``may_ask`` before each request, and ``pace`` is kept up to date."""

    async def ask(
        request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        may_ask()
        response = await _answered(request, handler)
        if response.status == 429:
            rate_limited()
            try:
                await must_wait_here(response)
            except discord.RateLimited:
                response.release()
                raise
        if limits is not None and request.method == "POST" and isinstance(response, _Unhurried):
            limits.note(_webhook_of(request.url), response.all_headers)
        return response

    answers = aiohttp.ClientResponse if limits is None else _Unhurried
    return aiohttp.ClientSession(timeout=TIMEOUT, middlewares=(ask,), response_class=answers)


def _webhook_of(url: yarl.URL) -> str:
    """The webhook's number, from ``…/webhooks/{id}/{token}``."""
    return url.path.rpartition("/webhooks/")[2].partition("/")[0]


async def _answered(
    request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    try:
        response = await handler(request)
        try:
            await must_be_an_answer(request.method, response)
        except NoAnswer:
            response.release()
            raise
    except (TimeoutError, aiohttp.ClientError) as error:
        raise NoAnswer(f"{request.method}: {type(error).__name__}: {error}") from error
    return response


def trace(
    rate_limited: RateLimited = lambda: None,
    may_ask: MayAsk = lambda: None,
    overall: OverallLimit | None = None,
) -> aiohttp.TraceConfig:
    """For the ``http_trace`` of a discord.py client: the same for its requests, which keep the ``overall``
    limit, its own unless told."""
    counting = _Counting(rate_limited, may_ask, overall or OverallLimit())
    config = aiohttp.TraceConfig()
    config.on_request_start.append(counting.begin)
    config.on_request_end.append(counting.end)
    config.on_request_exception.append(counting.fail)
    config.on_request_end.append(_refuse_what_is_no_answer)
    config.on_request_redirect.append(_refuse_what_is_no_answer)
    return config


class _Counting:
    """Looks at each request before and after it."""

    def __init__(self, rate_limited: RateLimited, may_ask: MayAsk, overall: OverallLimit) -> None:
        self._rate_limited = rate_limited
        self._may_ask = may_ask
        self._overall = overall

    async def begin(
        self, _: aiohttp.ClientSession, request: SimpleNamespace, params: aiohttp.TraceRequestStartParams
    ) -> None:
        self._may_ask()
        request.counts = _counts_overall(params)
        if request.counts:
            await self._overall.begin()
            try:
                self._may_ask()  # while it waited
            except BaseException:
                self._overall.end({})
                raise

    async def end(
        self, _: aiohttp.ClientSession, request: SimpleNamespace, params: aiohttp.TraceRequestEndParams
    ) -> None:
        self._end(request, params.response.headers)
        if params.response.status == 429:
            self._rate_limited()
            _pause_asked_for.set(await must_wait_here(params.response))

    async def fail(
        self, _: aiohttp.ClientSession, request: SimpleNamespace, __: aiohttp.TraceRequestExceptionParams
    ) -> None:
        self._end(request, {})

    def _end(self, request: SimpleNamespace, answered: Mapping[str, str]) -> None:
        """Handle the end of a request, once. If its answer turns out to be none, this raises, and aiohttp
        reports the failure here again."""
        if request.counts:
            request.counts = False
            self._overall.end(answered)


def _counts_overall(params: aiohttp.TraceRequestStartParams) -> bool:
    """Whether this request counts against the bot's limit. Answers to commands and buttons do not."""
    path = str(params.url).removeprefix(Route.BASE)
    return (
        "Authorization" in params.headers and path.startswith("/") and not path.startswith("/interactions/")
    )


_pause_asked_for: ContextVar[float] = ContextVar("pause_asked_for")
"""The seconds for which Discord has asked in its last 429 to this task."""


class _Opening(asyncio.Event):
    """Holds up all requests while the bot's limit for all of them is used up.

    discord.py opens it after the pause of the request that was refused; never, if that is cancelled
    meanwhile. So it opens by itself after the pause that Discord has asked for, and after the longest."""

    def __init__(self, longest: float) -> None:
        super().__init__()
        self._longest = longest
        self.set()

    def clear(self) -> None:
        super().clear()
        pause = min(_pause_asked_for.get(0) or self._longest, self._longest)
        asyncio.get_running_loop().call_later(pause, self.set)


def use_time_out(client: discord.Client, longest: float = LONGEST_WAIT) -> None:
    """Limit the time of requests of a client that has logged in. discord.py allows aiohttp's five minutes,
    and can hold up all requests without end. Here that ends after the ``longest`` pause."""
    client.http._global_over = _Opening(longest)
    session: aiohttp.ClientSession = client.http._HTTPClient__session  # type: ignore[attr-defined]
    with suppress(AttributeError):  # tests in process have no session
        session._timeout = TIMEOUT


class _NoSession:
    """Stands in for the HTTP session that discord.py does not have between two sessions."""

    closed = True

    def request(self, *_: object, **__: object) -> Any:
        raise NoAnswer("not connected to Discord")

    get = ws_connect = request

    async def close(self) -> None:
        """Do nothing: there is nothing to close."""


def answer_for(client: discord.Client) -> None:
    """Between two sessions of a client, let requests find that Discord is away. Without this, discord.py
    raises AttributeError."""
    client.http._HTTPClient__session = _NoSession()  # type: ignore[attr-defined]


def use_address(api_url: str) -> None:
    """Use another address of Discord's API: a proxy, or the sandbox. Call it before any request."""
    Route.BASE = api_url


async def ask_for_gateway(client: discord.Client, *, own: bool) -> "SessionStartLimit":
    """How many sessions may begin. The gateway's address is replaced if it is one of our ``own``, because
    discord.py has Discord's built in."""
    _, url, limit = await client.http.get_bot_gateway()
    if own:
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(url)
    return limit


async def _refuse_what_is_no_answer(
    _: aiohttp.ClientSession,
    __: SimpleNamespace,
    params: aiohttp.TraceRequestEndParams | aiohttp.TraceRequestRedirectParams,
) -> None:
    await must_be_an_answer(params.method, params.response)
