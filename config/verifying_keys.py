"""Keys that verify tokens, as an operator writes them down."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from config.secret_strength import SHORTEST, weakness

SMALLEST_RSA: Final = 2048
"""Bits (RFC 7518, section 3.3)."""


class Algorithm(StrEnum):
    """The algorithms of tokens."""

    HS256 = "HS256"
    RS256 = "RS256"
    ES256 = "ES256"
    EDDSA = "EdDSA"


@dataclass(frozen=True, slots=True)
class VerifyingKey:
    """A key and the one algorithm that it is for, so that a public key is never taken for a secret."""

    algorithm: Algorithm
    key: Any
    """Bytes of a secret, or cryptography's public key."""


class NoKey(Exception):
    """The text is no key. The message says why."""


def secret_key(secret: str, *, in_production: bool) -> VerifyingKey:
    """A key of HS256. Raises NoKey."""
    key = secret.encode()
    why = weakness(secret)
    if why is not None and (in_production or len(key) < SHORTEST):
        raise NoKey(f"secret {why}")
    return VerifyingKey(Algorithm.HS256, key)


def public_key(pem: str) -> VerifyingKey:
    """A public key in PEM. Raises NoKey, which says what it is instead."""
    try:
        return verifying_key(load_pem_public_key(pem.strip().encode("ascii")))
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise NoKey(f"public_key {_what_it_is(pem)}") from None


def _what_it_is(pem: str) -> str:
    if "-----BEGIN CERTIFICATE-----" in pem:
        return "is a certificate; take the key out of it: openssl x509 -pubkey -noout"
    if "ENCRYPTED" in pem:
        return "is a private key with a passphrase, which belongs to the backend alone; give the public key"
    if "PRIVATE KEY-----" in pem:
        return "is a private key, which belongs to the backend alone; its public one: openssl pkey -pubout"
    if pem.lstrip().startswith(("ssh-", "ecdsa-")):
        return "is in the form of OpenSSH; turn it into PEM: ssh-keygen -e -m PKCS8"
    return "is none in PEM"


def verifying_key(key: object) -> VerifyingKey:
    """The public key with its algorithm. Raises NoKey."""
    match key:
        case RSAPublicKey():
            if key.key_size < SMALLEST_RSA:
                raise NoKey(f"has fewer than {SMALLEST_RSA} bits")
            return VerifyingKey(Algorithm.RS256, key)
        case EllipticCurvePublicKey() if isinstance(key.curve, SECP256R1):
            return VerifyingKey(Algorithm.ES256, key)
        case Ed25519PublicKey():
            return VerifyingKey(Algorithm.EDDSA, key)
    raise NoKey("is of no kind that RS256, ES256 (P-256) or EdDSA (Ed25519) know")
