"""Settings that are on or off."""

from enum import StrEnum


class Switch(StrEnum):
    ON = "on"
    OFF = "off"
