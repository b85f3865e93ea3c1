# Zeilen des Log-Kanals, die sonst nirgends stehen.

channel-was-removed = Der Kanal wurde entfernt, weil { $who } dieses Ticket geschlossen hat.
channel-was-removed-by-hand = Jemand hat den Kanal von Hand entfernt.
channel-was-removed-by = { $who } hat den Kanal entfernt.
