# mypy: ignore-errors
# It is of revision a5a5475, and imports what has other names today.
"""Who is in the stores, and how they prove it."""

import base64
import json

from api.auth import TokenRefused, Verified
from tickets.model import Caller, Person, SupportRole, UserKey, UserRole

SHOP = "shop.example"
ANN = Person(UserKey("default", "ann"), "Ann <b>@everyone</b> & Co.", UserRole.CUSTOMER, "ann@example.test")
ANNA = Person(UserKey(SHOP, "ann"), "安娜 李", UserRole.CUSTOMER, "ann@shop.example")
BOB = Person(UserKey("default", "bob"), "Bob, who is blocked", UserRole.CUSTOMER, "bob@example.test")
CLEO = Person(UserKey("default", "cleo"), "Cleo", UserRole.CUSTOMER, "cleo@example.test")
GUEST = Person(UserKey("default", "guest-7"), "Guest", UserRole.TEMP_USER, "guest-7@guest.invalid")
STAYS = Person(UserKey("default", "guest-8"), "Гость №8", UserRole.TEMP_USER, "guest-8@guest.invalid")
ODD = Person(
    UserKey(SHOP, "odd id/with ?#.$ü"),
    '\u202eO\'Neil "x" {a.b} $1 \U0001f600',
    UserRole.CUSTOMER,
    "odd@shop.example",
)
LONG = Person(UserKey("default", "l" * 256), "N" * 256, UserRole.CUSTOMER, "long@example.test")
SAM = Person(UserKey("default", "sam"), "Sam", UserRole.AGENT, "sam@example.test")
ADA = Person(UserKey("default", "ada"), "Ada", UserRole.ADMIN, "ada@example.test")
ZED = Person(UserKey(SHOP, "zed"), "Zed", UserRole.ADMIN, "zed@shop.example")

SAM_IN_DISCORD = Person(
    UserKey("discord", "1000000000000000077"),
    "Sam of Support",
    UserRole.AGENT,
    support_role=SupportRole.MANAGER,
)
DORA = Person(UserKey("discord", "1000000000000000088"), "Dora *of* Discord", UserRole.AGENT)

ASKING = {
    "admin": ADA,
    "admin of the shop": ZED,
    "agent": SAM,
    "customer": ANN,
    "merged": CLEO,
    "guest": STAYS,
}
ASKING |= {"customer of the shop": ANNA}


def token(person: Person) -> str:
    said = [person.key.issuer, person.key.id, person.name, person.role, person.email]
    return base64.urlsafe_b64encode(json.dumps(said).encode()).decode()


class Trusting:
    """Believes what a token says."""

    async def verify(self, token: str) -> Verified:
        try:
            issuer, user, name, role, email = json.loads(base64.urlsafe_b64decode(token))
        except ValueError:
            raise TokenRefused("token malformed") from None
        return Verified(Caller(Person(UserKey(issuer, user), name, UserRole(role), email)), 0, float("inf"))
