# The record of a ticket, as people read it: a page, Markdown, text. History is in English in the code.

record-title = Ticket { $number }: { $topic }
record-facts = Ticket
record-metadata = Metadata
record-history = History
record-description = Description
record-messages = Messages
record-as-of = Ticket { $number }, as of
record-merged = Ticket { $number }, merged into this one: { $topic }
record-merged-ticket = Ticket { $number }, merged into this one:
record-so-many = { $count } by
record-no-messages = There are none.
record-note = Note: staff only
record-deleted = deleted { $at }
record-deleted-at = This message was deleted:
record-edited = edited { $at }
record-edited-at = edited
record-in-answer = In answer to [{ $seq }], { $name }: { $words }
record-in-answer-to = In answer to
record-file = File: { $name } ({ $size } bytes)
record-linked-file = File: { $link }, { $size } bytes
record-before = before
record-after = after
record-said = said
nothing-there = none

record-e-mail = E-mail
record-user-id = User id
record-user = { $id } (issuer { $issuer })
record-role = Role
record-language = Language
record-category = Category
record-level = Issue level
record-status = Status
record-merged-into = Merged into
record-ticket = ticket { $number }
record-closed-by = by { $name } ({ $side })
record-no-reason = none given
record-ticket-id = Ticket id
record-side =
    { $side ->
        [REQUESTER] Requester
        [STAFF] Staff
        [SERVICE] Service
       *[SYSTEM] System
    }
user-role = { $role }
