# Was das Team auf den Seiten des Arbeitsplatzes liest.

desk-queue = Was auf uns wartet
desk-nothing-waits = Nichts wartet auf uns.
desk-more-wait = Dahinter warten noch mehr Tickets.
desk-asked = Was gefragt wurde
desk-answer = Ihre Antwort
desk-queue-short = Wartend
desk-record = Der ganze Verlauf, mit Notizen
desk-tickets = Tickets
desk-users = Personen
desk-figures = Zahlen
desk-search = Wörter in Themen, Nachrichten und Notizen
desk-status = Status
desk-level = Dringlichkeit
desk-role = Support-Rolle
desk-form = Formular
desk-agent = Agent
desk-any = alle
desk-look = Suchen
desk-none = Es gibt kein solches Ticket.
desk-has-it = bei { $who }
desk-users-none = Noch hat niemand geschrieben.
desk-user-tickets = { $count ->
    [one] { $count } Ticket
   *[other] { $count } Tickets
}
desk-user-blocked = Gesperrt
desk-user-note = Notiz
desk-user-note-about = Nur für das Team.
desk-user-block = Gesperrt: darf lesen, und sonst nichts
desk-user-reason = Grund
desk-user-save = Speichern
desk-user-saved = Gespeichert.
desk-user-not-saved = Das wurde nicht gespeichert: Das Team sperren nur Admins, und wer gesperrt ist, ändert nichts.
desk-span = Zeitraum
desk-days = { $count ->
    [365] Ein Jahr
   *[other] { $count } Tage
}
desk-opened = Eröffnet
desk-still-open = { $count } davon noch offen
desk-solved = Gelöst
desk-first-answer = Erste Antwort
desk-solution = Lösung
desk-nine-of-ten = neun von zehn in { $took }
desk-kept-first-answer = Erste Antwort rechtzeitig
desk-kept-solution = Lösung rechtzeitig
desk-rating = Bewertung
desk-ratings = { $count ->
    [one] { $count } Bewertung bisher
   *[other] { $count } Bewertungen bisher
}
desk-by-day = Nach Tag der Eröffnung
desk-day = Tag
desk-nine-of-ten-in = Neun von zehn
desk-waiting-now = Warten gerade
desk-longest-wait = am längsten seit { $took }
desk-closed = Geschlossen
desk-backlog = Offen am Ende jedes Tages
desk-backlog-about = Ein wieder geöffnetes Ticket zählt als offen, bis es endgültig geschlossen ist.
desk-left = Noch offen
desk-on-time = Rechtzeitig, nach Tag der Eröffnung
desk-with-target = Fällig
desk-target-kept = Rechtzeitig
desk-no-targets = Kein Ticket dieses Zeitraums hatte bisher ein Ziel.
desk-by-hour = Nach Stunde der Eröffnung (UTC)
desk-hour = Stunde
desk-as-table = Als Tabelle
desk-nobody = niemand
desk-save-csv = Als CSV speichern
