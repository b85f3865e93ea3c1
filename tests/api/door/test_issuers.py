"""Several backends: each is believed for its own users, with its own keys, and nothing else."""

import asyncio
import base64
import json
import os
import re
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from hashlib import sha256
from hmac import digest
from pathlib import Path
from typing import Any

import aiohttp
import jwt
import pytest
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from api.door.auth import SingleIssuer, Times, TokenRefused
from api.door.issuers import SeveralIssuers
from api.door.server import serving
from config import issuers as file_of_issuers
from config.issuers import IssuersFile
from tests.api.stage import SECRET, TICKETS, Clock, Stage, token
from tests.waiting import until
from tickets.model import UserKey
from tickets.ports.store import Store

SHOP_SECRET = "the shop's secret, which is long enough"
RSA, OTHER_RSA = rsa.generate_private_key(65537, 2048), rsa.generate_private_key(65537, 2048)
EC, ED = ec.generate_private_key(ec.SECP256R1()), ed25519.Ed25519PrivateKey.generate()
CLAIMS = {"id": "ann", "username": "Ann", "email": "ann@example.test", "role": "CUSTOMER"}


def pem(private: Any) -> str:
    return str(
        private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode().strip()
    )


BOOK = f'''
[[issuer]]
iss = "https://bank.example"
name = "bank"
aud = ["desk", "help"]
algorithms = ["RS256", "ES256", "EdDSA"]
roles = ["CUSTOMER", "AGENT"]
[issuer.keys]
rsa.public_key = """{pem(RSA)}"""
ec.public_key = """{pem(EC)}"""
ed.public_key = """{pem(ED)}"""

[[issuer]]
iss = "shop"
aud = "desk"
algorithms = ["HS256"]
roles = ["CUSTOMER", "TEMP_USER"]
[issuer.keys]
one.secret = "{SHOP_SECRET}"
'''


def signed(key: Any, algorithm: str, kid: str | None, headers: Any = None, **claims: Any) -> str:
    said = {**CLAIMS, "iss": "https://bank.example", "aud": "desk", **claims}
    headers = {**(headers or {}), **({"kid": kid} if kid else {})}
    return jwt.encode({name: it for name, it in said.items() if it is not None}, key, algorithm, headers)


def shops(**claims: Any) -> str:
    return signed(SHOP_SECRET, "HS256", claims.pop("kid", "one"), **{"iss": "shop", **claims})


def raw(header: Any, payload: Any, signature: bytes = b"sign") -> str:
    parts = [json.dumps(it).encode() for it in (header, payload)]
    return ".".join(base64.urlsafe_b64encode(it).rstrip(b"=").decode() for it in (*parts, signature))


def confused() -> str:
    """The bank's public key taken for a secret."""
    head = raw({"alg": "HS256", "kid": "rsa"}, {**CLAIMS, "iss": "https://bank.example", "aud": "desk"}, b"")
    signature = digest(pem(RSA).encode(), head[:-1].encode(), sha256)
    return head + base64.urlsafe_b64encode(signature).rstrip(b"=").decode()


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "issuers.toml"
    path.write_text(BOOK)
    return path


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def several(book: Path, session: aiohttp.ClientSession, clock: Clock) -> SeveralIssuers:
    default = SingleIssuer(SECRET, clock)
    return SeveralIssuers(IssuersFile(book, has_default=True), session, clock, default=default)


GOOD: dict[str, tuple[Callable[[], str], str]] = {
    "RS256": (lambda: signed(RSA, "RS256", "rsa"), "bank"),
    "ES256": (lambda: signed(EC, "ES256", "ec"), "bank"),
    "EdDSA": (lambda: signed(ED, "EdDSA", "ed"), "bank"),
    "one audience of several": (lambda: signed(RSA, "RS256", "rsa", aud=["x", "help"]), "bank"),
    "HS256": (shops, "shop"),
    "no kid where there is one key": (lambda: shops(kid=None), "shop"),
    "no issuer": (token, "default"),
    "no issuer, but an audience": (lambda: token(aud="x"), "default"),
}


@pytest.mark.parametrize(("good", "issuer"), GOOD.values(), ids=GOOD.keys())
async def test_good_tokens(several: SeveralIssuers, good: Callable[[], str], issuer: str) -> None:
    verified = await several.verify(good())

    assert verified.caller.key == UserKey(issuer, "ann")


WRONG: dict[str, tuple[Callable[[], str], str]] = {
    "a public key as a secret": (confused, "algorithm not allowed"),
    "algorithm none": (
        lambda: raw({"alg": "none", "kid": "rsa"}, {**CLAIMS, "iss": "https://bank.example"}, b""),
        "algorithm not allowed",
    ),
    "no algorithm": (lambda: raw({"kid": "one"}, {**CLAIMS, "iss": "shop"}), "algorithm not allowed"),
    "a wrong algorithm of the same key": (lambda: signed(RSA, "RS512", "rsa"), "algorithm not allowed"),
    "another's key": (lambda: signed(OTHER_RSA, "RS256", "rsa"), "signature invalid"),
    "a key under another's name": (lambda: signed(RSA, "RS256", "ec"), "algorithm not allowed"),
    "the key of another issuer": (lambda: shops(kid="rsa"), "key unknown"),
    "another issuer's name": (lambda: shops(iss="https://bank.example"), "key unknown"),
    "another issuer's name and key": (
        lambda: shops(iss="https://bank.example", kid="rsa"),
        "algorithm not allowed",
    ),
    "the default's secret": (lambda: signed(SECRET, "HS256", "one", iss="shop"), "signature invalid"),
    "an unknown key": (lambda: signed(RSA, "RS256", "new"), "key unknown"),
    "no kid among several": (lambda: signed(RSA, "RS256", None), "key unknown"),
    "kid as a number": (lambda: raw({"alg": "HS256", "kid": 7}, {"iss": "shop"}), "token malformed"),
    "an unknown issuer": (lambda: shops(iss="nobody"), "issuer unknown"),
    "the default by name": (lambda: token(iss="default"), "issuer unknown"),
    "iss as a number": (lambda: raw({"alg": "HS256"}, {"iss": 7}), 'claim "iss" must be a string'),
    "iss as a list": (lambda: raw({"alg": "HS256"}, {"iss": ["shop"]}), 'claim "iss" must be a string'),
    "no audience": (lambda: shops(aud=None), 'claim "aud" missing'),
    "another audience": (lambda: shops(aud="help"), 'claim "aud" invalid'),
    "an audience that is none": (lambda: shops(aud=7), 'claim "aud" invalid'),
    "no audience in the list": (lambda: shops(aud=[]), 'claim "aud" invalid'),
    "a role that it may not grant": (lambda: shops(role="ADMIN"), 'claim "role" not allowed'),
    "another's role": (lambda: signed(RSA, "RS256", "rsa", role="ADMIN"), 'claim "role" not allowed'),
    "expired": (lambda: shops(exp=1), "token expired"),
    "a missing claim": (lambda: shops(email=None), 'claim "email" missing'),
    "its own key in the header": (
        lambda: signed(
            OTHER_RSA, "RS256", "new", {"jku": "https://evil.example", "jwk": {"kty": "RSA"}, "x5u": "x"}
        ),
        "key unknown",
    ),
    "no token": (lambda: "hello", "token malformed"),
    "no JSON": (lambda: jwt.PyJWS().encode(b"{", SECRET, "HS256"), "token malformed"),
    "deep nesting": (lambda: jwt.PyJWS().encode(b"[" * 3000, SECRET, "HS256"), "token malformed"),
    "huge": (lambda: "x" * 9_000, "token too long"),
}


@pytest.mark.parametrize(("wrong", "reason"), WRONG.values(), ids=WRONG.keys())
async def test_wrong_tokens(several: SeveralIssuers, wrong: Callable[[], str], reason: str) -> None:
    with pytest.raises(TokenRefused) as refused:
        await several.verify(wrong())

    assert str(refused.value) == reason


async def test_without_a_default_every_token_names_its_issuer(
    book: Path, session: aiohttp.ClientSession, clock: Clock
) -> None:
    verifier = SeveralIssuers(IssuersFile(book, has_default=False), session, clock, Times(require_exp=True))

    for wrong, reason in ((token(), 'claim "iss" missing'), (shops(), 'claim "exp" missing')):
        with pytest.raises(TokenRefused, match=reason):
            await verifier.verify(wrong)
    assert await verifier.verify(shops(exp=clock.seconds + 60))


async def test_users_of_two_issuers_never_see_each_others_tickets(
    several: SeveralIssuers, store: Store, clock: Clock
) -> None:
    async with Stage(store, clock).open(verifier=several) as stage:
        seen = {}
        for issuer, bearer in (("shop", shops()), ("bank", signed(EC, "ES256", "ec")), ("default", token())):
            said = {"Authorization": f"Bearer {bearer}"}
            ticket = {"topic": issuer, "description": "Really."}
            answer = await stage.ask("POST", TICKETS, None, headers=said, json=ticket)
            assert (answer.status, answer.json["issuer"]) == (201, issuer)
            seen[issuer] = (await stage.ask("GET", TICKETS, None, headers=said)).json
            other = await stage.ask("GET", f"{TICKETS}/1", None, headers=said)
            assert other.status == (200 if issuer == "shop" else 404)

    assert {issuer: [it["topic"] for it in them] for issuer, them in seen.items()} == {
        "shop": ["shop"],
        "bank": ["bank"],
        "default": ["default"],
    }


async def test_keys_of_the_file_change_without_a_restart(
    several: SeveralIssuers, book: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(file_of_issuers, "LOOK_EVERY", 0.0)
    old, new = shops(), signed("another secret, which is long enough too", "HS256", "two", iss="shop")

    book.write_text(
        BOOK.replace("one.secret", 'two.secret = "another secret, which is long enough too"\none.secret')
    )
    assert await several.verify(old)
    assert await several.verify(new)

    book.write_text("[[issuer]]\nnonsense")
    assert await several.verify(new)
    assert "ISSUERS_FILE: is no TOML" in caplog.text

    book.write_text(
        BOOK.replace("one.secret", "two.secret").replace(
            SHOP_SECRET, "another secret, which is long enough too"
        )
    )
    os.utime(book, ns=(1, 1))
    assert await several.verify(new)
    with pytest.raises(TokenRefused, match="key unknown"):
        await several.verify(old)


class Published:
    """An issuer's JWKS, on this machine."""

    def __init__(self) -> None:
        self.keys: list[Any] = []
        self.asked = 0
        self.answer: web.Response | None = None
        self.hangs: asyncio.Event | None = None
        self.url = ""

    async def get(self, _: web.Request) -> web.Response:
        self.asked += 1
        if self.hangs is not None:
            await self.hangs.wait()
        return self.answer or web.json_response({"keys": self.keys})

    def publish(self, kid: str | None, private: Any, **more: Any) -> None:
        kinds: dict[type, Any] = {
            rsa.RSAPrivateKey: jwt.algorithms.RSAAlgorithm,
            ec.EllipticCurvePrivateKey: jwt.algorithms.ECAlgorithm,
            ed25519.Ed25519PrivateKey: jwt.algorithms.OKPAlgorithm,
        }
        kind = next(it for base, it in kinds.items() if isinstance(private, base))
        named = {} if kid is None else {"kid": kid}
        self.keys.append({**json.loads(kind.to_jwk(private.public_key())), **named, **more})


@pytest.fixture
async def published() -> AsyncIterator[Published]:
    published = Published()
    app = web.Application()
    app.router.add_get("/keys", published.get)
    async with serving(app, "127.0.0.1", 0) as port:
        published.url = f"http://127.0.0.1:{port}/keys"
        yield published


class Stopwatch:
    """Seconds, by which published keys are fetched anew."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def watch() -> Stopwatch:
    return Stopwatch()


@pytest.fixture
async def club(
    tmp_path: Path, published: Published, session: aiohttp.ClientSession, clock: Clock, watch: Stopwatch
) -> SeveralIssuers:
    """An issuer that publishes its keys."""
    path = tmp_path / "club.toml"
    path.write_text(
        f'[[issuer]]\niss = "club"\naud = "desk"\nalgorithms = ["RS256", "ES256", "EdDSA"]\n'
        f'roles = ["CUSTOMER"]\njwks_url = "{published.url}"\n'
    )
    return SeveralIssuers(IssuersFile(path, has_default=False), session, clock, now=watch)


def clubs(key: Any, algorithm: str, kid: str | None) -> str:
    return signed(key, algorithm, kid, iss="club")


async def refusal(verifier: SeveralIssuers, bearer: str) -> str:
    with pytest.raises(TokenRefused) as refused:
        await verifier.verify(bearer)
    return str(refused.value)


async def test_published_keys_are_fetched_once(club: SeveralIssuers, published: Published) -> None:
    published.publish("a", RSA, use="sig", alg="RS256")
    published.publish("b", EC)
    published.publish("c", ED)

    for key, algorithm, kid in ((RSA, "RS256", "a"), (EC, "ES256", "b"), (ED, "EdDSA", "c")):
        assert (await club.verify(clubs(key, algorithm, kid))).caller.key == UserKey("club", "ann")

    assert published.asked == 1


async def test_a_new_kid_is_looked_for_but_not_for_every_token(
    club: SeveralIssuers, published: Published, watch: Stopwatch
) -> None:
    published.publish("a", RSA)
    await club.verify(clubs(RSA, "RS256", "a"))
    published.keys.clear()
    published.publish("b", EC)

    for _ in range(5):
        assert await refusal(club, clubs(EC, "ES256", "b")) == "key unknown"
    assert published.asked == 1

    watch.now = 2.0
    assert await club.verify(clubs(EC, "ES256", "b"))
    assert published.asked == 2
    assert await refusal(club, clubs(RSA, "RS256", "a")) == "key unknown"


async def test_whoever_sends_rubbish_makes_us_ask_once_in_two_seconds_at_most(
    club: SeveralIssuers, published: Published, watch: Stopwatch
) -> None:
    published.publish("a", RSA)
    rubbish = [clubs(OTHER_RSA, "RS256", kid) for kid in ("a", "b", None, "c")]

    for tenths in range(600):
        watch.now = tenths / 10
        assert await refusal(club, rubbish[tenths % 4]) in ("key unknown", "signature invalid")
        assert await club.verify(clubs(RSA, "RS256", "a"))

    assert published.asked == 30


async def test_a_key_that_changes_without_another_name_is_known_within_seconds(
    club: SeveralIssuers, published: Published, watch: Stopwatch
) -> None:
    for kid in ("a", None):
        published.keys.clear()
        published.publish(kid, RSA)
        watch.now += 2
        assert await club.verify(clubs(RSA, "RS256", kid))
        published.keys.clear()
        published.publish(kid, ED)

        assert await refusal(club, clubs(ED, "EdDSA", kid)) == "algorithm not allowed"
        watch.now += 2
        assert await club.verify(clubs(ED, "EdDSA", kid))
        assert await refusal(club, clubs(RSA, "RS256", kid)) == "algorithm not allowed"


async def test_one_key_without_a_name_is_for_tokens_without_one(
    club: SeveralIssuers, published: Published, watch: Stopwatch
) -> None:
    published.publish(None, RSA)
    assert (await club.verify(clubs(RSA, "RS256", None))).caller.key == UserKey("club", "ann")
    assert await refusal(club, clubs(RSA, "RS256", "0")) == "key unknown"

    published.publish(None, EC)
    watch.now = 1_000
    for key, algorithm in ((RSA, "RS256"), (EC, "ES256")):
        assert await refusal(club, clubs(key, algorithm, None)) == "key unknown"


async def test_good_tokens_do_not_wait_for_an_issuer_that_is_away(
    club: SeveralIssuers, published: Published, watch: Stopwatch
) -> None:
    published.publish("a", RSA)
    await club.verify(clubs(RSA, "RS256", "a"))
    published.answer = web.Response(status=503)

    for seconds in range(300, 360):
        watch.now = seconds
        assert await club.verify(clubs(RSA, "RS256", "a"))

    await until(lambda: published.asked == 1 + 2)


async def test_good_tokens_do_not_wait_for_an_issuer_that_never_answers(
    club: SeveralIssuers, published: Published, watch: Stopwatch, caplog: pytest.LogCaptureFixture
) -> None:
    published.publish("a", RSA)
    await club.verify(clubs(RSA, "RS256", "a"))
    published.answer = web.Response(status=503)
    watch.now = 300
    assert await club.verify(clubs(RSA, "RS256", "a"))
    published.hangs = asyncio.Event()

    watch.now = 330
    for _ in range(2):
        assert await club.verify(clubs(RSA, "RS256", "a"))
    await until(lambda: published.asked == 3)
    failed = caplog.messages[:]
    published.hangs.set()

    assert [it.rpartition(": ")[2] for it in failed] == ["status 503"], "the third has no answer yet"


async def test_a_withdrawn_key_is_forgotten_in_time(
    club: SeveralIssuers, published: Published, watch: Stopwatch
) -> None:
    published.publish("a", RSA)
    await club.verify(clubs(RSA, "RS256", "a"))
    published.keys.clear()
    published.publish("b", EC)

    watch.now = 300
    assert await refusal(club, clubs(RSA, "RS256", "a")) == "key unknown"


BAD_ANSWERS = {
    "a redirect": web.Response(status=302, headers={"Location": "http://127.0.0.1:1/"}),
    "an error": web.Response(status=500),
    "no JSON": web.Response(text="<html>"),
    "no JWKS": web.Response(text='{"keys": 7, "more": []}'),
    "a list": web.Response(text="[]"),
    "too much": web.Response(body=b" " * 300_000),
}


@pytest.mark.parametrize("name", BAD_ANSWERS)
async def test_what_is_no_jwks_gives_no_keys(
    club: SeveralIssuers, published: Published, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    bad = BAD_ANSWERS[name]
    published.answer = web.Response(status=bad.status, body=bad.body, headers=bad.headers)

    reasons = {await refusal(club, clubs(RSA, "RS256", "a")) for _ in range(3)}

    assert reasons <= {"keys of the issuer cannot be read", "key unknown"}
    assert published.asked == 1


async def test_the_last_keys_are_good_while_there_are_no_newer(
    club: SeveralIssuers, published: Published, watch: Stopwatch
) -> None:
    published.publish("a", RSA)
    await club.verify(clubs(RSA, "RS256", "a"))
    published.answer = web.Response(status=503)
    watch.now = 24 * 3600 - 1
    assert await refusal(club, clubs(EC, "ES256", "b")) == "key unknown"

    assert await club.verify(clubs(RSA, "RS256", "a"))

    watch.now = 24 * 3600
    assert await refusal(club, clubs(RSA, "RS256", "a")) == "keys of the issuer cannot be read"


async def test_published_secrets_and_other_kinds_are_passed_over(
    club: SeveralIssuers, published: Published
) -> None:
    secret = base64.urlsafe_b64encode(SHOP_SECRET.encode()).decode()
    published.keys += [
        {"kty": "oct", "kid": "s", "k": secret},
        {"kty": "RSA", "kid": "broken", "n": "AQAB", "e": 7},
        {
            "kty": "EC",
            "kid": "p384",
            **json.loads(
                jwt.algorithms.ECAlgorithm.to_jwk(ec.generate_private_key(ec.SECP384R1()).public_key())
            ),
        },
        7,
        {"kid": ["x"]},
    ]
    published.publish("enc", RSA, use="enc")
    published.publish("other", RSA, alg="PS256")
    published.publish("none", RSA, alg="none")
    published.publish("good", ED)

    for key, algorithm, kid in ((SHOP_SECRET, "HS256", "s"), (RSA, "RS256", "enc"), (RSA, "RS256", "other")):
        assert await refusal(club, clubs(key, algorithm, kid)) in ("key unknown", "algorithm not allowed")
    assert await club.verify(clubs(ED, "EdDSA", "good"))
    assert await club.verify(clubs(ED, "EdDSA", None)), "it is the only one"


async def test_many_tokens_at_once_ask_once(club: SeveralIssuers, published: Published) -> None:
    published.publish("a", RSA)
    bearer = clubs(RSA, "RS256", "a")

    assert len(await asyncio.gather(*(club.verify(bearer) for _ in range(20)))) == 20
    assert published.asked == 1


async def test_an_issuer_that_is_away_is_a_401(
    club: SeveralIssuers, store: Store, clock: Clock, tmp_path: Path
) -> None:
    async with AsyncExitStack() as stack:
        path = tmp_path / "away.toml"
        path.write_text(
            re.sub('http://[^"]*', "http://127.0.0.1:9/keys", (tmp_path / "club.toml").read_text())
        )
        session = await stack.enter_async_context(aiohttp.ClientSession())
        away = SeveralIssuers(IssuersFile(path, has_default=False), session, clock)
        stage = await stack.enter_async_context(Stage(store, clock).open(verifier=away))
        said = {"Authorization": f"Bearer {clubs(RSA, 'RS256', 'a')}"}
        answer = await stage.ask("GET", TICKETS, None, headers=said)

    assert (answer.status, answer.json["message"]) == (401, "keys of the issuer cannot be read")


async def test_services_are_allowed_issuer_by_issuer(
    tmp_path: Path, session: aiohttp.ClientSession, clock: Clock
) -> None:
    entry = (
        '[[issuer]]\niss = "{0}"\naud = "desk"\nalgorithms = ["HS256"]\nroles = ["AGENT", "CUSTOMER"]\n'
        'service_tokens = {1}\nkeys.k.secret = "{2}"\n'
    )
    path = tmp_path / "issuers.toml"
    path.write_text(
        "".join(entry.format(iss, allowed, SHOP_SECRET) for iss, allowed in (("a", "true"), ("b", "false")))
    )
    several = SeveralIssuers(IssuersFile(path, has_default=False), session, clock)
    said = {"role": "AGENT", "service": True}

    allowed = await several.verify(signed(SHOP_SECRET, "HS256", "k", iss="a", **said))
    person = await several.verify(signed(SHOP_SECRET, "HS256", "k", iss="b", role="AGENT"))

    assert (allowed.caller.is_service, person.caller.is_service) == (True, False)
    assert (
        await refusal(several, signed(SHOP_SECRET, "HS256", "k", iss="b", **said))
        == 'claim "service" not allowed'
    )
