# Was der Support selbst denen sagt, die gefragt haben, in der Sprache ihres Tickets. Spannen stehen im Dativ.

reminder = Seit { $silent_for } haben wir nichts von Ihnen gehört. Brauchen Sie noch Hilfe?
reminder-before-closing = Seit { $silent_for } haben wir nichts von Ihnen gehört. Brauchen Sie noch Hilfe? Ohne Antwort wird dieses Ticket in { $closes_in } geschlossen.
closed-for-silence = Seit { $silent_for } kam keine Antwort.
span-days =
    { $count ->
        [one] { $count } Tag
       *[other] { $count } Tagen
    }
span-hours =
    { $count ->
        [one] { $count } Stunde
       *[other] { $count } Stunden
    }
span-minutes =
    { $count ->
        [one] { $count } Minute
       *[other] { $count } Minuten
    }
channel-was-deleted = Sein Kanal wurde gelöscht.

# Was in einer Nachricht des Teams keine Worte sind.

a-sticker = [Sticker: { $name }]
a-poll = [Umfrage: { $question } – { $answers }]
an-activity = [Einladung zu einer Aktivität]
an-activity-with-name = [Einladung zu einer Aktivität: { $name }]
a-voice-message = [Sprachnachricht, { $seconds } s]
is-forwarded = [Weitergeleitet]
a-forwarded-file = [Weitergeleitete Datei: { $name }]
file-was-too-large = [Eine Datei war zu groß: { $name }, { NUMBER($size, useGrouping: 1) } Bytes]
file-was-not-to-be-had = [Eine Datei konnte nicht mitgeschickt werden: { $name }]
unknown-user = @unbekannt
unknown-role = @unbekannte Rolle
unknown-channel = #unbekannter Kanal

# Was statt der Namen aus dem Team zu lesen ist, wo die der Support-Rollen gelten.

staff-name =
    { $role ->
        [TECHNICAL] Technischer Support
        [MANAGER] Leitung
        [ADMIN] Administration
       *[GENERAL] Support
    }
