"""What staff can do in Discord: an action is in this list, or it is nowhere."""

from collections.abc import Sequence

from cogs.action import Action
from cogs.assigning import Assigning
from cogs.claiming import Claiming
from cogs.closing import Closing
from cogs.duty import Duty
from cogs.releasing import Releasing

ACTIONS: Sequence[type[Action]] = (
    Closing,
    Claiming,
    Releasing,
    Assigning,
    Duty,
)
