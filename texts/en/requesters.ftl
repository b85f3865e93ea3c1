# What the desk itself says to requesters, in the language of their ticket.

reminder = We have not heard from you for { $silent_for }. Do you still need help?
reminder-before-closing = We have not heard from you for { $silent_for }. Do you still need help? Without an answer this ticket is closed in { $closes_in }.
closed-for-silence = There was no answer for { $silent_for }.
span-days =
    { $count ->
        [one] { $count } day
       *[other] { $count } days
    }
span-hours =
    { $count ->
        [one] { $count } hour
       *[other] { $count } hours
    }
span-minutes =
    { $count ->
        [one] { $count } minute
       *[other] { $count } minutes
    }
channel-was-deleted = Its channel was deleted.

# What in a message of staff's is no words.

a-sticker = [Sticker: { $name }]
a-poll = [Poll: { $question } – { $answers }]
an-activity = [Invitation to an activity]
an-activity-with-name = [Invitation to an activity: { $name }]
a-voice-message = [Voice message, { $seconds } s]
is-forwarded = [Forwarded]
a-forwarded-file = [Forwarded file: { $name }]
file-was-too-large = [A file was too large to be passed on: { $name }, { NUMBER($size, useGrouping: 1) } bytes]
file-was-not-to-be-had = [A file could not be passed on: { $name }]
unknown-user = @unknown user
unknown-role = @unknown role
unknown-channel = #unknown channel

# What they read instead of the names of staff, where names are those of support roles.

staff-name =
    { $role ->
        [TECHNICAL] Technical support
        [MANAGER] Management
        [ADMIN] Administration
       *[GENERAL] Support
    }
