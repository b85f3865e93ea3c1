# Statistik: von /statistik, und jede Woche im Protokollkanal.

stats-heading =
    { $days ->
        [one] **Tickets des letzten Tages**
       *[other] **Tickets der letzten { $days } Tage**
    }
stats-week = **Tickets der Woche vom { $since } bis { $until }**
stats-none = Es wurde keines geöffnet.
stats-opened = { $count } geöffnet · { $resolved } gelöst · { $unresolved } ungelöst · { $canceled } zurückgezogen · { $open } noch offen
stats-first-answer = Erste Antwort
stats-resolution = Gelöst
stats-took = { $what }: die Hälfte innerhalb von { $median }, neun von zehn innerhalb von { $most }
stats-by-agent = **Nach Zuständigen**
stats-agent = { $name } · { $count } · { $resolved } gelöst · erste Antwort { $median }
