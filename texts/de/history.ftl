# Was der Verlauf im Protokoll eines Tickets sagt, hinter dem Namen. Englisch steht im Code.

history-opened = hat das Ticket eröffnet
history-changed = hat etwas geändert: { $field }
history-closed = hat das Ticket als { $status } geschlossen
history-merged = hat das Ticket mit Ticket { $number } zusammengeführt
history-absorbed = hat Ticket { $number } mit diesem zusammengeführt
history-reopened = hat das Ticket wieder geöffnet
history-rated = hat { $rating } von 5 Sternen gegeben
history-unrated = hat die Bewertung entfernt
history-labels = hat Labels geändert: neu { $added }, entfernt { $removed }
history-target =
    { $which ->
        [FIRST_RESPONSE_AT_RISK] hat erinnert: Die erste Antwort ist fällig
        [FIRST_RESPONSE_BREACHED] hat festgestellt: Die erste Antwort ist überfällig, sie war fällig
        [RESOLUTION_AT_RISK] hat erinnert: Die Lösung ist fällig
       *[RESOLUTION_BREACHED] hat festgestellt: Die Lösung ist überfällig, sie war fällig
    }
history-part =
    { $part ->
        [colleague] { $ends ->
            [True] hat jemanden entfernt
           *[False] hat jemanden hinzugefügt
        }
       *[subscriber] { $ends ->
            [True] hat ein Abonnement beendet
           *[False] hat ein Abonnement begonnen
        }
    }
history-snoozed = hat das Ticket zurückgestellt
history-unsnoozed = hat das Ticket wieder aufgenommen
history-close-asked = hat gefragt, ob das Ticket geschlossen werden kann
history-close-declined = hat gesagt, dass es noch nicht erledigt ist
history-closing = hat geplant, das Ticket zu schließen: { $at }
