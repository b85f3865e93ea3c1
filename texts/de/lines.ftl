# Zeilen im Kanal eines Tickets, in seinem Verlauf und in Listen. Vorn steht, wer es war.

somebody-by-hand = Jemand von Hand

ticket-was-opened = { $who } hat dieses Ticket eröffnet.
ticket-was-reopened = { $who } hat dieses Ticket wieder geöffnet.
ticket-was-closed = { $who } hat dieses Ticket als { $status } geschlossen
staffs-turn-now = { $who }: Jetzt ist das Team an der Reihe ({ $status }).
requesters-turn-now = { $who }: Jetzt ist die Kundenseite an der Reihe ({ $status }).
ticket-was-claimed = { $who } hat dieses Ticket übernommen.
ticket-was-given = { $who } hat dieses Ticket an { $whom } gegeben.
ticket-was-released = { $who } hat dieses Ticket abgegeben.
ticket-was-taken = { $who } hat { $whom } dieses Ticket abgenommen.
level-was-set = { $who } hat die Dringlichkeit von { $old } auf { $new } gesetzt.
ticket-was-passed = { $who } hat dieses Ticket von { $old } an { $new } weitergegeben.
field-was-changed = { $who } hat etwas geändert: { $field }.
field-was-set = { $who } hat etwas geändert: { $field } von { $old } zu { $new }.
ticket-was-snoozed = { $who } hat dieses Ticket zurückgestellt, bis { $until } oder bis zur nächsten Nachricht der Kundenseite.
ticket-was-snoozed-until-a-word = { $who } hat dieses Ticket zurückgestellt, bis die Kundenseite schreibt.
snooze-ended = { $who } hat dieses Ticket wieder aufgenommen.
labels-were-added =
    { $count ->
        [one] { $who } hat das Label { $labels } hinzugefügt.
       *[other] { $who } hat die Labels { $labels } hinzugefügt.
    }
labels-were-removed =
    { $count ->
        [one] { $who } hat das Label { $labels } entfernt.
       *[other] { $who } hat die Labels { $labels } entfernt.
    }
labels-were-changed = { $who } hat die Labels { $added } hinzugefügt und { $removed } entfernt.
close-was-asked = { $who } hat gefragt, ob dieses Ticket geschlossen werden kann.
close-was-declined = { $who } sagt, dass es noch nicht erledigt ist.
closing-was-called-off = { $who } hat das Schließen abgesagt: dieses Ticket bleibt offen.
closing-was-planned = { $who } schließt dieses Ticket { $at }, wenn bis dahin niemand schreibt

first-answer-is-due = ⏳ Die erste Antwort ist fällig { $at }.
first-answer-is-late = ⏰ Die erste Antwort ist überfällig: Sie war fällig { $at }.
resolution-is-due = ⏳ Die Lösung ist fällig { $at }.
resolution-is-late = ⏰ Die Lösung ist überfällig: Sie war fällig { $at }.

nobody-on-duty = Von { $role } ist niemand im Dienst, also ist dieses Ticket niemandem zugewiesen.
colleague-was-added = { $who } hat { $whom } dazugeholt: Der Kanal ist jetzt auch dort zu sehen.
colleague-was-removed = { $who } hat { $whom } aus diesem Kanal genommen.
subscriber-joined = { $whom } wird angepingt, wenn die Kundenseite hier schreibt.
subscriber-left = { $whom } wird nicht mehr angepingt, wenn die Kundenseite hier schreibt.
ticket-was-merged = { $who } hat dieses Ticket mit Ticket { $into } zusammengeführt; dort geht es weiter.
ticket-was-absorbed = { $who } hat Ticket { $number } mit diesem zusammengeführt: { $topic }
ticket-was-absorbed-apart = { $who } hat Ticket { $number } mit diesem zusammengeführt. Nicht alle, die hier lesen, haben jenes Ticket gesehen; darum steht das Gespräch daraus nicht hier.
ticket-was-linked = { $who } hat dieses Ticket mit { $other } verknüpft.
ticket-was-unlinked = { $who } hat die Verknüpfung mit { $other } gelöst.
closed-by = Als { $status } geschlossen von { $who }
transcript-link = [Protokoll]({ $url })
transcript-button = Hier lesen
transcript-is-apart = Das Protokoll von Ticket { $number } ist für alle, die das Ticket gesehen haben, nach der Support-Rolle { $role }. [Lesen]({ $url })
feedback-is-apart = Zu Ticket #{ $number } gibt es eine Bewertung, für alle, die das Ticket gesehen haben. [Lesen]({ $url })
transcript-for-you = Das Protokoll von Ticket { $number }. Darin stehen Notizen des Teams; geben Sie es nicht weiter.
transcript-is-large = Das Protokoll von Ticket { $number } ist zu groß für Discord. [Lesen]({ $url })
channel-goes = Dieser Kanal verschwindet { $at }.
channel-stays = { $who } lässt diesen Kanal bis { $at } offen.
keep-open-button = Offen lassen
reopen-button = Wieder öffnen
closed-and-reopened = Als { $status } geschlossen von { $who }, inzwischen wieder geöffnet.
not-taken = ⚠️ Discord nimmt etwas von { $who } nicht an: { $why }
note-by = 📝 Notiz von { $author }:
note-changed-by = 📝 Notiz geändert von { $author }:
note-deleted-by = 📝 { $author } hat eine Notiz gelöscht.
message-was-deleted = 🗑️ { $who } hat eine Nachricht gelöscht.
requester-has-left = ⚠️ { $who } ist nicht mehr auf diesem Server, oder das Konto bei Discord wurde gelöscht. Was Sie antworten, bleibt im Thread und wird dort gelesen, falls die Person zurückkommt{ $account ->
    [yes] ; im Portal ist es ebenfalls zu lesen
   *[no] {""}
}. Kommt sie nicht zurück, schließen Sie dieses Ticket.
assignee-is-gone = Wer dieses Ticket hat, ist nicht mehr hier. Wer übernimmt es?

closed-it = { $who } hat es { $at } als { $status } geschlossen.
waits-since = begann { $at } zu warten
requesters-turn = die Kundenseite ist dran
so-many-tickets =
    { $count ->
        [one] { $count } Ticket
       *[other] { $count } Tickets
    }
blocked-until = Gesperrt bis { $at }
blocked = Gesperrt, bis jemand es aufhebt
mail-refused = Seit { $at } erreicht sie keine Mail: Ein Mailserver sagt, ihre Adresse gebe es nicht
note-on = Notiz: { $note }

edited-by = Geändert von { $name }:
only-the-beginning = Das ist nur der Anfang; { $file } enthält alles.
somebody = Jemand
side =
    { $side ->
        [REQUESTER] Kunde
        [STAFF] Team
        [SERVICE] Dienst
       *[SYSTEM] System
    }
access-was-changed = ⚠️ Wer diesen Kanal sieht, wurde von Hand geändert: { $what }. Es ist wieder wie zuvor, denn darüber entscheidet das Ticket.
access-was-changed-by = ⚠️ { $who } hat geändert, wer diesen Kanal sieht: { $what }. Es ist wieder wie zuvor, denn darüber entscheidet das Ticket.
everybody-was-let-in = Alle wurden eingelassen
was-let-in = { $who } wurde eingelassen
was-shut-out = { $who } wurde ausgesperrt
bot-was-shut-out = Der Bot wurde ausgesperrt
the-role = die Rolle { $role }
role-with-id = eine Rolle mit der Kennung { $id }
ticket-is-unknown = ⚠️ Guildesk kennt dieses Ticket nicht mehr, weil sein Speicher zurückgespielt wurde. Was hier geschrieben würde, käme bei niemandem an; darum ist der Kanal gesperrt. Ein Admin entscheidet, was daraus wird.
earlier-messages = Es folgen die neuesten { $shown } Nachrichten, jede mit ihrer Zeit. Alles davor steht in dieser Datei.
