# Das Protokoll eines Tickets, wie man es liest: als Seite, Markdown, Text.

record-title = Ticket { $number }: { $topic }
record-facts = Ticket
record-metadata = Weitere Angaben
record-history = Verlauf
record-description = Beschreibung
record-messages = Nachrichten
record-as-of = Ticket { $number }, Stand
record-merged = Ticket { $number }, mit diesem zusammengeführt: { $topic }
record-merged-ticket = Ticket { $number }, mit diesem zusammengeführt:
record-so-many = { $count } von
record-no-messages = Es gibt keine.
record-note = Notiz: nur für das Team
record-deleted = gelöscht { $at }
record-deleted-at = Diese Nachricht wurde gelöscht:
record-edited = geändert { $at }
record-edited-at = geändert
record-in-answer = Als Antwort auf [{ $seq }], { $name }: { $words }
record-in-answer-to = Als Antwort auf
record-file = Datei: { $name } ({ $size } Bytes)
record-linked-file = Datei: { $link }, { $size } Bytes
record-before = vorher
record-after = nachher
record-said = dazu
nothing-there = nichts

record-e-mail = E-Mail
record-user-id = Kennung
record-user = { $id } (Aussteller { $issuer })
record-role = Rolle
record-language = Sprache
record-category = Kategorie
record-level = Dringlichkeit
record-status = Status
record-merged-into = Zusammengeführt mit
record-ticket = Ticket { $number }
record-closed-by = von { $name } ({ $side })
record-no-reason = keiner genannt
record-ticket-id = Ticket-Kennung
record-side =
    { $side ->
        [REQUESTER] Kunde
        [STAFF] Team
        [SERVICE] Dienst
       *[SYSTEM] System
    }
user-role =
    { $role ->
        [CUSTOMER] Kundschaft
        [TEMP_USER] Gast
        [AGENT] Team
        [ADMIN] Admin
       *[other] { $role }
    }
