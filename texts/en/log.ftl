# Lines of the log channel that stand nowhere else.

channel-was-removed = The channel was removed, as { $who } closed this ticket.
channel-was-removed-by-hand = Somebody removed the channel by hand.
channel-was-removed-by = { $who } removed the channel.
