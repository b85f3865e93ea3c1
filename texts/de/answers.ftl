# Was jemand aus dem Team nach einem Befehl oder Knopf allein liest.

staff-only = Das kann nur das Team.
not-a-ticket-channel = Das ist nicht der Kanal eines Tickets.

claimed = Ticket { $number } haben jetzt Sie.
released = Ticket { $number } hat jetzt niemand mehr.
labels-now = Labels von Ticket { $number }: { $labels }.
no-labels-now = Ticket { $number } hat keine Labels.
level-is-set = Ticket { $number } ist jetzt { $level }.
requester-is-asked = Die Frage ist gestellt. Bei einem Ja ist das Ticket gelöst.
assign-to-staff = Ein Ticket bekommt nur jemand aus dem Team, wie die Liste es vorschlägt.
member-is-timed-out = { $name } hat auf diesem Server eine Auszeit und kann nicht antworten.
member-does-not-see = { $name } sieht diesen Kanal nicht.
assigned = Ticket { $number } hat jetzt { $name }.
close-form = Ticket schließen
reason-for-requester = Grund (die Kundenseite liest ihn)
close-button = Schließen
outcome-is-given-later = Bitte ohne Ergebnis: Was später geschlossen wird, gilt als gelöst, wenn das Team geantwortet hat, sonst als ungelöst.
closing-is-called-off = Ticket { $number } bleibt offen: das Schließen ist abgesagt.
channel-is-kept = Dieser Kanal geht { $at }.
closing-is-planned = Dieses Ticket wird { $at } geschlossen, wenn bis dahin niemand schreibt.
closed = Ticket { $number } ist als { $status } geschlossen.
topic-shows-nothing = Nennen Sie ein Thema, das man sehen kann.
topic-is-changed = Ticket { $number } hat ein neues Thema.
status-is-set = Ticket { $number } ist jetzt { $status }.
off-duty = Sie sind nicht mehr im Dienst.
on-duty = Sie sind im Dienst für { $roles }.
on-duty-for-none = Sie sind im Dienst, aber für keine Support-Rolle.
more-button = Mehr
nothing-found = Keines der Tickets, die Sie sehen, passt zu: { $words }
found-heading = **Gefunden zu:** { $words }
with-label = mit dem Label { $label }
of-requester = alle von derselben Person wie #{ $number }
more-of-requester = Und { $count } weitere: `/{ command-find } { option-find-requester }:{ $number }`
several-requesters = So heißen { $count } Personen. Wählen Sie eine aus der Liste, die beim Tippen erscheint.
give-words = Nennen Sie mindestens ein Wort, ein Label oder die Nummer eines Tickets.
too-much-sought = Das ist zu viel auf einmal: Nennen Sie weniger Wörter.
none-here = Auf dieser Seite ist keines. Es kann weitere geben.
note-form = Notiz: nur für das Team
note-label = Notiz
noted = Notiert. Nur das Team liest es.
no-own-tickets = Sie haben keine offenen Tickets. Mit /{ command-next } übernehmen Sie eines.
own-tickets-heading = **Ihre offenen Tickets**
take-next-button = Nächstes übernehmen
queue-is-empty = Von den Tickets, die Sie sehen, wartet keines auf das Team.
queue-heading = **Die Warteschlange**
queue-heading-further = **Die Warteschlange, weiter unten**
taken-next = Das haben jetzt Sie:
give-number = Nennen Sie die Nummer des Tickets, oder nutzen Sie den Befehl in seinem Kanal.
reopened = Ticket { $number } ist wieder offen.
snoozed = Zurückgestellt bis { $until } oder bis zur nächsten Nachricht der Kundenseite. /{ command-unsnooze } beendet das.
snoozed-until-a-word = Zurückgestellt, bis die Kundenseite schreibt. /{ command-unsnooze } beendet das.
unsnoozed = Ticket { $number } ist wieder aufgenommen.
give-span = Nennen Sie eine Zeit wie `30m`, `2h`, `3 Tage`, `1w`, `morgen 9:00`, `Freitag` oder `24.12. 8:30`.
passed = Ticket { $number } liegt jetzt bei { $role }.
canned-form = Eine Vorlage
canned-name = Name: Buchstaben, Ziffern, Bindestriche
canned-content = Text
canned-placeholders = {"{"}name{"}"}, {"{"}number{"}"}, {"{"}agent{"}"} und {"{"}topic{"}"} werden ausgefüllt.
canned-preview = So liest es die Kundenseite:
send-button = Senden
canned-has-changed = Sie hat sich inzwischen geändert. So liest es die Kundenseite jetzt:
canned-is-sent = Gesendet.
canned-is-kept = Gespeichert als { $name }. /{ command-canned } { command-canned-send } sendet sie.
canned-is-removed = { $name } ist gelöscht.
no-canned = Es gibt noch keine Vorlagen. /{ command-canned } { command-canned-new } legt eine an.
canned-line = **{ $name }** · { $used }× gesendet · { $beginning }
and-more = … und { $count } weitere
canned-file = Alle Vorlagen. /{ command-canned } { command-canned-import } nimmt diese Datei, auch auf einem anderen Server.
canned-brought = Neu: { $added }. Geändert: { $changed }. Schon da: { $same }.
canned-does-not-know =
    { $count ->
        [one] ⚠️ { $unknown } ist kein Platzhalter und bleibt so stehen.
       *[other] ⚠️ Das sind keine Platzhalter, sie bleiben so stehen: { $unknown }
    }
canned-name-is-none = Bitte einen Namen aus bis zu 40 Buchstaben von a bis z, Ziffern und Bindestrichen.
canned-says-nothing = Bitte einen Text, den man sehen kann.
no-canned-file = Das ist keine Datei mit Vorlagen: Es sollte JSON sein, wie es /{ command-canned } { command-canned-export } ausgibt.
canned-file-is-wrong = Aus der Datei wurde nichts übernommen: Nummer { $number } hat keinen Namen oder keinen Text, oder ist zu lang.
edit-form = Für Sie Gesendetes ändern
edit-content = Text (die Kundenseite sieht die Änderung)
form-came-too-late = Der Speicher war langsam, und Discord zeigt so spät kein Formular. Bitte noch einmal.
too-long-for-form = Das ist zu lang für ein Formular. Nehmen Sie es zurück, und senden Sie es neu.
message-is-changed = Geändert, auch auf der Kundenseite.
note-is-changed = Die Notiz ist geändert.
message-is-taken-back = Zurückgenommen, auch auf der Kundenseite.
note-is-taken-back = Die Notiz ist zurückgenommen.
not-posted-by-bot = Hier hat der Bot nichts für das Team gesendet. Was Sie selbst getippt haben, ändern und löschen Sie in Discord wie gewohnt.
only-author-or-manager = Das kann nur, wer es gesendet hat, oder jemand ab LEITUNG; und niemand bei Worten der Kundenseite.
shows-no-message = Das zeigt keine Nachricht des Tickets.
never-edited = Das wurde nie geändert.
earlier-versions = Vorher stand da:
colleague-added = { $name } sieht diesen Kanal.
colleague-removed = { $name } sieht diesen Kanal nur noch, wenn die eigene Rolle ihn sieht.
add-staff-only = Nur jemand aus dem Team kann zu einem Ticket dazukommen.
subscribed = Sie werden angepingt, wenn die Kundenseite hier schreibt. /abbestellen beendet das.
unsubscribed = Sie werden hier nur noch angepingt, wenn das Ticket Ihres ist.
merged = Ticket { $number } ist geschlossen; sein Gespräch geht in diesem, { $into }, weiter.
linked = Die Tickets { $number } und { $other } nennen einander jetzt.
unlinked = Die Tickets { $number } und { $other } nennen einander nicht mehr.
close-outcome = Ergebnis
close-as-resolved = Gelöst
close-as-unresolved = Ungelöst
close-canned = Vorlage, die vorher gesendet wird
requester-spoke-last = Die Kundenseite hat { $at } zuletzt geschrieben, und niemand hat geantwortet. Trotzdem schließen?
close-anyway-button = Trotzdem schließen

doctor-finds-nothing = Alles ist in Ordnung. In der Datei steht, was versucht wurde und wer was sieht.
doctor-found =
    { $faults ->
        [0] Kein Fehler
        [one] Ein Fehler
       *[other] { $faults } Fehler
    }, { $warnings ->
        [0] keine Warnung
        [one] eine Warnung
       *[other] { $warnings } Warnungen
    }. In der Datei steht, was versucht wurde und wer was sieht.
doctor-more-in-file = Der Rest steht in der Datei.
