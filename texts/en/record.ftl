# The record of a ticket, as people read it: a page, Markdown, text.

record-title = Ticket { $number }: { $topic }
record-facts = About this ticket
record-metadata = Metadata
record-as-of = Ticket { $number }, as of
record-merged = Ticket { $number }, merged into this one: { $topic }
record-merged-ticket = Ticket { $number }, merged into this one:
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

record-conversation = Conversation
record-writers = Messages by
record-zone = Times are those of { $zone }.
record-to-end = To the end
record-ends = This is all of ticket { $number }.
record-until = until
record-before-edit = Before the edit of { $at }:
record-feedback = Feedback
record-link-lives = the link works as long as the desk keeps the file
record-file-removed = { $who } removed a file.
record-rated = { $who } gave { $stars }.
record-unrated = { $who } removed the feedback.
record-erased = { $who } erased all that was written.
record-absorbed = { $who } merged ticket { $number } into this one; its conversation stands below.

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
