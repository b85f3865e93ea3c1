# Lines in a ticket's channel and in its history, and lines of lists. Who did it stands in front.

somebody-by-hand = Somebody by hand

ticket-was-opened = { $who } opened this ticket.
ticket-was-reopened = { $who } opened this ticket again.
ticket-was-closed = { $who } closed this ticket as { $status }
staffs-turn-now = { $who } made it staff's turn ({ $status }).
requesters-turn-now = { $who } made it the requester's turn ({ $status }).
ticket-was-claimed = { $who } claimed this ticket.
ticket-was-given = { $who } gave this ticket to { $whom }.
ticket-was-released = { $who } released this ticket.
ticket-was-taken = { $who } took this ticket from { $whom }.
level-was-set = { $who } set the level from { $old } to { $new }.
ticket-was-passed = { $who } passed this ticket from { $old } to { $new }.
field-was-changed = { $who } changed the { $field }.
field-was-set = { $who } changed the { $field } from { $old } to { $new }.
ticket-was-snoozed = { $who } put this ticket aside until { $until }, or the requester's next word.
ticket-was-snoozed-until-a-word = { $who } put this ticket aside until the requester writes.
snooze-ended = { $who } took this ticket up again.
labels-were-added =
    { $count ->
        [one] { $who } added the label { $labels }.
       *[other] { $who } added the labels { $labels }.
    }
labels-were-removed =
    { $count ->
        [one] { $who } removed the label { $labels }.
       *[other] { $who } removed the labels { $labels }.
    }
labels-were-changed = { $who } added the labels { $added } and removed { $removed }.
close-was-asked = { $who } asked the requester whether this ticket can be closed.
close-was-declined = { $who } says that this is not done.
closing-was-called-off = { $who } called the closing off: this ticket stays open.
closing-was-planned = { $who } closes this ticket { $at }, unless somebody writes before

first-answer-is-due = ⏳ The first answer is due { $at }.
first-answer-is-late = ⏰ The first answer is late: it was due { $at }.
resolution-is-due = ⏳ The resolution is due { $at }.
resolution-is-late = ⏰ The resolution is late: it was due { $at }.

nobody-on-duty = Nobody of { $role } is on duty, so this ticket is assigned to nobody.
colleague-was-added = { $who } added { $whom }, who sees this channel now.
colleague-was-removed = { $who } took { $whom } out of this channel.
subscriber-joined = { $whom } is pinged when the requester writes here.
subscriber-left = { $whom } is no longer pinged when the requester writes here.
ticket-was-merged = { $who } merged this ticket into ticket { $into }.
ticket-was-absorbed = { $who } merged ticket { $number } into this one: { $topic }
ticket-was-absorbed-apart = { $who } merged ticket { $number } into this one. Not all who read here saw that ticket, so its conversation is not shown.
ticket-was-linked = { $who } linked this ticket with { $other }.
ticket-was-unlinked = { $who } took the link with { $other } back.
closed-by = Closed as { $status } by { $who }
transcript-link = [Transcript]({ $url })
transcript-button = Read it here
transcript-is-apart = The transcript of ticket { $number } is for those who saw the ticket, by the support role { $role }. [Read it]({ $url })
feedback-is-apart = There is feedback for ticket #{ $number }, for those who saw the ticket. [Read it]({ $url })
transcript-for-you = The transcript of ticket { $number }. It has the notes of staff, so do not pass it on.
transcript-is-large = The transcript of ticket { $number } is too large for Discord. [Read it]({ $url })
channel-goes = This channel goes { $at }.
channel-stays = { $who } keeps this channel open until { $at }.
keep-open-button = Keep open
reopen-button = Reopen
closed-and-reopened = Closed as { $status } by { $who }, and opened again since.
not-taken = ⚠️ Discord does not take something of { $who }: { $why }
note-by = 📝 Note by { $author }:
note-changed-by = 📝 Note changed by { $author }:
note-deleted-by = 📝 { $author } deleted a note.
message-was-deleted = 🗑️ { $who } deleted a message.
requester-has-left = ⚠️ { $who } is not a member of this server any more, or the Discord account was deleted. What you answer stays in the thread, where it is read if they come back{ $account ->
    [yes] ; they can also read it in the portal
   *[no] {""}
}. If they do not come back, close this ticket.
assignee-is-gone = Whoever has this ticket is not here any more. Who takes it?

closed-it = { $who } closed it as { $status } { $at }.
waits-since = began waiting { $at }
requesters-turn = the requester's turn
so-many-tickets =
    { $count ->
        [one] { $count } ticket
       *[other] { $count } tickets
    }
blocked-until = Blocked until { $at }
blocked = Blocked until somebody lifts it
mail-refused = No mail reaches them since { $at }: a mail server says that nobody is at their address
note-on = Note: { $note }

edited-by = Edited by { $name }:
only-the-beginning = This is only the beginning; { $file } holds all of it.
somebody = Somebody
side =
    { $side ->
        [REQUESTER] requester
        [STAFF] staff
        [SERVICE] service
       *[SYSTEM] system
    }
access-was-changed = ⚠️ Who may see this channel was changed by hand: { $what }. It is as before, because the ticket decides who sees it.
access-was-changed-by = ⚠️ Who may see this channel was changed by { $who }: { $what }. It is as before, because the ticket decides who sees it.
everybody-was-let-in = everybody was let in
was-let-in = { $who } was let in
was-shut-out = { $who } was shut out
bot-was-shut-out = the bot was shut out
the-role = the role { $role }
role-with-id = a role with the id { $id }
ticket-is-unknown = ⚠️ Guildesk does not know this ticket any more, because its store was restored. Nothing that is written here would reach anybody, so the channel is closed to writing. An admin decides what becomes of it.
earlier-messages = The newest { $shown } messages follow, each with its time. All that came before them is in this file.
