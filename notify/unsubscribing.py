"""Links that unsubscribe a user from mails. Whoever has the link can use it, and nobody can forge one."""

import base64
import hmac

from tickets.model import UserKey

PATH = "/api/v1/notifications/unsubscribe"


class UnsubscribeLinks:
    """Makes and checks links with the deployment's ``secret``."""

    def __init__(self, public_url: str, secret: bytes) -> None:
        self._base = f"{public_url}{PATH}"
        self._secret = secret

    def url(self, user: UserKey) -> str:
        return f"{self._base}/{self._token(str(user))}"

    def user_of(self, token: str) -> UserKey | None:
        """The user to whom the link belongs; None for a forged link."""
        signature, _, encoded = token.partition(".")
        try:
            name = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)).decode()
        except ValueError:
            return None
        if not hmac.compare_digest(self._token(name).partition(".")[0].encode(), signature.encode()):
            return None
        return UserKey.parse(name)

    def _token(self, name: str) -> str:
        signed = hmac.digest(self._secret, b"unsubscribe " + name.encode(), "sha256")[:20]
        return f"{_text(signed)}.{_text(name.encode())}"


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
