"""What is refused around accounts. None of it is said in Discord.

Refusal
├── NotFound       AccountNotFound, SessionNotFound, AccountsAreOff, GuestsAreOff
├── Conflict       EmailIsTaken, OwnAccount, PhoneIsMissing
├── NotAllowed     AccountOnly, PasswordIsWrong, StaffSignupRefused
└── Invalid        PasswordIsWeak, LinkIsNoGood, CodeIsNoGood

LoginFailed, NotStaffInDiscord, SessionIsOver, TooManyTries, TooBusy and DiscordIsAway are no refusals: they
say nothing about the desk."""

from tickets.refusals import Conflict, Invalid, NotAllowed, NotFound


class AccountNotFound(NotFound):
    code = "account_not_found"

    def __init__(self, account: str) -> None:
        super().__init__(f"There is no account {account}.", account=account)


class SessionNotFound(NotFound):
    code = "session_not_found"

    def __init__(self, session: str) -> None:
        super().__init__(f"There is no session {session}.", session=session)


class AccountsAreOff(NotFound):
    code = "accounts_off"

    def __init__(self) -> None:
        super().__init__("This desk keeps no accounts.")


class GuestsAreOff(NotFound):
    code = "guests_off"

    def __init__(self) -> None:
        super().__init__("This desk takes no guests.")


class EmailIsTaken(Conflict):
    code = "email_taken"

    def __init__(self) -> None:
        super().__init__("There is an account with this e-mail address already.")


class OwnAccount(Conflict):
    code = "own_account"

    def __init__(self) -> None:
        super().__init__("Nobody changes the role of their own account, or disables it.")


class PhoneIsMissing(Conflict):
    code = "phone_missing"

    def __init__(self) -> None:
        super().__init__("This account has no phone; give it one first.")


class AccountOnly(NotAllowed):
    code = "account_only"

    def __init__(self, what: str) -> None:
        super().__init__(f"Only who has an account here may {what}.", what=what)


class PasswordIsWrong(NotAllowed):
    code = "password_wrong"

    def __init__(self) -> None:
        super().__init__("The old password is wrong.")


class StaffSignupRefused(NotAllowed):
    code = "staff_signup_refused"

    def __init__(self) -> None:
        super().__init__("This role needs the key for staff, or the token of an admin.")


class PasswordIsWeak(Invalid):
    code = "password_weak"

    def __init__(self) -> None:
        super().__init__("This password is among the first that anybody would try; choose another.")


class LinkIsNoGood(Invalid):
    code = "link_no_good"

    def __init__(self) -> None:
        super().__init__("This link is no good any more; ask for a new one.")


class CodeIsNoGood(Invalid):
    code = "code_no_good"

    def __init__(self) -> None:
        super().__init__("This code is no good; ask for a new one.")


class LoginFailed(Exception):
    """Wrong address, wrong password, not confirmed, or disabled: nobody is told which."""


class SessionIsOver(Exception):
    """The refresh token is none of ours, too old, or was used before."""


class TooManyTries(Exception):
    """Whoever tries has to wait so many milliseconds."""

    def __init__(self, wait: int) -> None:
        super().__init__(wait)
        self.wait = wait


class NotStaffInDiscord(Exception):
    """Whoever signs in at the desk holds none of the roles that make somebody staff."""


class DiscordIsAway(Exception):
    """Discord does not say now who somebody is."""


class TooBusy(Exception):
    """So many passwords wait to be checked that nobody would wait for one more."""
