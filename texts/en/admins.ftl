# What admins are told that is no fault of theirs to put right.

card-is-refused = Discord refuses the card of a ticket; it is tried again: { $why }
category-is-full = The category { $name } is full: further channels are made beside it.
commands-are-refused = Discord refuses the commands; all else goes on: { $why }
commands-come-later = The commands can only be set up in { $seconds } s: { $why }
channel-is-not-seen = The bot cannot see channel { $channel } of a ticket any more.
