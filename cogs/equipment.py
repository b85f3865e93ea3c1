"""What staff can do with a command, beside closing."""

from discord.ext import commands

from cogs.assigning import Assigning
from cogs.claiming import Claiming
from cogs.duty import Duty
from cogs.releasing import Releasing
from cogs.staff import Staff
from tickets.desks.agent_desk import AgentDesk
from tickets.ports.channels import Channels


def equipment(desk: AgentDesk, channels: Channels, staff: Staff) -> tuple[commands.Cog, ...]:
    """One cog for each action."""
    return (
        Claiming(desk, channels, staff),
        Releasing(desk, channels, staff),
        Assigning(desk, channels, staff),
        Duty(desk, staff),
    )
