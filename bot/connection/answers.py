"""Tells Discord's answers from those of others, and from answers that do not say what they should.

discord.py takes any JSON for what it expects, and fails with a KeyError or TypeError after Discord has acted.
Nobody would then look for what was made before it is made again."""

import json
import re
from collections.abc import Sequence
from typing import Any, Final

import aiohttp
import discord
import yarl
from discord.http import Route

from bot.connection.webhook_limits import number_in

SMALL: Final = 100_000
"""Bytes of a request that is never too large. The texts of a request, without files, take less."""
LONGEST_WAIT: Final = 30.0
"""Seconds that a request may wait for its rate limit. If Discord asks for more, the relay waits instead."""
JSON: Final = "application/json"
_SILENT: Final = re.compile(r"/(typing|callback|bulk-delete)$")
"""POSTs that Discord answers with 204, unless it is asked for more."""
_LISTS: Final = re.compile(r"/(messages|webhooks|channels|guilds|roles|commands)$")
"""What is answered with a list, if it is read or changed as a whole."""
_KEYS: Final[Sequence[tuple[re.Pattern[str], str]]] = (
    (re.compile(r"/messages(/(\d+|@original))?$|/webhooks/\d+/[^/]+$"), "author"),
    (re.compile(r"^POST .*/webhooks$"), "token"),
    (re.compile(r"/callback$"), "interaction"),
    (re.compile(r"/gateway/bot$"), "url"),
    (re.compile(r"/threads/(active|archived/\w+)$"), "threads"),
    (re.compile(r"/audit-logs$"), "audit_log_entries"),
    (re.compile(r"/members/(\d+|@me)$"), "user"),
    (re.compile(r"^POST |/(\d+|@me|@original)$"), "id"),
)
"""The field without which such an answer is of no use. All others only need to be JSON."""


class NoAnswer(ConnectionError):
    """There was no answer, so nobody knows whether Discord acted on the request."""


class NotDiscord(NoAnswer):
    """A program that is not Discord has answered, such as a proxy, with a page instead of JSON."""


class Banned(discord.RateLimited):
    """Discord takes no requests at all from this address for so many seconds."""


async def must_be_an_answer(method: str, response: aiohttp.ClientResponse) -> None:
    """Raises NoAnswer if Discord's servers failed, if something else has answered, or if a success does not
    say what it should. Discord itself answers with JSON, or with 204 if there is nothing to say. A refusal by
    a proxy must not look like Discord's: for instance, a channel that is "not found" would be made again."""
    if response.status >= 500:
        raise NoAnswer(f"{method}: Discord answered {response.status}")
    if not _is_by_discord(response) or response.status == 429 or _is_too_large(response):
        return  # which those in front of Discord may answer for it
    if 300 <= response.status < 400:
        raise NotDiscord(f"{method}: something else than Discord leads to another address")
    tells = _tells_something(method, response.url)
    if response.status == 204:
        if tells:
            raise NoAnswer(f"{method}: Discord answered with nothing")
    elif response.headers.get("Content-Type") != JSON:  # with anything behind it, discord.py reads no JSON
        said = f"{response.status} with {response.headers.get('Content-Type', 'nothing')}"
        raise NotDiscord(f"{method}: something else than Discord answered {said}")
    elif response.status < 300 and tells and not _says(method, response.url.path, await _read(response)):
        raise NoAnswer(f"{method}: Discord's answer {response.status} does not say what it should")


async def must_wait_here(response: aiohttp.ClientResponse) -> float:
    """The seconds for which a 429 asks. Raises discord.RateLimited if they are many, or if it does not say so
    in the way that discord.py reads. discord.py would wait for any time, and delay others. It also takes a
    ban of the address for an ordinary refusal."""
    told = number_in(response.headers.get("Retry-After"))
    if not _is_by_discord(response):
        return told
    if "Via" not in response.headers or response.headers.get("Content-Type") != JSON:
        raise Banned(told or LONGEST_WAIT)
    said = await _read(response)
    seconds = said.get("retry_after") if isinstance(said, dict) else None
    if not isinstance(seconds, int | float) or not 0 <= seconds <= LONGEST_WAIT:
        asked = number_in(str(seconds)) or told or LONGEST_WAIT
        raise discord.RateLimited(max(asked, told))
    if told > LONGEST_WAIT:
        raise discord.RateLimited(told)
    return float(seconds)


def _is_by_discord(response: aiohttp.ClientResponse) -> bool:
    """Whether Discord's API was asked, and not for instance its file servers."""
    return str(response.url).startswith(Route.BASE)


def _is_too_large(response: aiohttp.ClientResponse) -> bool:
    """Whether a request with files was refused for its size, by Discord or by a proxy."""
    return response.status == 413 and int(response.request_info.headers.get("Content-Length", 0)) > SMALL


def _tells_something(method: str, url: yarl.URL) -> bool:
    """Whether Discord answers such a request with content, and not only with success."""
    if method == "POST":
        asked = url.query.get("wait") or url.query.get("with_response")
        may_be_silent = "/webhooks/" in url.path or _SILENT.search(url.path)
        return not may_be_silent or asked in ("1", "true")
    return method in ("GET", "PATCH") or (method == "PUT" and url.path.endswith("/commands"))


async def _read(response: aiohttp.ClientResponse) -> Any:
    """What the answer says; None if it is no JSON, or broke off. It can be read again."""
    try:
        return json.loads(await response.read())
    except ValueError:
        return None


def _says(method: str, path: str, said: Any) -> bool:
    """Whether a success has what its caller needs: a list of such things, or one."""
    key = next((key for which, key in _KEYS if which.search(f"{method} {path}")), None)
    if method != "POST" and _LISTS.search(path):
        return isinstance(said, list) and all(_has(it, key or "id") for it in said)
    return _has(said, key) if key else isinstance(said, dict | list)


def _has(said: Any, key: str) -> bool:
    if not isinstance(said, dict):
        return False
    return str(said.get(key)).isdecimal() if key == "id" else isinstance(said.get(key), str | list | dict)
