# Das Protokoll eines Tickets, wie man es liest: als Seite, Markdown, Text.

record-title = Ticket { $number }: { $topic }
record-facts = Über dieses Ticket
record-metadata = Weitere Angaben
record-as-of = Ticket { $number }, Stand
record-merged = Ticket { $number }, mit diesem zusammengeführt: { $topic }
record-merged-ticket = Ticket { $number }, mit diesem zusammengeführt:
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

record-conversation = Gespräch
record-writers = Nachrichten von
record-zone = Zeiten sind die von { $zone }.
record-to-end = Zum Ende
record-ends = Das ist alles von Ticket { $number }.
record-until = bis
record-before-edit = Vor der Änderung { $at }:
record-feedback = Bewertung
record-link-lives = der Link gilt, solange das Desk die Datei aufbewahrt
record-file-removed = { $who } hat eine Datei entfernt.
record-rated = { $who } hat { $stars } gegeben.
record-unrated = { $who } hat die Bewertung entfernt.
record-erased = { $who } hat alles gelöscht, was geschrieben war.
record-absorbed = { $who } hat Ticket { $number } mit diesem zusammengeführt; das Gespräch daraus steht weiter unten.

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
