"""What staff is pinged for: by the desk file, or else by the settings."""

from bot.showing.pings import WantedPings
from config.current_desk import CurrentDesk
from config.settings import Settings
from config.switch import Switch


def wanted_pings(settings: Settings, desk_file: CurrentDesk) -> WantedPings:
    """The pings that are wanted now."""
    said = desk_file.now.pings

    def either(by_file: bool | None, by_setting: Switch) -> bool:
        return by_setting is Switch.ON if by_file is None else by_file

    return WantedPings(
        new_ticket=either(said.new, settings.ping_new),
        message=either(said.message, settings.ping_message),
        assigned=either(said.assigned, settings.ping_assigned),
        transferred=either(said.transferred, settings.ping_transferred),
        critical=either(said.critical, settings.ping_critical),
        missed=either(said.missed, settings.ping_missed),
    )
