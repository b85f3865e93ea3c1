"""Uploads files to Discord: as many at once as it accepts. Files that are too large become links to our
copies."""

import io
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Final, TypeVar

import discord

from bot.connection.faults import FormRefused, TooLarge
from bot.connection.guild import GuildMap
from bot.showing.posts import Bounds, Post, posts_of, spread
from bot.showing.texts import WHOLE_TEXT
from texts.language import Language
from tickets.file_urls import FileUrls
from tickets.model import Attachment, FileId
from tickets.ports.files import Files

log = logging.getLogger(__name__)

T = TypeVar("T")

REQUEST_BYTES: Final = 25 * 2**20 - 2**16
"""Bytes of all files of a request (Discord, "Uploading Files": 25 MiB), with room for the rest of the
request."""
LEARNED_FOR: Final = 600.0
"""Seconds for which a refusal counts. Then more is tried again, because limits change with boosts."""

MOST_REFUSED: Final = 10_000
"""Refused files that are remembered; the oldest are forgotten."""
OF_WORDS: Final = frozenset({"content", "username", "embeds", "components"})
"""Fields of a request that a file has no part in."""


class Smaller(Exception):
    """Discord accepts less at once than was sent. The bounds are lower now, so the caller can try again."""


class Uploads:
    """Knows the bounds of uploads, from the settings, the guild's tier, and recent refusals."""

    def __init__(
        self,
        client: discord.Client,
        guild_map: GuildMap,
        files: Files,
        file_urls: FileUrls,
        language: Language,
        max_file_bytes: int,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._map = guild_map
        self._files = files
        self.url = file_urls.url
        self.language = language
        """The language of additions to texts."""
        self._max_file_bytes = max_file_bytes
        self._now = now
        self._tier: int | None = None
        self._learned = Bounds(max_file_bytes, REQUEST_BYTES)
        self._learned_until = 0.0
        self._refused: dict[FileId, None] = {}
        """Files that Discord does not take, whatever their size."""

    @property
    def bounds(self) -> Bounds:
        """What Discord accepts now, as far as is known."""
        guild = self._client.get_guild(self._map.guild_id)
        tier, of_tier = None, self._max_file_bytes
        if guild is not None:
            tier = guild.premium_tier
            with suppress(KeyError):  # a tier that discord.py does not know
                of_tier = guild.filesize_limit
        if tier != self._tier or self._now() >= self._learned_until:
            self._tier, self._learned = tier, Bounds(self._max_file_bytes, REQUEST_BYTES)
        most = min(of_tier, self._learned.file)
        return self._learned._replace(file=most, refused=self._refused)

    def posts_of(
        self, text: str, files: Sequence[Attachment] = (), *, heading: str = "", above: str = ""
    ) -> tuple[list[Post], list[Post]]:
        """The messages with the text, and those with further files; see ``bot.showing.posts``."""
        return posts_of(
            text, files, self.url, self.bounds, heading=heading, above=above, language=self.language
        )

    def spread(self, post: Post) -> list[Post]:
        """The post in messages that Discord accepts."""
        return spread(post, self.url, self.bounds)

    async def files_of(self, post: Post) -> list[discord.File]:
        """The files of a message, as far as they still exist."""
        kept = [(file.name, await self._files.get(file.id)) for file in post.files]
        named = [(name, found[1]) for name, found in kept if found is not None]
        if post.whole is not None:
            named.insert(0, (WHOLE_TEXT, post.whole))
        return [discord.File(io.BytesIO(content), name) for name, content in named]

    async def each(self, posts: Sequence[Post], send: Callable[[int, Post], Awaitable[None]]) -> None:
        """Call ``send`` with the number of each message and the message. A message that is too large is sent
        in smaller ones."""
        left, number = deque(posts), 0
        while left:
            post = left.popleft()
            try:
                await send(number, post)
            except Smaller:
                left.extendleft(reversed(self.spread(post)))
            else:
                number += 1

    async def fitting(self, send: Callable[[], Awaitable[T]]) -> T:
        """The result of ``send``. It is called again with lower bounds as long as Discord accepts less."""
        while True:
            with suppress(Smaller):
                return await send()

    @contextmanager
    def learning(self, sizes: Sequence[int], files: Sequence[Attachment] = ()) -> Iterator[None]:
        """Raises Smaller if Discord refuses files of these sizes: all together or one of them is too large,
        or one is empty, which may be the reason. Also if Discord may refuse one of the ``files`` for another
        reason."""
        try:
            yield
        except TooLarge as refusal:
            if not any(sizes):
                raise
            self._lower(sizes)
            log.info("Discord takes less at once than %s bytes: %s", sum(sizes), refusal)
            raise Smaller from refusal
        except FormRefused as refusal:
            if 0 in sizes:
                # the reason may be the empty file, which it accepted so far
                self._learned = self._learned._replace(least=1)
                self._learned_until = self._now() + LEARNED_FOR
            elif files and not refusal.fields & OF_WORDS:
                self._refuse(files)
            else:
                raise
            log.info("Discord refuses what has these files: %s", refusal)
            raise Smaller from refusal

    def _refuse(self, files: Sequence[Attachment]) -> None:
        """It may be one of these, which are links from now on."""
        self._refused |= {file.id: None for file in files}
        while len(self._refused) > MOST_REFUSED:
            del self._refused[next(iter(self._refused))]

    def _lower(self, sizes: Sequence[int]) -> None:
        request = self.bounds.request
        if len(sizes) > 1:
            self._learned = self._learned._replace(request=min(request, sum(sizes)) // 2)
        else:
            self._learned = self._learned._replace(file=sizes[0] - 1)
        self._learned_until = self._now() + LEARNED_FOR
