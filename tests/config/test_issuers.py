"""What is wrong with a file of issuers is told line by line, and never with a secret."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from config.issuers import IssuersAreWrong, IssuersFile, read_issuers
from tests.docs.pages import OPERATIONS, blocks, section

SECRET = "swordfish, and a little longer than that"
GOOD = f'''
[[issuer]]
iss = "shop"
aud = "desk"
algorithms = ["HS256"]
roles = ["CUSTOMER"]
keys.one.secret = "{SECRET}"
'''
SMALL_RSA = rsa.generate_private_key(65537, 1024).public_key()  # noqa: S505  which is the point
P256 = ec.generate_private_key(ec.SECP256R1())
P384 = ec.generate_private_key(ec.SECP384R1())


def public(key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey) -> str:
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def private(protection: KeySerializationEncryption, form: PrivateFormat = PrivateFormat.PKCS8) -> str:
    return P256.private_bytes(Encoding.PEM, form, protection).decode()


def certificate() -> str:
    name, noon = x509.Name([]), datetime(2026, 11, 26, tzinfo=UTC)
    made = x509.CertificateBuilder(name, name, P256.public_key(), 1, noon, noon + timedelta(days=1))
    return made.sign(P256, SHA256()).public_bytes(Encoding.PEM).decode()


OLDER = PrivateFormat.TraditionalOpenSSL
OPENSSH = P256.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
KEY = f'keys.one.secret = "{SECRET}"'
WRONG = {
    "nothing": ("", ["issuer: is missing"]),
    "no TOML": ("[[issuer]", ["is no TOML"]),
    "an empty list": ("issuer = []", ["issuer: must have at least 1 item"]),
    "a typing error": (GOOD + 'audience = "x"', ["issuer 1, audience: extra inputs are not permitted"]),
    "much is missing": (
        "[[issuer]]",
        [f"issuer 1, {it}: is missing" for it in ("iss", "aud", "algorithms", "roles")],
    ),
    "an unknown algorithm": (GOOD.replace('["HS256"]', '["none"]'), ["issuer 1, algorithms no. 1: must be"]),
    "an unknown role": (GOOD.replace('["CUSTOMER"]', '["OWNER"]'), ["issuer 1, roles no. 1: must be"]),
    "a name with a space": (GOOD.replace('"shop"', '"a shop"'), ["issuer 1, iss: must match"]),
    "no audience": (GOOD.replace('"desk"', "[]"), ["issuer 1, aud"]),
    "an audience that is a number": (GOOD.replace('"desk"', "5"), ["issuer 1, aud: must be a valid list"]),
    "no key": (GOOD.replace(KEY, ""), ["issuer 1, keys: is missing, and jwks_url too"]),
    "a short secret": (GOOD.replace(SECRET, "swordfish"), ["issuer 1, key one: secret is shorter than 32"]),
    "two keys in one": (GOOD + 'keys.one.public_key = "x"', ["issuer 1, key one: needs either secret or"]),
    "no PEM": (GOOD.replace(KEY, 'keys.one.public_key = "x"'), ["issuer 1, key one: public_key is none"]),
    "a small key": (
        GOOD.replace(KEY, f'keys.one.public_key = """{public(SMALL_RSA)}"""'),
        ["issuer 1, key one: has fewer than 2048 bits"],
    ),
    "another curve": (
        GOOD.replace(KEY, f'keys.one.public_key = """{public(P384.public_key())}"""'),
        ["issuer 1, key one: is of no kind"],
    ),
    "a certificate": (
        GOOD.replace(KEY, f'keys.one.public_key = """{certificate()}"""'),
        ["issuer 1, key one: public_key is a certificate; take the key out of it"],
    ),
    "a private key": (
        GOOD.replace(KEY, f'keys.one.public_key = """{private(NoEncryption())}"""'),
        ["issuer 1, key one: public_key is a private key, which belongs to the backend alone"],
    ),
    "a private key with a passphrase": (
        GOOD.replace(KEY, f'keys.one.public_key = """{private(BestAvailableEncryption(b"hush"))}"""'),
        ["issuer 1, key one: public_key is a private key with a passphrase"],
    ),
    "a private key with a passphrase, in an older form": (
        GOOD.replace(KEY, f'keys.one.public_key = """{private(BestAvailableEncryption(b"hush"), OLDER)}"""'),
        ["issuer 1, key one: public_key is a private key with a passphrase"],
    ),
    "a key of OpenSSH": (
        GOOD.replace(KEY, f'keys.one.public_key = "{OPENSSH}"'),
        ["issuer 1, key one: public_key is in the form of OpenSSH"],
    ),
    "a key for another algorithm": (
        GOOD.replace('["HS256"]', '["RS256"]'),
        ["issuer 1, key one: is for HS256, which algorithms does not list"],
    ),
    "keys over plain HTTP": (
        GOOD.replace(KEY, 'jwks_url = "http://keys.example/jwks"'),
        ["issuer 1, jwks_url: is not https"],
    ),
    "keys in a file": (
        GOOD.replace(KEY, 'jwks_url = "file:///etc/passwd"'),
        ["issuer 1, jwks_url: is no URL"],
    ),
    "keys nowhere": (GOOD.replace(KEY, 'jwks_url = "https://[x"'), ["issuer 1, jwks_url: is no URL"]),
    "two of one iss": (GOOD + GOOD, ["issuer 2, iss: another issuer has it too", "issuer 2, name: shop is"]),
    "two of one name": (
        GOOD + GOOD.replace('"shop"', '"other"\nname = "shop"'),
        ["issuer 2, name: shop is taken"],
    ),
    "the name of Discord": (GOOD + 'name = "discord"', ["issuer 1, name: discord is taken"]),
    "the name of an issuer of ours": (
        GOOD + 'name = "guildesk.discord"',
        ["issuer 1, name: begins with guildesk., as only Guildesk's own issuers do"],
    ),
    "the iss of an issuer of ours": (
        GOOD.replace('"shop"', '"guildesk.accounts"\nname = "shop"'),
        ["issuer 1, iss: begins with guildesk., as only Guildesk's own issuers do"],
    ),
    "the name of JWT_SECRET_KEY's": (GOOD + 'name = "default"', ["issuer 1, name: default is taken"]),
}


@pytest.mark.parametrize(("text", "faults"), WRONG.values(), ids=WRONG.keys())
def test_each_fault_has_its_line(tmp_path: Path, text: str, faults: list[str]) -> None:
    path = tmp_path / "issuers.toml"
    path.write_text(text)

    with pytest.raises(IssuersAreWrong) as wrong:
        read_issuers(path, has_default=True)

    told = wrong.value.faults
    assert [fault for fault in faults if not any(it.startswith(fault) for it in told)] == []
    assert all("\n" not in it for it in told)
    assert "swordfish" not in str(wrong.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(IssuersAreWrong, match="cannot be read: No such file"):
        read_issuers(tmp_path / "nope.toml", has_default=False)


def test_what_is_right(tmp_path: Path) -> None:
    path = tmp_path / "issuers.toml"
    path.write_text(GOOD.replace(KEY, 'name = "default"\njwks_url = "http://localhost:8080/jwks"'))

    issuer = read_issuers(path, has_default=False)["shop"]

    assert (issuer.name, issuer.jwks_url) == ("default", "http://localhost:8080/jwks")


def test_secrets_are_known_and_stay_so_when_they_are_withdrawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("config.issuers.LOOK_EVERY", 0.0)
    path = tmp_path / "issuers.toml"
    path.write_text(GOOD)
    issuers = IssuersFile(path, has_default=False)
    first = set(issuers.secrets)

    path.write_text(GOOD.replace("swordfish", "another fish"))
    issuers.by_iss("shop")

    (old,) = first
    assert "swordfish" in old
    assert set(issuers.secrets) == {old, old.replace("swordfish", "another fish")}


def test_the_documented_file_is_right(tmp_path: Path) -> None:
    (example,) = blocks(section(OPERATIONS, "Issuers"), "toml")
    path = tmp_path / "issuers.toml"
    path.write_text(example)

    issuers = read_issuers(path, has_default=True)

    assert {it.name for it in issuers.values()} == {"accounts", "shop"}
    assert set(issuers["shop"].keys) == {"2026-05", "2026-11"}


@pytest.mark.parametrize(
    ("secret", "fault"),
    [
        ("ab" * 20, "secret is a few characters over and over"),
        ("fill in what openssl rand -base64 48 gives", "secret stands in public documents"),
    ],
)
def test_in_production_no_secret_is_one_that_others_know_or_guess(
    tmp_path: Path, secret: str, fault: str
) -> None:
    path = tmp_path / "issuers.toml"
    path.write_text(GOOD.replace(SECRET, secret))

    assert read_issuers(path, has_default=True)
    with pytest.raises(IssuersAreWrong) as wrong:
        IssuersFile(path, has_default=True, in_production=True)

    assert wrong.value.faults == [f"issuer 1, key one: {fault}"]
