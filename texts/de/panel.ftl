# Tickets that members of the guild open in Discord: panels, forms, and the threads of requesters.

open-ticket = Ticket öffnen
no-panel = Es gibt kein Panel, das Sie sehen können. Ein Admin stellt mit /panel eines auf, in dem Kanal, in dem Mitglieder fragen.
no-such-member = Dieses Mitglied ist nicht mehr auf dem Server.
no-such-form = Diese Art von Ticket gibt es nicht mehr. Bitte wählen Sie eine andere.
form-not-for-you = „{ $form }“ steht Ihnen nicht offen.
form-needs-words = Ein Ticket braucht ein Thema und eine Beschreibung.
form-needs-file = „{ $question }“ braucht eine Datei, die durchkommt, zum Beispiel eine kleinere. Es wurde kein Ticket geöffnet.
form-topic = Worum geht es, in wenigen Worten?
form-description = Erzählen Sie uns mehr
bots-ask-nothing = Bots öffnen keine Tickets.
ticket-opened = Ticket { $number } ist offen: { $thread }
nobody-is-there = Gerade ist niemand da. Wir antworten, sobald wir zurück sind.
ticket-opened-later = Ticket { $number } ist offen. Bald erscheint dafür ein privater Thread.

panel-title = Wie können wir helfen?
panel-text = Wählen Sie, worum es geht. Sie sprechen dann in einem privaten Thread mit dem Team.
panel-choose = Worum geht es?
panel-is-up = Das Panel steht. Private Threads mit der Kundenseite entstehen in diesem Kanal.
panel-not-for-everyone = Nicht alle können diesen Kanal sehen und in seinen Threads schreiben. Wer Tickets öffnen soll, braucht hier „Kanal ansehen“ und „Nachrichten in Threads senden“.
panel-refused = Discord nimmt dieses Panel nicht an: { $why }
panel-needs-text-channel = Stellen Sie ein Panel in einem Textkanal auf.
panel-not-in-ticket = Das ist der Kanal eines Tickets. Stellen Sie das Panel dort auf, wo Mitglieder fragen.
panel-lacks-permissions = Dem Bot fehlen in diesem Kanal Rechte, und Mitglieder könnten in seinen Threads nicht mit dem Team sprechen: { $permissions }.
panel-no-such-kind = Es gibt keine Art von Ticket { $kind }. Es gibt: { $kinds }.
panel-needs-kinds = Ein Panel braucht eine Art von Ticket, die Mitglieder eröffnen können. Es gibt: { $kinds }.

only-requester-speaks = Hier schreibt nur, wer das Ticket eröffnet hat. Das Team schreibt im Kanal des Tickets.

thread-welcome = das ist Ticket **{ $number }**. Schreiben Sie hier, was wir wissen sollten, auch mit Dateien: Das Team liest es und antwortet hier.
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
thread-merged = { $who } hat Ihr Ticket { $number } mit diesem zusammengeführt: Bitte schreiben Sie hier weiter.
thread-merged-into = { $who } hat dieses Ticket mit Ihrem Ticket { $into } zusammengeführt: Bitte schreiben Sie dort weiter.
thread-reopened = { $who } hat dieses Ticket wieder geöffnet.
thread-close-asked = { $who } fragt: Ist alles erledigt, und kann dieses Ticket geschlossen werden?
thread-closing-called-off = { $who } hat das Schließen abgesagt: dieses Ticket bleibt offen.
thread-closing-planned = { $who } schließt dieses Ticket { $at }, wenn Sie vorher nicht schreiben.
thread-closing-planned-because = { $who } schließt dieses Ticket { $at }, wenn Sie vorher nicht schreiben: { $why }

own-close = Schließen
own-accept = Ja, schließen
own-decline = Nein, weiter
own-rate = Bewerten
own-reopen = Wieder öffnen
own-closed = Ticket { $number } ist geschlossen.
own-goes-on = Ticket { $number } bleibt offen. Sagen Sie uns, was fehlt.
own-rated = Danke.
own-reopened = Ticket { $number } ist wieder offen.
rating-title =
    { $stars ->
        [one] 1 Stern
       *[other] { $stars } Sterne
    }
rating-comment = Möchten Sie etwas hinzufügen?

form-name =
    { $form ->
        [bug] Fehler
        [feature] Idee
        [support] Hilfe
       *[other] Anderes
    }
form-what-for =
    { $form ->
        [bug] Etwas funktioniert nicht so, wie es sollte.
        [feature] Etwas fehlt oder könnte besser sein.
        [support] Eine Frage, oder Hilfe bei etwas.
       *[other] Alles, was sonst noch ist.
    }
