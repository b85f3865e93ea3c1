"""Settings that are valid but dangerous: a line for each, with the risk and its cure."""

from collections.abc import Collection, Iterator
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_address
from urllib.parse import urlsplit

from pydantic import SecretStr

from config.mail_servers import IMAP, ServerAddress
from config.settings import Settings
from config.switch import Switch


def risks(settings: Settings) -> list[str]:
    """The risks, which are logged as warnings at the start. They contain no secrets."""
    return [*_risks(settings), *_risks_of_neighbours(settings)]


def _risks(settings: Settings) -> Iterator[str]:
    if _is_open(settings.public_url):
        yield (
            "PUBLIC_URL: is http: whoever is on the way reads and changes tokens, tickets and files; "
            "put a proxy with HTTPS in front, and name its https address"
        )
    if _is_open(settings.discord_api_url):
        yield (
            "DISCORD_API_URL: is http: whoever is on the way reads the bot's token, and is the bot from then "
            "on; use https"
        )
    for name, url in (
        ("ERROR_WEBHOOK_URL", settings.error_webhook_url),
        ("ERROR_BOT_WEBHOOK_URL", settings.error_bot_webhook_url),
    ):
        if _is_open(url):
            yield f"{name}: is http: whoever is on the way reads the reports, and can post there; use https"
    if settings.accounts is Switch.ON and settings.mail_url is None:
        yield (
            "ACCOUNTS: is on without MAIL_URL: nobody confirms an address, so anybody takes anybody's, "
            "and who forgot a password needs guildesk admin password; set MAIL_URL and MAIL_FROM"
        )
    if _is_everybody(settings.trusted_proxies or ()):
        yield (
            "TRUSTED_PROXIES: trusts everybody: with X-Forwarded-For anybody is whatever address they like, "
            "and limits by address hold nobody; name the addresses of your proxies alone"
        )


def _risks_of_neighbours(settings: Settings) -> Iterator[str]:
    """The risks around mails, text messages, webhooks and the widget."""
    if _is_open(settings.sms_url):
        yield (
            "SMS_URL: is http: whoever is on the way reads the gateway's word, all texts and the codes in "
            "them; use https"
        )
    if open_to := [it for it in settings.widget_origins or () if _is_open(it)]:
        yield (
            f"WIDGET_ORIGINS: {open_to[0]} is http: whoever is on the way has the tokens of those who write "
            "there; use https"
        )
    if settings.mail_inbound is not None and _is_plain_imap(settings.mail_inbound):
        yield ("MAIL_INBOUND: is imap: whoever is on the way reads the mailbox and its password; use imaps")
    if settings.webhook_private is Switch.ON and settings.in_production:
        yield (
            "WEBHOOK_PRIVATE: is on: whoever may add webhooks reaches your own network through this program; "
            "switch it off"
        )


def _is_open(url: str | SecretStr | None) -> bool:
    """Whether somebody on the way could read what is sent there. On this machine nobody can."""
    if url is None:
        return False
    parts = urlsplit(url.get_secret_value() if isinstance(url, SecretStr) else url)
    return parts.scheme == "http" and not _is_loopback(parts.hostname or "")


def _is_plain_imap(url: SecretStr) -> bool:
    at = ServerAddress.of(url.get_secret_value(), IMAP)
    return not at.is_encrypted and not _is_loopback(at.host)


def _is_everybody(networks: Collection[IPv4Network | IPv6Network]) -> bool:
    """Whether these networks together include every address."""
    v4 = collapse_addresses(it for it in networks if isinstance(it, IPv4Network))
    v6 = collapse_addresses(it for it in networks if isinstance(it, IPv6Network))
    return any(it.prefixlen == 0 for it in v4) or any(it.prefixlen == 0 for it in v6)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
