# Words for what the program knows by names: levels, support roles, statuses, fields.

level =
    { $level ->
        [NORMAL] Normal
        [URGENT] Urgent
        [CRITICAL] Critical
       *[other] { $level }
    }
support-role =
    { $role ->
        [GENERAL] General
        [TECHNICAL] Technical
        [MANAGER] Manager
        [ADMIN] Admin
       *[other] { $role }
    }
status =
    { $status ->
        [OPEN] Open
        [PENDING] Pending
        [RESOLVED] Resolved
        [UNRESOLVED] Unresolved
        [CANCELED] Canceled
       *[other] { $status }
    }
listed-target =
    { $stands ->
        [at_risk] ⏳ soon late
       *[breached] ⏰ late
    }
listed-user-role =
    { $role ->
        [CUSTOMER] Customer
        [TEMP_USER] Guest
        [AGENT] Agent
        [ADMIN] Admin
       *[other] { $role }
    }
field =
    { $field ->
        [close_reason] reason for closing
       *[other] { $field }
    }
nothing = nothing
quoted = “{ $text }”
for-a-reason = { $what }: { $reason }
sentence = { $what }.

# Names of facts about a ticket, on its card and in the post with its transcript.

fact-requester = Requester
fact-outcome = Outcome
fact-closed-by = Closed by
fact-reason = Reason
fact-opened = Opened
fact-closed = Closed
fact-first-response = First response
fact-messages = Messages
fact-level = Level
fact-support-role = Support role
fact-writers = Who wrote, notes too
transcript-file = Transcript
feedback-was-given = { $stars } for ticket #{ $number } by { $name }
feedback-on-agent = { $what }, helped by { $agent }

# What is quoted of a message that has no words.

deleted-message = a message that is deleted
file-and-more = { $first } and { $count } more
