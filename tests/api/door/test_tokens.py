"""Whom the API believes."""

import asyncio
import base64
import json
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given
from hypothesis import strategies as st

from api.door.auth import REMEMBERED_FOR, Remembering, SingleIssuer, Times, TokenRefused, Verified, token_in
from tests.api.stage import SECRET, TICKETS, Clock, Stage, token

NOW = 1_800_000_000
CLAIMS = {"id": "ann", "username": "Ann", "email": "ann@example.test", "role": "CUSTOMER"}
RSA_KEY = rsa.generate_private_key(65537, 2048)


def at(seconds: float) -> Any:
    return lambda: int(seconds * 1000)


def signed(payload: object, header: dict[str, Any] | None = None) -> str:
    """Whatever the payload, under a good signature."""
    raw = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return jwt.PyJWS().encode(raw, SECRET, "HS256", headers=header)


def unsigned(payload: object) -> str:
    parts = ({"alg": "none", "typ": "JWT"}, payload)
    encoded = (base64.urlsafe_b64encode(json.dumps(it).encode()).rstrip(b"=").decode() for it in parts)
    return ".".join(encoded) + "."


WRONG = {
    "nothing": ("", "token missing"),
    "no token at all": ("hello", "token malformed"),
    "two parts": ("a.b", "token malformed"),
    "not ASCII": ("ключ.к.двери", "token malformed"),
    "no base64": ("$$$.$$$.$$$", "token malformed"),
    "another secret": (token(secret="somebody else's secret of 32 bytes"), "signature invalid"),
    "a changed signature": (token()[:-5] + "AAAAA", "signature invalid"),
    "a cut signature": (token()[:-4], "token malformed"),
    "algorithm none": (unsigned(CLAIMS), "algorithm not allowed"),
    "algorithm HS512": (jwt.encode(CLAIMS, SECRET * 2, "HS512"), "algorithm not allowed"),
    "algorithm RS256": (jwt.encode(CLAIMS, RSA_KEY, "RS256"), "algorithm not allowed"),
    "expired": (token(exp=NOW - 61), "token expired"),
    "not yet valid": (token(nbf=NOW + 61), "token not yet valid"),
    "a list": (signed([CLAIMS]), "token malformed"),
    "a string": (signed("ann"), "token malformed"),
    "no JSON": (signed(b"{"), "token malformed"),
    "not UTF-8": (signed(b"\xff"), "token malformed"),
    "half a character": (signed(b'{"id": "\\ud800"}'), "token malformed"),
    "deep nesting": (signed(b"[" * 3000), "token malformed"),
    "a deeply nested header": (
        base64.urlsafe_b64encode(b"[" * 3000).rstrip(b"=").decode() + ".e30.e30",
        "token malformed",
    ),
    "huge": (token(padding="x" * 9_000), "token too long"),
    "a role that is none": (token(role="OWNER"), 'claim "role" invalid'),
    "a role in lower case": (token(role="admin"), 'claim "role" invalid'),
    "a blank id": (token(id="  "), 'claim "id" invalid'),
    "NUL in the id": (token(id="a\0b"), 'claim "id" invalid'),
    "no e-mail address": (token(email="ann"), 'claim "email" invalid'),
    "an e-mail address that looks like another": (token(email="ann\u3164@b.test"), 'claim "email" invalid'),
    "two e-mail addresses": (token(email="a@b.test,c@d.test"), 'claim "email" invalid'),
    "exp as text": (token(exp=None) and signed({**CLAIMS, "exp": "2099"}), 'claim "exp" must be a number'),
    "exp as null": (signed({**CLAIMS, "exp": None}), 'claim "exp" must be a number'),
    "exp in milliseconds": (token(exp=NOW * 1000), 'claim "exp" not in seconds'),
    "exp far away": (signed({**CLAIMS, "exp": 10**300}), 'claim "exp" not in seconds'),
    "nbf in milliseconds": (token(nbf=NOW * 1000), 'claim "nbf" not in seconds'),
    "nbf long ago": (token(nbf=-1e11), 'claim "nbf" not in seconds'),
    **{
        f"U+{ord(it):04X} in the id": (token(id=f"a{it}b"), 'claim "id" invalid')
        for it in (
            "\x1b\x85\u00ad\u034f\u061c\u115f\u1160\u180e\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u202a\u202e"
            "\u2066\u2069\u2800\u3164\ufe0f\ufeff\uffa0\ufff0\ufdd0\U000e0041\U000e0101"
        )
    },
    "a name of nothing": (token(username="\u200b \u2060"), 'claim "username" invalid'),
    "NUL in the name": (token(username="a\0b"), 'claim "username" invalid'),
    "two lines in the name": (token(username="a\nb"), 'claim "username" invalid'),
    "exp as truth": (signed({**CLAIMS, "exp": True}), 'claim "exp" must be a number'),
    "exp infinite": (signed({**CLAIMS, "exp": float("inf")}), 'claim "exp" invalid'),
    "nbf as text": (signed({**CLAIMS, "nbf": "now"}), 'claim "nbf" must be a number'),
    **{
        f"{claim} as {value!r}": (signed({**CLAIMS, claim: value}), f'claim "{claim}" must be a string')
        for claim in CLAIMS
        for value in (0, 4711, None, True, ["ann"])
    },
    **{
        f"missing {claim}": (
            signed({name: it for name, it in CLAIMS.items() if name != claim}),
            f'claim "{claim}" missing',
        )
        for claim in CLAIMS
    },
    **{f"empty {claim}": (signed({**CLAIMS, claim: ""}), f'claim "{claim}" invalid') for claim in CLAIMS},
}


@pytest.mark.parametrize(("wrong", "reason"), WRONG.values(), ids=WRONG.keys())
async def test_a_wrong_token_has_one_plain_reason(wrong: str, reason: str) -> None:
    with pytest.raises(TokenRefused) as refused:
        await SingleIssuer(SECRET, at(NOW)).verify(token_in(f"Bearer {wrong}"))

    assert str(refused.value) == reason


@pytest.mark.parametrize("wrong", ["", "hello", token(exp=1), WRONG["algorithm none"][0], "a b c"])
async def test_a_wrong_token_is_401(stage: Stage, wrong: str) -> None:
    answer = await stage.ask("GET", TICKETS, None, headers={"Authorization": f"Bearer {wrong}"})

    assert answer.status == 401
    assert set(answer.json) == {"error", "message", "code"}
    assert answer.json["error"] == "UNAUTHORIZED"


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": NOW - 59},
        {"nbf": NOW + 59},
        {"exp": NOW + 0.5},
        {"exp": 10**11 - 1},
        {"email": "user@localhost.localdomain"},
        {"email": "a@b.test"},
        {"email": "a@localhost"},
        {"email": "jürgen@bücher.example"},
        {"iss": 5, "sub": 6, "aud": ["other"], "jti": 7, "iat": "yesterday"},
        {"username": "Ann 🦊 O'Neill <b>"},
        {"iat": -1e300},
    ],
)
async def test_what_is_a_good_token(claims: dict[str, Any]) -> None:
    verified = await SingleIssuer(SECRET, at(NOW)).verify(signed({**CLAIMS, **claims}))

    assert verified.caller.key.id == "ann"


async def test_exp_can_be_required() -> None:
    strict = SingleIssuer(SECRET, at(NOW), Times(require_exp=True))

    with pytest.raises(TokenRefused, match='claim "exp" missing'):
        await strict.verify(token())
    assert await strict.verify(token(exp=NOW + 10))


@pytest.mark.parametrize(
    "said", ["Bearer {}", "bearer {}", "BEARER   {}  ", "{}"], ids=["usual", "lower", "spaced", "bare"]
)
async def test_the_ways_to_show_a_token(stage: Stage, said: str) -> None:
    answer = await stage.ask("GET", TICKETS, None, headers={"Authorization": said.format(token())})

    assert answer.status == 200


@given(st.text() | st.binary().map(lambda raw: raw.decode("utf-8", "surrogateescape")))
async def test_any_authorization_is_refused_and_nothing_worse(said: str) -> None:
    with pytest.raises(TokenRefused):
        await Remembering(SingleIssuer(SECRET, at(NOW)), at(NOW)).verify(token_in(said))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from([*CLAIMS, "exp", "nbf"]), json_values)
async def test_any_claim_under_a_good_signature_is_taken_or_refused(claim: str, value: object) -> None:
    verifier = SingleIssuer(SECRET, at(NOW))
    try:
        verified = await verifier.verify(signed({**CLAIMS, claim: value}))
    except TokenRefused:
        pass
    else:
        assert isinstance(verified.caller.person.name, str)
        verified.caller.person.name.encode()


@given(st.binary(max_size=300))
async def test_any_bytes_in_the_header_are_never_more_than_refused(stage: Stage, raw: bytes) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", stage.port)
    writer.write(b"GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" % TICKETS.encode())
    writer.write(b"Authorization: Bearer " + raw.replace(b"\r", b"").replace(b"\n", b"") + b"\r\n\r\n")
    status = int((await reader.read()).split()[1])
    writer.close()

    # what is no header at all, as with a NUL, is no request either
    assert status in (400, 401)


class Counting:
    def __init__(self, clock: Clock) -> None:
        self.count = 0
        self._inner = SingleIssuer(SECRET, clock)

    async def verify(self, token: str) -> Verified:
        self.count += 1
        return await self._inner.verify(token)


async def test_a_token_is_verified_once_a_minute(clock: Clock) -> None:
    counting = Counting(clock)
    verifier = Remembering(counting, clock)
    ours = token()

    for _ in range(3):
        await verifier.verify(ours)
    assert counting.count == 1

    clock.ahead += REMEMBERED_FOR + 1
    await verifier.verify(ours)
    assert counting.count == 2


async def test_a_remembered_token_expires_all_the_same(clock: Clock) -> None:
    verifier = Remembering(SingleIssuer(SECRET, clock), clock)
    short = token(exp=clock.seconds - 40)
    await verifier.verify(short)

    clock.ahead += 21

    with pytest.raises(TokenRefused, match="token expired"):
        await verifier.verify(short)


async def test_refused_tokens_are_not_remembered_and_good_ones_not_without_end(clock: Clock) -> None:
    verifier = Remembering(SingleIssuer(SECRET, clock), clock)
    for number in range(50):
        with pytest.raises(TokenRefused):
            await verifier.verify(f"wrong {number}")

    assert not verifier._known


@pytest.mark.parametrize(
    ("told", "known"),
    [
        ("Ann\u202e gnp.exe", "Ann gnp.exe"),
        ("\u2068Ann\u2069", "Ann"),
        ("\ufeffAnn\u200b", "Ann"),
        ("Ann\u2028Lee\x85", "Ann Lee"),
        ("\x1b[1mAnn", "[1mAnn"),
        ("👩\u200d💻 Ann", "👩\u200d💻 Ann"),
    ],
)
async def test_names_are_cleaned_of_what_cannot_be_seen(told: str, known: str) -> None:
    verified = await SingleIssuer(SECRET, at(NOW)).verify(token(username=told))

    assert verified.caller.person.name == known


HOUR = 3600
YOUNG = SingleIssuer(SECRET, at(NOW), Times(max_age=HOUR))


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": NOW + HOUR},
        {"exp": NOW + HOUR + 60},
        {"exp": NOW + 10, "iat": NOW - HOUR + 10},
        {"exp": NOW + HOUR, "iat": NOW},
    ],
)
async def test_a_token_may_live_as_long_as_the_operator_says(claims: dict[str, Any]) -> None:
    assert await YOUNG.verify(token(**claims))


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({}, "claim_missing"),
        ({"iat": NOW}, "claim_missing"),
        ({"exp": NOW + HOUR + 61}, "token_lives_too_long"),
        ({"exp": NOW + 10, "iat": NOW - HOUR - 51}, "token_lives_too_long"),
        ({"exp": NOW + 10 * HOUR, "iat": NOW + 10 * HOUR - 60}, "token_lives_too_long"),
        ({"exp": NOW + 10, "iat": "yesterday"}, "claim_invalid"),
        ({"exp": NOW + 10, "iat": NOW * 1000}, "claim_invalid"),
        ({"exp": NOW + 10, "iat": True}, "claim_invalid"),
        ({"exp": NOW - 100}, "token_expired"),
    ],
)
async def test_a_token_that_lives_longer_is_refused(claims: dict[str, Any], code: str) -> None:
    with pytest.raises(TokenRefused) as refused:
        await YOUNG.verify(token(**claims))

    assert refused.value.code == code
