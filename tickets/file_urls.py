"""Addresses of kept files, where an unguessable signature is the permission."""

import base64
import hmac
from urllib.parse import quote

from tickets.model import Attachment, FileId


class FileUrls:
    """URLs under ``public_url``, valid as long as the file is kept. ``secret`` alone makes and checks
    them."""

    def __init__(self, public_url: str, secret: bytes) -> None:
        self._base = f"{public_url}/files"
        self._secret = secret

    def url(self, file: Attachment) -> str:
        """The file's URL. The name at its end is for people."""
        name = quote(file.name, safe="", errors="replace") if file.name.strip(".") else "file"
        return f"{self._base}/{quote(file.id, safe='')}/{self._signature(file.id)}/{name}"

    def verify(self, file_id: FileId, signature: str) -> bool:
        """Whether the signature is this file's."""
        expected = self._signature(file_id).encode()
        return hmac.compare_digest(expected, signature.encode(errors="replace"))

    def _signature(self, file_id: FileId) -> str:
        signed = hmac.digest(self._secret, b"file " + file_id.encode(errors="replace"), "sha256")
        return base64.urlsafe_b64encode(signed).rstrip(b"=").decode()
