# Was das Team auf den Seiten des Arbeitsplatzes liest.

desk-queue = Was auf uns wartet
desk-nothing-waits = Nichts wartet auf uns.
desk-more-wait = Dahinter warten noch mehr Tickets.
desk-asked = Was gefragt wurde
desk-answer = Ihre Antwort
