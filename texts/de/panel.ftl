# Tickets that members of the guild open in Discord: panels, forms, and the threads of requesters.

open-ticket = Ticket öffnen
no-panel = Es gibt kein Panel, das du sehen kannst. Ein Admin stellt mit /panel eines auf, in dem Kanal, in dem Mitglieder fragen.
no-such-form = Diese Art von Ticket gibt es nicht mehr. Bitte wähle eine andere.
form-not-for-you = „{ $form }“ steht dir nicht offen.
form-needs-words = Ein Ticket braucht ein Thema und eine Beschreibung.
form-topic = Worum geht es, in wenigen Worten?
form-description = Erzähl uns mehr
bots-ask-nothing = Bots öffnen keine Tickets.
ticket-opened = Ticket { $number } ist offen: { $thread }
nobody-is-there = Gerade ist niemand da. Wir antworten, sobald wir zurück sind.
ticket-opened-later = Ticket { $number } ist offen. Bald erscheint dafür ein privater Thread.

panel-title = Wie können wir helfen?
panel-text = Wähle, worum es geht. Du sprichst dann in einem privaten Thread mit dem Team.
panel-choose = Worum geht es?
panel-is-up = Das Panel steht. Private Threads mit Fragenden entstehen in diesem Kanal.
panel-needs-text-channel = Stell ein Panel in einem Textkanal auf.
panel-not-in-ticket = Das ist der Kanal eines Tickets. Stell das Panel dort auf, wo Mitglieder fragen.
panel-lacks-permissions = Mir fehlen in diesem Kanal Berechtigungen, und Mitglieder könnten in seinen Threads nicht mit dem Team sprechen: { $permissions }.
panel-no-such-kind = Es gibt keine Art von Ticket { $kind }. Es gibt: { $kinds }.

only-requester-speaks = hier schreibt nur, wer das Ticket geöffnet hat. Das Team schreibt im Kanal des Tickets.

thread-welcome = das ist Ticket **{ $number }**. Schreib hier, was wir wissen sollten, auch mit Dateien: Das Team liest es und antwortet hier.
thread-lacks = ⚠️ Etwas konnte hier nicht gezeigt werden: { $why }
thread-closed =
    Ticket { $number } ist geschlossen: { $status ->
        [RESOLVED] gelöst
        [CANCELED] zurückgezogen
       *[UNRESOLVED] ungelöst
    }{ $own ->
        [yes] {""}
       *[no] , von { $who }
    }. Wie war unsere Hilfe?
thread-closed-because =
    Ticket { $number } ist geschlossen: { $status ->
        [RESOLVED] gelöst
        [CANCELED] zurückgezogen
       *[UNRESOLVED] ungelöst
    }{ $own ->
        [yes] {""}
       *[no] , von { $who }
    }: { $why }
    Wie war unsere Hilfe?
thread-merged = { $who } hat Ihr Ticket { $number } in dieses überführt: Bitte schreiben Sie hier weiter.
thread-merged-into = { $who } hat dieses Ticket in Ihr Ticket { $into } überführt: Bitte schreiben Sie dort weiter.
thread-reopened = { $who } hat dieses Ticket wieder geöffnet.
thread-close-asked = { $who } fragt: Ist alles erledigt, und kann dieses Ticket geschlossen werden?
thread-closing-planned = { $who } schließt dieses Ticket { $at }, wenn du vorher nicht schreibst.
thread-closing-planned-because = { $who } schließt dieses Ticket { $at }, wenn du vorher nicht schreibst: { $why }

own-close = Schließen
own-accept = Ja, schließen
own-decline = Nein, weiter
own-rate = Bewerten
own-reopen = Wieder öffnen
own-closed = Ticket { $number } ist geschlossen.
own-goes-on = Ticket { $number } bleibt offen. Sag uns, was fehlt.
own-rated = Danke.
own-reopened = Ticket { $number } ist wieder offen.
rating-title =
    { $stars ->
        [one] 1 Stern
       *[other] { $stars } Sterne
    }
rating-comment = Möchtest du etwas hinzufügen?
