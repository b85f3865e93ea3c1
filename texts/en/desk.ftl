# What staff reads on the pages of the desk.

desk-queue = What waits for us
desk-nothing-waits = Nothing waits for us.
desk-more-wait = More tickets wait behind these.
desk-asked = What was asked
desk-answer = Your answer
desk-queue-short = Waiting
desk-record = The whole record, with notes
desk-tickets = Tickets
desk-users = Users
desk-figures = Figures
desk-search = Words in topics, messages and notes
desk-status = Status
desk-level = Level
desk-role = Support role
desk-form = Form
desk-agent = Agent
desk-any = any
desk-look = Look
desk-none = There is no such ticket.
desk-has-it = with { $who }
desk-users-none = Nobody has written yet.
desk-user-tickets = { $count ->
    [one] { $count } ticket
   *[other] { $count } tickets
}
desk-user-blocked = Blocked
desk-user-mail-refused = A mail server says that nobody is at this address. No mail is sent until they confirm it. Since
desk-user-note = Note
desk-user-note-about = For staff alone.
desk-user-block = Blocked: they may read, and nothing else
desk-user-reason = Reason
desk-user-save = Save
desk-span = Span
desk-days = { $count ->
    [365] A year
   *[other] { $count } days
}
desk-opened = Opened
desk-still-open = { $count } of them still open
desk-solved = Solved
desk-first-answer = First answer
desk-solution = Solution
desk-nine-of-ten = nine of ten within { $took }
desk-kept-first-answer = First answer in time
desk-kept-solution = Solution in time
desk-rating = Rating
desk-ratings = { $count ->
    [one] { $count } rating ever
   *[other] { $count } ratings ever
}
desk-by-day = By day of opening
desk-day = Day
desk-nine-of-ten-in = Nine of ten
desk-waiting-now = Waiting now
desk-longest-wait = the longest for { $took }
desk-closed = Closed
desk-backlog = Open at the end of each day
desk-backlog-about = A ticket that was opened again counts as open until it is closed for good.
desk-left = Still open
desk-on-time = In time, by day of opening
desk-with-target = Due
desk-target-kept = In time
desk-no-targets = No ticket of this span has had a target yet.
desk-by-hour = By hour of opening (UTC)
desk-hour = Hour
desk-as-table = As a table
desk-nobody = nobody
desk-save-csv = Save as CSV
desk-done = Done.
desk-house = The desk
desk-agents = Agents
desk-canned = Canned answers
desk-forms = Forms
desk-notifications = Notifications
desk-webhooks = Webhooks
desk-looks = Looks
desk-erasures = Erasures
desk-settings = Settings
desk-processes = Processes
desk-change = Change
desk-add = Add
desk-delete = Delete
desk-remove = Remove
desk-live-told = The page shows what is new.
desk-assignee = Assignee
desk-assignee-me = me
desk-label = Label
desk-labels = Labels
desk-label-remove = Remove the label { $label }
desk-doing = What to do
desk-claim = Claim
desk-release = Release
desk-close = Close
desk-reopen = Open again
desk-is-note = Note
desk-note-add = Keep as a note
desk-note-words = A note, for staff alone
desk-canned-post = Or a canned answer
desk-requester = Requester
desk-for-admins = For admins
desk-export = Export everything
desk-looks-at-user = Who has looked at this person
desk-merge = Merge a guest
desk-merge-guest = Id of the guest
desk-merge-about = The guest's tickets, messages and files become this person's. It cannot be undone.
desk-erase = Erase everything
desk-erase-confirm = Write { $id } to confirm
desk-erase-about = All that was written by and about this person goes, for good. Figures stay.
desk-erasing = This person is being erased.
desk-duty-on = On duty
desk-duty-off = Off duty
desk-duty-on-me = Go on duty
desk-duty-off-me = Go off duty
desk-agents-none = Nobody has worked here yet.
desk-agent-load =
    { $count ->
        [one] { $count } open ticket
       *[other] { $count } open tickets
    }
desk-agent-any-role = any support role
desk-agent-capacity = At most so many open tickets
desk-agent-roles = Gets tickets of
desk-canned-name = Name
desk-canned-words = Words
desk-canned-about = {"{name}"}, {"{number}"}, {"{agent}"} and {"{topic}"} stand for the requester, the ticket's number, whoever posts it, and the topic.
desk-canned-new = A new one
desk-canned-none = There are none yet.
desk-canned-bad = A name is of small letters, digits and hyphens, and words must be there.
desk-canned-used =
    { $count ->
        [0] never used
        [one] used once
       *[other] used { $count } times
    }
desk-forms-about = As they stand in the desk file, which counts as soon as it is saved.
desk-form-default = usual
desk-form-closed = nobody there now
desk-question =
    { $kind ->
        [short] a line
        [long] a text
        [select] a choice
        [checkbox] a tick
       *[file] a file
    }
desk-question-required = required
desk-notifications-about = What waits to be sent, and what could not be sent.
desk-notifications-none = Nothing waits, and nothing has failed.
desk-notification-status =
    { $status ->
        [pending] waits
        [sent] sent
        [failed] failed
       *[suppressed] not needed
    }
desk-channel =
    { $channel ->
        [in_app] in the app
        [email] e-mail
       *[sms] text message
    }
desk-send-again = Send again
desk-webhooks-none = No backend hears of what happens.
desk-webhooks-listed-about = Backends add webhooks over the API; operators list further ones in the desk file.
desk-webhook-state =
    { $state ->
        [on] works
        [failing] takes nothing
       *[off] switched off
    }
desk-webhook-listed = listed in the desk file
desk-webhook-new = A new webhook
desk-webhook-url = Address
desk-webhook-description = Description
desk-webhook-events = Hears of
desk-webhook-secret = The new secret, shown this once
desk-webhook-both-sign = For a day, the one before signs too.
desk-webhook-test = Send a test
desk-webhook-rotate = Rotate the secret
desk-webhook-enable = Switch on
desk-webhook-disable = Switch off
desk-deliveries = Deliveries
desk-deliveries-none = Nothing was sent to it.
desk-delivery =
    { $status ->
        [pending] waits
        [delivered] delivered
       *[failed] failed
    }
desk-tries =
    { $count ->
        [one] one failed try
       *[other] { $count } failed tries
    }
desk-looks-about = Who of staff has looked at which ticket or person: over the API, here, and by commands in Discord.
desk-looks-none = Nobody has looked.
desk-look-at = When
desk-look-by = Who looked
desk-look-kind = At what
desk-look-user = Whom it is about
desk-looked-at =
    { $kind ->
        [transcript] the record of a ticket
        [conversation] a ticket's conversation
        [user] a person
       *[export] an export
    }
desk-look-days =
    { $count ->
        [1] the last day
        [365] the last year
       *[other] the last { $count } days
    }
desk-ticket-number = Ticket number
desk-erased = somebody who is erased
desk-erasures-about = Who is erased is asked for on their page. Each ends with a receipt that names nobody.
desk-erasures-none = Nobody was erased.
desk-erasure-state =
    { $state ->
        [asked] asked for
        [working] under way
        [waiting] waits for Discord
       *[done] done
    }
desk-erasure-tickets = { $done } of { $total } tickets
desk-erasure-left = What could not be removed
desk-settings-about = What counts in this process. Secrets are shown nowhere.
desk-setting = Setting
desk-value = Value
desk-secret = set, and secret
desk-set = set
desk-process-silent = gives no sign
desk-process-role =
    { $role ->
        [leader] leads
        [follower] would take over
       *[api] serves the API
    }
desk-process-own = this page comes from it
desk-process-started = Started
desk-process-seen = seen
desk-user-search = How their name, id or address begins
desk-user-nobody = Nobody is called so.
