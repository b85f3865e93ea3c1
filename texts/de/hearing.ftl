# Was der Bot dem Team im Kanal eines Tickets auf Nachrichten antwortet.

not-sent = Nicht gesendet: { $why }
not-kept = Nicht gespeichert: { $why }
edit-not-sent = Die Änderung wurde nicht gesendet: { $why }
only-staff-speaks = Hier schreibt nur das Team.
only-staff-notes = Notizen schreibt nur das Team.
nothing-to-pass-on = In dieser Nachricht steht nichts, was weitergegeben werden kann.
closed-before-read = Nicht gesendet, sondern als Notiz gespeichert: Ticket { $number } wurde vorher geschlossen.
still-a-note = Das bleibt eine Notiz. Schreiben Sie es neu, damit es im Ticket zu lesen ist.
kept-as-note = Als Notiz gespeichert.
note-for-colleagues = Als Notiz behalten, weil jemand aus dem Team oder eine Rolle erwähnt ist: Die Kundenseite sieht es nicht. Ohne die Erwähnung wird es gesendet.
something-did-not-go = Nicht alles ist angekommen: { $what }.
bots-are-not-staff = Hier schreibt nur das Team, und das ist ein Bot.
nothing-was-deleted-for-it = Es wurde keine Nachricht des Teams dafür gelöscht.
file-is-too-large = { $name } hat { NUMBER($size, useGrouping: 1) } Bytes, erlaubt sind { NUMBER($most, useGrouping: 1) }
file-is-not-to-be-had = { $name } war von Discord nicht zu bekommen
