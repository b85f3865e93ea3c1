# Statistics: of /stats, and of each week in the log channel.

stats-heading =
    { $days ->
        [one] **Tickets of the last day**
       *[other] **Tickets of the last { $days } days**
    }
stats-week = **Tickets of the week from { $since } to { $until }**
stats-none = None was opened.
stats-opened = { $count } opened · { $resolved } resolved · { $unresolved } unresolved · { $canceled } canceled · { $open } still open
stats-first-answer = First answer
stats-resolution = Resolved
stats-took = { $what }: half of them within { $median }, nine of ten within { $most }
stats-by-agent = **By assignee**
stats-agent = { $name } · { $count } · { $resolved } resolved · first answer { $median }
