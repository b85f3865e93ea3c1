"""Who asks and who answers in tests of the domain and of the stores."""

from tickets.model import Actor, AuthorType, Caller, Person, UserKey, UserRole

ANN = Person(UserKey("shop", "ann"), "Ann", UserRole.CUSTOMER, "ann@example.org")
BEN = Person(UserKey("shop", "ben"), "Ben", UserRole.CUSTOMER)
SAM = Person(UserKey(UserKey.DISCORD, "1001"), "Sam", UserRole.AGENT)
GUEST = Person(UserKey("shop", "guest"), "Guest", UserRole.TEMP_USER, "guest@example.org")
EVE = Person(UserKey("shop", "eve"), "Eve", UserRole.ADMIN)

AS_ANN, AS_BEN, AS_SAM, AS_EVE = Caller(ANN), Caller(BEN), Caller(SAM), Caller(EVE)

ANN_ASKS = Actor(AuthorType.REQUESTER, ANN.key)
SAM_ANSWERS = Actor(AuthorType.STAFF, SAM.key)
