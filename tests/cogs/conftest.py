"""An office for every test of what people do in Discord."""

from tests.office import desk_office as desk_office
