# Die Karte oben im Kanal eines Tickets, ihre Knöpfe, und was „Mehr“ öffnet.

card-new = Neues Ticket für { $who }
card-rest = Nicht alles passt hierher. Der Rest steht in einer Nachricht weiter unten.
card-topic = Thema
card-state = Stand
card-description = Beschreibung
card-answers = Antworten
card-category = Kategorie: { $category }
card-requester = Anfrage von
card-staffs-word = Was das Team weiß
card-assignee = Zuständig
card-targets = Ziele
card-target =
    { $target ->
        [first_response] { $stands ->
            [due] Erste Antwort fällig { $at }
            [late] ⏰ Erste Antwort überfällig, fällig { $at }
           *[paused] Erste Antwort: Die Uhr steht
        }
       *[resolution] { $stands ->
            [due] Lösung fällig { $at }
            [late] ⏰ Lösung überfällig, fällig { $at }
           *[paused] Lösung: Die Uhr steht
        }
    }
card-labels = Labels
card-links = Verknüpfte Tickets
card-metadata = Was die App mitgibt

card-level = **{ $level }**
card-aside = zurückgestellt bis { $until }
card-aside-until-a-word = zurückgestellt, bis die Kundenseite schreibt
card-close-asked = gefragt, ob es fertig ist, { $at }
card-closes = wird geschlossen { $at }
card-closed = geschlossen { $at }
card-merged = aufgegangen in { $other }

card-first-ticket = erstes Ticket
card-nth-ticket = { $number }. Ticket
card-last-open = { $which }, das letzte { $last } ist offen
card-last-closed = { $which }, das letzte { $last } { $status } { $at }
card-last-status =
    { $status ->
        [RESOLVED] gelöst
        [UNRESOLVED] nicht gelöst
        [CANCELED] abgebrochen
       *[other] { $status }
    }
card-message = Nachricht { $seq }
card-seen = Hat alles gesehen bis { $place }
card-linked = Verknüpft mit { $tickets }
card-nobodys = Noch hat es niemand.
card-assigned = Zugewiesen an { $name }

claim-button = Übernehmen
release-button = Abgeben
requester-button = Bisherige Tickets
ask-close-button = Fragen, ob fertig
block-button = Sperren oder entsperren

more-heading = **Was sonst mit Ticket { $number } geschehen soll**
level-select = Dringlichkeit
level-choice = Dringlichkeit: { $level }
team-select = Support-Rolle
team-choice = Für: { $role }
assign-select = Zuweisen an
assign-choice = Zuweisen an { $name }
label-select = Labels
label-choice = Label: { $label }
label-choice-off = Wegnehmen: { $label }
snooze-select = Zurückstellen
snooze-choice =
    { $span ->
        [hour] Eine Stunde zurückstellen
        [four-hours] 4 Stunden zurückstellen
        [day] Einen Tag zurückstellen
        [three-days] 3 Tage zurückstellen
        [week] Eine Woche zurückstellen
       *[other] { $span } zurückstellen
    }
snooze-choice-word = Zurückstellen, bis die Kundenseite schreibt
snooze-choice-over = Wieder aufnehmen
block-form = Kundenseite sperren
block-days = Für wie viele Tage; leer: bis zum Aufheben
reason-for-staff = Grund (nur das Team sieht ihn)
give-days = Nennen Sie eine Zahl von Tagen von 1 bis { $most }, oder keine.
