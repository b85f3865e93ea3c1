# Why something is not done, by the refusal's code. The API words these by itself, in English.

refusal-ticket_not_found = There is no ticket { $ticket }.
refusal-message_not_found = There is no such message in this ticket.
refusal-file_not_found = There is no such file.
refusal-agent_not_found = There is no agent { $agent }.
refusal-user_not_found = There is no user { $user }.
refusal-erasure_not_found = There is no erasure { $id }.
refusal-feedback_not_found = There is no feedback on ticket { $number }.
refusal-canned_not_found = There is no canned answer { $name }.
refusal-notification_not_found = There is no such notification.
refusal-cannot_reach_user = { $user } cannot be reached by { $channel }: it is not set up, or no verified address is known.
refusal-notification_not_failed = This notification has not failed.

refusal-ticket_claimed = Ticket { $number } belongs to { $name }.
refusal-nobody_above = Ticket { $number } asks for the highest support role already.
refusal-nothing_waits = No ticket that you can see waits for somebody.
refusal-ticket_snoozed = Ticket { $number } is put aside; take it up again first.
refusal-ticket_not_snoozed = Ticket { $number } is not put aside.
refusal-close_asked = The requester of ticket { $number } is asked already whether it can be closed.
refusal-close_not_asked = Nobody asks just now whether ticket { $number } can be closed.
refusal-too_many_links = Ticket { $number } is linked with { $most } tickets, and has no room for more.
refusal-linked_to_itself = Ticket { $number } cannot be linked with itself.
refusal-too_many_labels = Ticket { $number } has { $most } labels, and no room for more.
refusal-too_much_metadata = Ticket { $number } has room for { $most } pairs of metadata.
refusal-agent_has_tickets = Agent { $agent } has open tickets; assign them to somebody else first.
refusal-agent_does_not_see_ticket = { $agent } does not see tickets for { $role } in Discord, so none is given to them.
refusal-agent_linked = This Discord user is agent { $agent } already.
refusal-requester_spoke_last = The requester of ticket { $number } spoke last.
refusal-canned_exists = There is a canned answer { $name } already.
refusal-canned_too_long = Filled in for this ticket, { $name } has more than { $most } characters. Please shorten it with /canned edit, or write the answer yourself.
refusal-too_many_canned = There are { $most } canned answers already; remove some first.
refusal-webhook_not_found = There is no webhook { $webhook }.
refusal-delivery_not_found = There is no delivery { $delivery } of this webhook.
refusal-too_many_webhooks = Your issuer has { $most } webhooks already; remove some first.
refusal-webhook_disabled = The webhook { $webhook } is disabled; enable it first.
refusal-webhooks_listed = For these users, operators list webhooks in the desk file.
refusal-webhook_url_not_allowed = The URL { $fault }.
refusal-feedback_already_given = Feedback on ticket { $number } was given already.
refusal-cannot_merge_tickets =
    These tickets cannot be merged: { $why ->
        [same] they are one
       *[other_requester] they have different requesters
    }.
refusal-cannot_merge = These users cannot be merged.
refusal-position_unknown = This feed never had the position { $position }; begin anew.

refusal-ticket_closed = Ticket { $number } is closed.
refusal-ticket_merged = Ticket { $number } was merged into ticket { $into }.
refusal-ticket_erased = Ticket { $number } is erased.
refusal-ticket_open = Ticket { $number } is open already.
refusal-move_not_allowed =
    This is not possible here: { $why ->
        [staff_first] staff has not posted a message yet
        [is_closed] a closed ticket can only be reopened
        [staff_only] only staff may
        [requester_only] only its requester may
        [would_not_close] that would not close it
       *[closing_alone] closing is no change among others
    }.
refusal-not_the_author = Only its author may change a message.
refusal-not_the_uploader = Only its uploader or an admin may delete a file.
refusal-staff_only = Only staff can do this.
refusal-admin_only = Only an admin can do this.
refusal-requester_only = Only the ticket's requester can do this.
refusal-staff_must_answer_first = You may post once staff has answered this ticket.
refusal-blocked = You are blocked: you may read, delete your messages, and close without a reason.
refusal-too_many_open_tickets =
    { $most ->
        [one] You may have one open ticket at once; close it first.
       *[other] You may have { $most } open tickets at once; close one that is done with first.
    }
refusal-too_many_of_form =
    { $most ->
        [one] You may have one open ticket “{ $name }” at once; go on there first.
       *[other] Of “{ $name }” you may have { $most } open tickets at once; go on in one of those first.
    }
refusal-form_cools_down = You may open the next ticket “{ $name }” <t:{ $at }:R>.
refusal-too_many_uploads = You have uploaded too much that no ticket or message uses.
refusal-ticket_not_closed = Ticket { $number } is not closed yet.
refusal-reopen_window_over = Ticket { $number } was closed too long ago to be reopened; please open a new one.

refusal-nothing_to_say = A message needs content or a file.
refusal-upload_not_found = There is no such unused upload of yours.
refusal-ticket_changed = Ticket { $number } was changed meanwhile; its version is { $version }.
refusal-label_not_allowed = A label is 1 to 40 of the characters a-z, 0-9 and -.
refusal-time_not_allowed = Give a time in the future, at most a year from now.
refusal-category_unknown = There is no category { $category }; there are { $known }.
refusal-answers_invalid =
    { $why ->
        [missing] “{ $question }” needs an answer.
        [too_long] The answer to “{ $question }” is too long.
        [no_option] “{ $question }” takes one of its options.
        [no_text] “{ $question }” takes a text.
        [no_tick] “{ $question }” takes a tick.
        [too_many_files] A ticket is opened with 10 files at most.
       *[not_asked] This form does not ask “{ $question }”.
    }

your-words = What you wrote:
went-wrong = That did not work. Please try again; if it stays so, whoever runs the desk finds the reason in the log.
search-is-behind = What was written lately is still being made ready for searches. Please search again in a few seconds.
store-is-away = The store does not answer just now; nothing was changed. Please try again in a minute.
