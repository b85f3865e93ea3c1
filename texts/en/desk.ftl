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
desk-user-note = Note
desk-user-note-about = For staff alone.
desk-user-block = Blocked: they may read, and nothing else
desk-user-reason = Reason
desk-user-save = Save
desk-user-saved = Saved.
desk-user-not-saved = That was not saved: staff can be blocked by admins alone, and nobody who is blocked can change anything.
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
