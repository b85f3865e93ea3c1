"""Settings that are right, and dangerous all the same: a line for each, with the risk and its cure."""

from collections.abc import Iterator
from ipaddress import ip_address
from urllib.parse import urlsplit

from pydantic import SecretStr

from config.settings import Settings, Switch


def risks(settings: Settings) -> list[str]:
    """What is told as a warning at the start; never a secret."""
    return list(_risks(settings))


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
    if any(network.prefixlen == 0 for network in settings.trusted_proxies or ()):
        yield (
            "TRUSTED_PROXIES: trusts everybody: with X-Forwarded-For anybody is whatever address they like, "
            "and limits by address hold nobody; name the addresses of your proxies alone"
        )


def _is_open(url: str | SecretStr | None) -> bool:
    """Whether what goes there can be read on the way; on this machine nobody is on the way."""
    if url is None:
        return False
    parts = urlsplit(url.get_secret_value() if isinstance(url, SecretStr) else url)
    return parts.scheme == "http" and not _is_loopback(parts.hostname or "")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
