"""Reports errors: logged errors are gathered and posted to Discord webhooks.

There is one post for each kind of error and minute, with a count. Secrets are removed. Texts of clients are
in a block of code, where they have no effect. A failed report is logged as a warning, which is not reported,
so there is no loop."""

import asyncio
import logging
import re
import traceback
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial

import aiohttp

from api.door.request_ids import current_request_id
from bot.showing.admins import Report, nowhere
from bot.showing.parts import MESSAGE_LIMIT
from bot.showing.texts import GAP, shortened
from tickets.characters import clean_text

log = logging.getLogger(__name__)

PAUSE = 60.0
"""Seconds between two posts about the same kind of error."""
GATHERING = 0.5
"""Seconds that a first error waits for others of its kind."""
LAST_WORDS = 2.0
"""Seconds that the last reports may take at the end; a stop waits for nobody longer."""
MOST_KINDS = 50
"""Kinds kept at a time; further ones are counted as one."""
LOOKED_AT = 8_000
"""Characters of a report in which secrets are looked for; no more is ever posted."""
_SECRETS = re.compile(
    r"""eyJ[\w-]++(?:\.[\w-]*+){0,2}  # tokens of ours and of backends
    | (?<=[Bb]earer[ ])[^\s"']++ | (?<=token=)[^&\s"']++
    | (?<=://)[^/\s:@]++:[^/\s@]++(?=@)  # names and passwords in addresses
    | (?<=/webhooks/)\d++/[\w-]++ | (?<=/interactions/)\d++/[\w-]++ | whsec_[\w+/=-]++
    | (?<=/files/)[^/\s]++/[\w-]++  # signatures of files
    | (?<=[?&]hm=)[0-9a-f]++  # and Discord's
    """,
    re.VERBOSE,
)
_LIVE = re.compile(r"(?<=:)(?=//)|(?<=\])(?=\()|(?<=@)(?=everyone|here)|(?<=<)(?=[@#/:a-z])", re.IGNORECASE)
_BLOCK = "```\n{}\n```"
SUPPRESS_EMBEDS = 1 << 2
"""A message's flag: links have no preview (Discord, "Message Flags")."""

Kind = tuple[bool, str, str, str]


@dataclass
class _Gathered:
    text: str
    count: int
    not_before: float


class ErrorReports(logging.Handler):
    """Gathers records from ERROR on. Errors of the API and of the bot may go to different webhooks."""

    def __init__(
        self,
        api_url: str | None,
        bot_url: str | None,
        secrets: Callable[[], Iterable[str]],
        pause: float = PAUSE,
    ) -> None:
        super().__init__(logging.ERROR)
        self._urls = {True: api_url, False: bot_url}
        self._secrets = secrets
        self._pause = pause
        self._gathered: dict[Kind, _Gathered] = {}
        self._loop = asyncio.get_running_loop()
        self._new = asyncio.Event()

    def emit(self, record: logging.LogRecord) -> None:
        """Called by logging, in any thread."""
        of_api = record.name.split(".")[0] == "api"
        if self._urls[of_api] is None or getattr(record, "is_told", False):
            return
        cause = record.exc_info[0] if record.exc_info else None
        what = record.getMessage() if record.msg == "%s" else str(record.msg)
        kind = (of_api, record.name, what, cause.__name__ if cause else "")
        self._loop.call_soon_threadsafe(self._gather, kind, self._text(record))

    async def tell(self, session: aiohttp.ClientSession, text: str) -> bool:
        """Post a text about the bot now. Returns whether that worked."""
        to_api = self._urls[False] is None
        if self._urls[to_api] is None:
            return False
        status = await self._post(session, to_api, self._harmless(text), 1)
        return status is not None and status < 300

    async def run(self, session: aiohttp.ClientSession) -> None:
        """Post what is gathered, until cancelled."""
        while True:
            await self._until_due()
            now = self._loop.time()
            for kind, gathered in list(self._gathered.items()):
                if gathered.not_before > now:
                    continue
                if gathered.count:
                    await self._tell(session, kind, gathered)
                else:
                    del self._gathered[kind]

    async def post_the_rest(self, session: aiohttp.ClientSession) -> None:
        """At the end, report what was not reported yet."""
        for kind, gathered in list(self._gathered.items()):
            if gathered.count:
                await self._tell(session, kind, gathered)

    async def _tell(self, session: aiohttp.ClientSession, kind: Kind, gathered: _Gathered) -> None:
        """Post gathered errors. If that fails, they are reported together with later ones."""
        text, count = gathered.text, gathered.count
        gathered.count, gathered.not_before = 0, self._loop.time() + self._pause
        status = await self._post(session, kind[0], text, count)
        if status is None or status >= 500 or status == 429:
            gathered.count += count

    def _gather(self, kind: Kind, text: str) -> None:
        if kind not in self._gathered and len(self._gathered) >= MOST_KINDS:
            kind, text = (kind[0], "", "", ""), "Many other errors; see the log."
        first = _Gathered(text, 0, self._loop.time() + GATHERING)
        gathered = self._gathered.setdefault(kind, first)
        gathered.text, gathered.count = text, gathered.count + 1
        self._new.set()

    async def _until_due(self) -> None:
        self._new.clear()
        times = [gathered.not_before for gathered in self._gathered.values()]
        pause = max(min(times) - self._loop.time(), 0.05) if times else None
        try:
            async with asyncio.timeout(pause):
                await self._new.wait()
                await asyncio.sleep(GATHERING)
        except TimeoutError:
            pass

    async def _post(self, session: aiohttp.ClientSession, of_api: bool, text: str, count: int) -> int | None:
        """Post a text. Returns the status of the answer, None if there is none."""
        title = f"**{'API' if of_api else 'Bot'} error** × {count}\n"
        body = {
            "content": title + _BLOCK.format(shortened(text, MESSAGE_LIMIT - len(title + _BLOCK))),
            "allowed_mentions": {"parse": []},
            "flags": SUPPRESS_EMBEDS,
        }
        try:
            async with session.post(str(self._urls[of_api]), json=body, allow_redirects=False) as answer:
                if answer.status >= 300:
                    log.warning("an error report was refused with %d", answer.status)
                return answer.status
        except (aiohttp.ClientError, TimeoutError) as error:
            log.warning("an error report could not be posted: %s", type(error).__name__)
            return None

    def _text(self, record: logging.LogRecord) -> str:
        lines = [f"{record.name}: {record.getMessage()}"]
        if (request_id := current_request_id.get()) is not None:
            lines.append(f"request {request_id}")
        if record.exc_info and record.exc_info[1] is not None:
            error = record.exc_info[1]
            lines.append(f"{type(error).__name__}: {error}")
            frames = traceback.extract_tb(error.__traceback__)[-4:]
            lines += [f"  {frame.name}, line {frame.lineno}" for frame in frames]
        return self._harmless("\n".join(lines))

    def _harmless(self, text: str) -> str:
        for secret in filter(None, self._secrets()):
            text = text.replace(secret, "…")
        return _dead(_SECRETS.sub("…", text[:LOOKED_AT]))


def _dead(text: str) -> str:
    """The text for a block of code. No backtick ends the block; even if one did, no link or mention would
    work."""
    return _LIVE.sub(GAP, clean_text(text).replace("`", "'"))


@asynccontextmanager
async def reporting(
    api_url: str | None, bot_url: str | None, secrets: Callable[[], Iterable[str]], pause: float = PAUSE
) -> AsyncIterator[Report]:
    """Report errors while the block runs, if a webhook is set. Gives a function that posts a text about the
    bot at once. ``secrets`` is called each time, because they may change."""
    if api_url is None and bot_url is None:
        yield nowhere
        return
    reports = ErrorReports(api_url, bot_url, secrets, pause)
    logging.getLogger().addHandler(reports)
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session:
        posting = asyncio.create_task(reports.run(session), name="error reports")
        try:
            yield partial(reports.tell, session)
        finally:
            logging.getLogger().removeHandler(reports)
            posting.cancel()
            await asyncio.gather(posting, return_exceptions=True)
            with suppress(TimeoutError):
                async with asyncio.timeout(LAST_WORDS):
                    await reports.post_the_rest(session)
