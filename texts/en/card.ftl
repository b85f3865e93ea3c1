# The card on top of a ticket's channel, its buttons, and what "More" opens.

card-new = New ticket for { $who }
card-rest = Not all of it fits here. The rest is in a message below.
card-topic = Topic
card-state = State
card-description = Description
card-answers = Answers
card-category = Category: { $category }
card-requester = Requester
card-staffs-word = What staff knows
card-assignee = Assignee
card-targets = Targets
card-target =
    { $target ->
        [first_response] { $stands ->
            [due] First answer due { $at }
            [late] ⏰ First answer late, due { $at }
           *[paused] First answer: the clock stands still
        }
       *[resolution] { $stands ->
            [due] Resolution due { $at }
            [late] ⏰ Resolution late, due { $at }
           *[paused] Resolution: the clock stands still
        }
    }
card-labels = Labels
card-links = Linked tickets
card-metadata = What the app has told

card-level = **{ $level }**
card-aside = aside until { $until }
card-aside-until-a-word = aside until the requester writes
card-close-asked = asked to close { $at }
card-closes = closes { $at }
card-closed = closed { $at }
card-merged = merged into { $other }

card-first-ticket = first ticket
card-nth-ticket = { $nth } ticket
card-last-open = { $which }, last { $last } is open
card-last-closed = { $which }, last { $last } { $status } { $at }
card-last-status =
    { $status ->
        [RESOLVED] resolved
        [UNRESOLVED] not resolved
        [CANCELED] canceled
       *[other] { $status }
    }
card-message = message { $seq }
card-seen = Has seen everything up to { $place }
card-linked = Linked with { $tickets }
card-nobodys = Nobody has this yet.
card-assigned = Assigned to { $name }

claim-button = Claim
release-button = Release
requester-button = Their tickets
ask-close-button = Ask to close
block-button = Block or unblock

more-heading = **What else to do with ticket { $number }**
level-select = Level
level-choice = Level: { $level }
team-select = Support role
team-choice = For: { $role }
assign-select = Assign to
assign-choice = Assign to { $name }
label-select = Labels
label-choice = Label: { $label }
label-choice-off = Take off: { $label }
snooze-select = Put aside
snooze-choice =
    { $span ->
        [hour] Aside for an hour
        [four-hours] Aside for 4 hours
        [day] Aside for a day
        [three-days] Aside for 3 days
        [week] Aside for a week
       *[other] Aside for { $span }
    }
snooze-choice-word = Aside until the requester writes
snooze-choice-over = Take it up again
block-form = Block the requester
block-days = For how many days; empty: until lifted
reason-for-staff = Reason (the requester never sees it)
give-days = Give a number of days from 1 to { $most }, or none.
