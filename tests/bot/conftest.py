"""An office for every test of what shows tickets in Discord, and of what hears from it."""

from tests.bot.strict import strict as strict
from tests.office import desk_office as desk_office
