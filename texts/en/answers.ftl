# What somebody of staff reads alone, after a command or a button.

staff-only = Only staff can do this.
not-a-ticket-channel = This is not the channel of a ticket.

claimed = Ticket { $number } is yours.
released = Ticket { $number } is nobody's now.
labels-now = Labels of ticket { $number }: { $labels }.
no-labels-now = Ticket { $number } has no labels.
level-is-set = Ticket { $number } is { $level } now.
requester-is-asked = The requester is asked. If they agree, the ticket is resolved.
assign-to-staff = A ticket can only be assigned to somebody of staff, as the list offers them.
member-is-timed-out = { $name } is timed out in this guild and cannot answer.
member-does-not-see = { $name } does not see this channel.
assigned = Ticket { $number } is { $name }'s now.
close-form = Close this ticket
reason-for-requester = Reason (the requester sees it)
close-button = Close
outcome-is-given-later = Leave the outcome out: what is closed later is resolved if staff has posted, else unresolved.
closing-is-called-off = Ticket { $number } stays open: its closing is called off.
channel-is-kept = This channel goes { $at }.
closing-is-planned = This ticket is closed { $at }, unless somebody writes before.
closed = Ticket { $number } is closed as { $status }.
topic-shows-nothing = Give a topic that people can see.
topic-is-changed = The topic of ticket { $number } is changed.
status-is-set = Ticket { $number } is { $status } now.
off-duty = You are off duty.
on-duty = You are on duty for { $roles }.
on-duty-for-none = You are on duty for no support role.
more-button = More
nothing-found = No ticket that you can see has all of: { $words }
found-heading = **Tickets with all of:** { $words }
with-label = the label { $label }
of-requester = the requester of #{ $number }
more-of-requester = And { $count } more: `/find requester:{ $number }`
several-requesters = { $count } requesters are called so. Choose one from the list that appears while you type.
give-words = Give at least one word, a label, or the number of a ticket.
too-much-sought = That is too much at once: give fewer words.
none-here = There is none here; there may be more.
note-form = A note: the requester never sees it
note-label = Note
noted = Noted. The requester does not see it.
no-own-tickets = You have no open tickets. /next takes one.
own-tickets-heading = **Your open tickets**
take-next-button = Take next
queue-is-empty = No ticket that you can see waits for staff.
queue-heading = **The queue**
queue-heading-further = **The queue, further down**
taken-next = This is yours now:
give-number = Give the number of the ticket, or use this in its channel.
reopened = Ticket { $number } is open again.
snoozed = Aside until { $until }, or the requester's next word. /unsnooze ends it.
snoozed-until-a-word = Aside until the requester writes. /unsnooze ends it.
unsnoozed = Ticket { $number } is taken up again.
give-span = Give a time like `30m`, `2h`, `1d 12h`, `1w`, `tomorrow 9:00`, `friday` or `2026-12-24 8:30`.
passed = Ticket { $number } asks for { $role } now.
canned-form = A canned answer
canned-name = Name: letters, digits and hyphens
canned-content = Text
canned-placeholders = {"{"}name{"}"}, {"{"}number{"}"}, {"{"}agent{"}"} and {"{"}topic{"}"} are filled in.
canned-preview = So the requester reads it:
send-button = Send
canned-has-changed = It has changed meanwhile. So the requester reads it now:
canned-is-sent = Sent.
canned-is-kept = Kept as { $name }. /canned send sends it.
canned-is-removed = { $name } is removed.
no-canned = There are no canned answers yet. /canned new makes one.
canned-line = **{ $name }** · sent { $used }× · { $beginning }
and-more = … and { $count } more
canned-file = All canned answers. /canned import takes this file, also on another desk.
canned-brought = New: { $added }. Changed: { $changed }. There already: { $same }.
canned-does-not-know =
    { $count ->
        [one] ⚠️ { $unknown } is no placeholder, and stays as it is.
       *[other] ⚠️ These are no placeholders, and stay as they are: { $unknown }
    }
canned-name-is-none = Give a name of up to 40 letters from a to z, digits and hyphens.
canned-says-nothing = Give a text that people can see.
no-canned-file = This is no file of canned answers: it should be JSON, as /canned export gives it.
canned-file-is-wrong = Nothing was taken from the file: number { $number } lacks a name or a text, or is too long.
edit-form = Change what was posted for you
edit-content = Text (the requester's side follows)
form-came-too-late = The store was slow, and Discord shows no form so late. Please try again.
too-long-for-form = This is too long for a form. Take it back and post it anew.
message-is-changed = Changed, on the requester's side too.
note-is-changed = The note is changed.
message-is-taken-back = Taken back, on the requester's side too.
note-is-taken-back = The note is taken back.
not-posted-by-bot = The bot posted nothing of staff's here. What you typed yourself you edit and delete as usual in Discord.
only-author-or-manager = Only whoever posted it for the ticket can do this, or somebody of MANAGER and above; and nobody with a requester's words.
shows-no-message = This shows no message of the ticket.
never-edited = It was never edited.
earlier-versions = It said before:
colleague-added = { $name } sees this channel.
colleague-removed = { $name } sees this channel only if their role does.
add-staff-only = Only somebody of staff can be added to a ticket.
subscribed = You are pinged when the requester writes here. /unsubscribe ends it.
unsubscribed = You are pinged here only if the ticket is yours.
merged = Ticket { $number } is closed; this one, { $into }, goes on with its conversation.
linked = Tickets { $number } and { $other } name each other now.
unlinked = Tickets { $number } and { $other } no longer name each other.
close-outcome = Outcome
close-as-resolved = Resolved
close-as-unresolved = Unresolved
close-canned = Canned answer that is sent before
requester-spoke-last = The requester spoke last { $at }, and nobody has answered. Close the ticket all the same?
close-anyway-button = Close all the same

doctor-finds-nothing = Nothing is wrong. The file says what was tried, and who sees what.
doctor-found =
    { $faults ->
        [0] No fault
        [one] One fault
       *[other] { $faults } faults
    }, { $warnings ->
        [0] no warning
        [one] one warning
       *[other] { $warnings } warnings
    }. The file says what was tried, and who sees what.
doctor-more-in-file = The rest is in the file.
