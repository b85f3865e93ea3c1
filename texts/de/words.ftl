# Wörter für das, was das Programm unter Namen kennt: Dringlichkeit, Support-Rolle, Status, Felder.

level =
    { $level ->
        [NORMAL] Normal
        [URGENT] Dringend
        [CRITICAL] Kritisch
       *[other] { $level }
    }
support-role =
    { $role ->
        [GENERAL] Allgemein
        [TECHNICAL] Technik
        [MANAGER] Leitung
        [ADMIN] Admin
       *[other] { $role }
    }
status =
    { $status ->
        [OPEN] Offen
        [PENDING] Wartend
        [RESOLVED] Gelöst
        [UNRESOLVED] Ungelöst
        [CANCELED] Abgebrochen
       *[other] { $status }
    }
listed-target =
    { $stands ->
        [at_risk] ⏳ wird knapp
       *[breached] ⏰ überfällig
    }
listed-user-role =
    { $role ->
        [CUSTOMER] Kundschaft
        [TEMP_USER] Gast
        [AGENT] Team
        [ADMIN] Admin
       *[other] { $role }
    }
field =
    { $field ->
        [topic] Thema
        [description] Beschreibung
        [requester] Fragende Person
        [assignee] Zuständig
        [issue_level] Dringlichkeit
        [support_role] Support-Rolle
        [labels] Labels
        [links] Verknüpfungen
        [close_reason] Grund des Schließens
        [feedback] Bewertung
        [category] Kategorie
       *[other] { $field }
    }
nothing = nichts
quoted = „{ $text }“
for-a-reason = { $what }: { $reason }
sentence = { $what }.

# Namen von Angaben zu einem Ticket, auf der Karte und beim Protokoll.

fact-requester = Anfrage von
fact-outcome = Ergebnis
fact-closed-by = Geschlossen von
fact-reason = Grund
fact-opened = Eröffnet
fact-closed = Geschlossen
fact-first-response = Erste Antwort
fact-messages = Nachrichten
fact-level = Dringlichkeit
fact-support-role = Support-Rolle
fact-writers = Wer geschrieben hat, mit Notizen
transcript-file = Protokoll
feedback-was-given = { $stars } für Ticket #{ $number } von { $name }
feedback-on-agent = { $what }, geholfen hat { $agent }

# Was von einer Nachricht ohne Worte zitiert wird.

deleted-message = eine gelöschte Nachricht
file-and-more = { $first } und { $count } weitere
