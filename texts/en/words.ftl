# Words for what the program knows by names: levels, support roles, statuses, fields.

level = { $level }
support-role = { $role }
status = { $status }
listed-level =
    { $level ->
        [NORMAL] Normal
        [URGENT] Urgent
        [CRITICAL] Critical
       *[other] { $level }
    }
listed-support-role =
    { $role ->
        [GENERAL] General
        [TECHNICAL] Technical
        [MANAGER] Manager
        [ADMIN] Admin
       *[other] { $role }
    }
listed-status =
    { $status ->
        [OPEN] Open
        [PENDING] Pending
        [RESOLVED] Resolved
        [UNRESOLVED] Unresolved
        [CANCELED] Canceled
       *[other] { $status }
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
