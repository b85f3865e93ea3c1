"""The backend of a shop: it knows who its users are, and signs tokens for Guildesk. Needs PyJWT alone.

GUILDESK_URL=http://127.0.0.1:5000 JWT_SECRET_KEY=… python shop.py
"""

import json
import os
import secrets
import sys
import time
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import jwt

PAGE = Path(__file__).parent / "page"
TYPES = {"html": "text/html", "css": "text/css", "js": "text/javascript"}
FILES = {f"/{it.name}": it for it in PAGE.iterdir()} | {"/": PAGE / "index.html"}
GUILDESK_URL = os.environ["GUILDESK_URL"].rstrip("/")
SECRET = os.environ["JWT_SECRET_KEY"]
TOKEN_LIFE = int(os.environ.get("TOKEN_LIFE", "900"))

sessions: dict[str, dict[str, str]] = {}
"""Who is signed in, by the value of the shop's own cookie. A real shop keeps this in its database."""


def token_of(user: dict[str, str]) -> str:
    """What Guildesk believes of the user: it is signed with the secret that both know."""
    now = int(time.time())
    return jwt.encode({**user, "role": "CUSTOMER", "iat": now, "exp": now + TOKEN_LIFE}, SECRET, "HS256")


class Shop(BaseHTTPRequestHandler):
    """The page, who is signed in, and their token."""

    def do_GET(self) -> None:
        user = self.user()
        if self.path == "/my/token":
            # only the shop's own pages can read this: nothing allows other origins to
            self.answer(200, token_of(user), "text/plain") if user else self.answer(204)
        elif self.path == "/me":
            self.answer_json({"name": user["username"] if user else None})
        elif (file := FILES.get(self.path)) is not None:
            text = file.read_text("utf-8").replace("{{GUILDESK_URL}}", GUILDESK_URL)
            self.answer(200, text, TYPES[file.suffix[1:]])
        else:
            self.answer(404)

    def do_POST(self) -> None:
        said = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or "{}")
        if self.path == "/sign-in" and str(said.get("name", "")).strip():
            name = str(said["name"]).strip()
            session = secrets.token_urlsafe()
            user = name.lower().replace(" ", ".")
            sessions[session] = {"id": user, "username": name, "email": f"{user}@example.com"}
            self.answer_json({"name": name}, f"shop={session}; HttpOnly; SameSite=Lax; Path=/")
        elif self.path == "/sign-out":
            sessions.pop(self.session(), None)
            self.answer_json({"name": None}, "shop=; Max-Age=0; Path=/")
        else:
            self.answer(400)

    def session(self) -> str:
        cookie = SimpleCookie(self.headers.get("Cookie", "")).get("shop")
        return cookie.value if cookie else ""

    def user(self) -> dict[str, str] | None:
        return sessions.get(self.session())

    def answer_json(self, said: object, cookie: str | None = None) -> None:
        self.answer(200, json.dumps(said), "application/json", cookie)

    def answer(
        self, status: int, text: str = "", media: str = "text/plain", cookie: str | None = None
    ) -> None:
        body = text.encode()
        self.send_response(status)
        if status != 204:
            self.send_header("Content-Type", f"{media}; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        if cookie is not None:
            self.send_header("Set-Cookie", cookie)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing: a token's request would stand in the log."""


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "8000"))), Shop)
    sys.stdout.write(f"The shop is open at http://127.0.0.1:{server.server_port}\n")
    sys.stdout.flush()
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()
