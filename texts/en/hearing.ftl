# What the bot answers to messages of staff in the channel of a ticket.

not-sent = Not sent: { $why }
not-kept = Not kept: { $why }
edit-not-sent = The edit was not sent: { $why }
only-staff-speaks = only staff speaks to the requester.
only-staff-notes = only staff writes notes.
nothing-to-pass-on = there is nothing in this message that could be passed on.
closed-before-read = Kept as a note, not sent: ticket { $number } was closed before this was read.
still-a-note = This is still a note: post it anew, and the requester sees it.
kept-as-note = Kept as a note.
note-for-colleagues = Kept as a note, because it mentions a colleague or a role: the requester does not see it. Post it without the mention to send it.
something-did-not-go = Something did not go: { $what }.
bots-are-not-staff = only staff speaks to the requester, and this is a bot.
nothing-was-deleted-for-it = no message of staff's was deleted for it.
file-is-too-large = { $name } has { NUMBER($size, useGrouping: 1) } bytes, and { NUMBER($most, useGrouping: 1) } are the most
file-is-not-to-be-had = { $name } could not be had from Discord
