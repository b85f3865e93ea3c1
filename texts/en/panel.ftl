# Tickets that members of the guild open in Discord: panels, forms, and the threads of requesters.

open-ticket = Open a ticket
no-panel = There is no panel that you can see. An admin puts one up with /panel, in the channel where members ask.
no-such-member = This member has left the guild.
no-such-form = There is no such kind of ticket any more. Please choose another.
form-not-for-you = “{ $form }” is not open to you.
form-needs-words = A ticket needs a topic and a description.
form-needs-file = “{ $question }” needs a file that comes through: a smaller one, for instance. Nothing was opened.
form-topic = What is it about, in a few words?
form-description = Tell us more
bots-ask-nothing = Bots open no tickets.
ticket-opened = Ticket { $number } is open: { $thread }
nobody-is-there = Nobody is there just now. We answer as soon as we are back.
ticket-opened-later = Ticket { $number } is open. A private thread appears for it soon.

panel-title = How can we help?
panel-text = Choose what it is about. You then talk with staff in a private thread.
panel-choose = What is it about?
panel-is-up = The panel is up. Private threads with requesters are made in this channel.
panel-not-for-everyone = Not everybody can see this channel and write in its threads. Whoever shall open tickets needs View Channel and Send Messages in Threads here.
panel-refused = Discord does not take this panel: { $why }
panel-needs-text-channel = Put up a panel in a text channel.
panel-not-in-ticket = This is the channel of a ticket. Put up the panel where members ask.
panel-lacks-permissions = I lack permissions in this channel, and members could not talk with staff in its threads: { $permissions }.
panel-no-such-kind = There is no kind of ticket { $kind }. There are: { $kinds }.
panel-needs-kinds = A panel needs a kind of ticket that members can open. There are: { $kinds }.

only-requester-speaks = only whoever opened the ticket writes here. Staff writes in the ticket's channel.

thread-welcome = this is ticket **{ $number }**. Write here whatever we should know, files too: staff reads it and answers here.
thread-lacks = ⚠️ Something could not be shown here: { $why }
thread-closed =
    Ticket { $number } is closed: { $status ->
        [RESOLVED] resolved
        [CANCELED] canceled
       *[UNRESOLVED] unresolved
    }{ $own ->
        [yes] {""}
       *[no] , by { $who }
    }. How was our help?
thread-closed-because =
    Ticket { $number } is closed: { $status ->
        [RESOLVED] resolved
        [CANCELED] canceled
       *[UNRESOLVED] unresolved
    }{ $own ->
        [yes] {""}
       *[no] , by { $who }
    }: { $why }
    How was our help?
thread-merged = { $who } merged your ticket { $number } into this one: please go on here.
thread-merged-into = { $who } merged this ticket into your ticket { $into }: please go on there.
thread-reopened = { $who } opened this ticket again.
thread-close-asked = { $who } asks: is all done, and can this ticket be closed?
thread-closing-called-off = { $who } called the closing off: this ticket stays open.
thread-closing-planned = { $who } closes this ticket { $at }, unless you write before.
thread-closing-planned-because = { $who } closes this ticket { $at }, unless you write before: { $why }

own-close = Close
own-accept = Yes, close it
own-decline = No, go on
own-rate = Rate
own-reopen = Open again
own-closed = Ticket { $number } is closed.
own-goes-on = Ticket { $number } stays open. Tell us what is missing.
own-rated = Thank you.
own-reopened = Ticket { $number } is open again.
rating-title =
    { $stars ->
        [one] 1 star
       *[other] { $stars } stars
    }
rating-comment = Would you like to add something?

form-name =
    { $form ->
        [bug] Bug
        [feature] Idea
        [support] Support
       *[other] Other
    }
form-what-for =
    { $form ->
        [bug] Something does not work as it should.
        [feature] Something is missing, or could be better.
        [support] A question, or help with something.
       *[other] Anything else.
    }
