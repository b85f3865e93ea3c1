"""Attachments: where the bytes are, and the signed addresses under which they are served."""

import hashlib
import hmac
import mimetypes
import re
import time
from typing import Any
from urllib.parse import quote

from simcord.backend.cdn import CdnStore

_UNSAFE = re.compile(r"[^\w.\-]+", re.ASCII)
LIFETIME = 24 * 3600
"""Seconds for which an address is good, as on Discord's CDN."""


def safe_name(filename: str) -> str:
    """The file name as Discord keeps it: no path, no spaces, no odd characters."""
    bare = filename.replace("\\", "/").rsplit("/", 1)[-1]
    return _UNSAFE.sub("_", bare).lstrip(".")[:200] or "unknown"


class Cdn(CdnStore):
    """Keeps attachments by path and hands out addresses below `base`."""

    def __init__(self, secret: bytes) -> None:
        super().__init__()
        self.base = "http://127.0.0.1"
        self._secret = secret

    def store_attachment(
        self, attachment_id: int, channel_id: int, filename: str, data: bytes, description: str | None
    ) -> dict[str, Any]:
        """Keep the bytes and return the attachment object that messages carry."""
        name = safe_name(filename)
        path = f"/attachments/{channel_id}/{attachment_id}/{quote(name)}"
        self._blobs[path] = data
        url = self.sign(path)
        title = {} if filename == name else {"title": filename.rpartition(".")[0] or filename}
        return {
            "id": str(attachment_id),
            "filename": name,
            **title,
            "description": description,
            "size": len(data),
            "url": url,
            "proxy_url": url,
            "content_type": content_type(name),
        }

    def get(self, url: str) -> bytes | None:
        """The bytes under a path or an address of this server."""
        return self._blobs.get(_path_of(url))

    def forget(self, attachments: list[dict[str, Any]]) -> None:
        """Drop the bytes of a deleted message's attachments."""
        for attachment in attachments:
            self._blobs.pop(_path_of(str(attachment["url"])), None)

    def resign(self, attachment: dict[str, Any]) -> None:
        """Give an attachment a fresh address, in place."""
        attachment["url"] = attachment["proxy_url"] = self.sign(_path_of(str(attachment["url"])))

    def sign(self, path: str) -> str:
        """The full address of a path, good for `LIFETIME` seconds."""
        now = int(time.time())
        expires = f"{now + LIFETIME:x}"
        return f"{self.base}{path}?ex={expires}&is={now:x}&hm={self._seal(path, expires)}"

    def is_good(self, path: str, expires: str, seal: str) -> bool:
        """Whether a signature is ours and has not expired."""
        try:
            fresh = int(expires, 16) > time.time()
        except ValueError:
            return False
        return fresh and hmac.compare_digest(seal, self._seal(path, expires))

    def _seal(self, path: str, expires: str) -> str:
        return hmac.new(self._secret, f"{path}?{expires}".encode(), hashlib.sha256).hexdigest()


def content_type(filename: str) -> str:
    """What Discord would call the file, going by its name."""
    kind = mimetypes.guess_type(filename)[0] or "application/octet-stream"
    return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind


def _path_of(url: str) -> str:
    at = url.find("/attachments/")
    return url[max(at, 0) :].partition("?")[0]
