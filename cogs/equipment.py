"""The list of all actions in Discord. An action exists only if it is in this list."""

from collections.abc import Sequence

from cogs.action import Action
from cogs.asking import Asking
from cogs.assigning import Assigning
from cogs.canning import Canning
from cogs.claiming import Claiming
from cogs.closing import Closing
from cogs.correcting import Correcting
from cogs.describing import Describing
from cogs.doctoring import Doctoring
from cogs.duty import Duty
from cogs.finding import Finding
from cogs.keeping import Keeping
from cogs.labeling import Labeling
from cogs.leveling import Leveling
from cogs.linking import Linking
from cogs.merging import Merging
from cogs.noting import Noting
from cogs.opening import Opening
from cogs.own_tickets import OwnTickets
from cogs.paneling import Paneling
from cogs.queueing import Queueing
from cogs.reading import Reading
from cogs.releasing import Releasing
from cogs.remembering import Remembering
from cogs.reopening import Reopening
from cogs.reporting import Reporting
from cogs.requesters import Requesters
from cogs.snoozing import Snoozing
from cogs.taking_part import TakingPart
from cogs.thread_buttons import OwnThreads
from cogs.transferring import Transferring

ACTIONS: Sequence[type[Action]] = (
    Claiming,
    Releasing,
    Closing,
    Assigning,
    Transferring,
    Leveling,
    Labeling,
    Describing,
    Noting,
    Canning,
    Correcting,
    Merging,
    Linking,
    TakingPart,
    Snoozing,
    Asking,
    Keeping,
    Reopening,
    Queueing,
    OwnTickets,
    Finding,
    Reading,
    Remembering,
    Requesters,
    Reporting,
    Duty,
    Opening,
    Paneling,
    Doctoring,
    OwnThreads,
)
