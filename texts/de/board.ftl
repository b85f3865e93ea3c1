# Die Tafel: was auf jeder Stufe zu tun ist, und wer im Dienst ist.

board-heading = ## Der Support
board-level = **{ level }** · { $open ->
        [0] keine
       *[other] { $open } offen · niemand wartet
    }
board-level-waiting = **{ level }** · { $open } offen · { $waiting ->
        [one] { $waiting } wartet
       *[other] { $waiting } warten
    } · ältestes { $ticket }, { $since }
board-breached = ⚠️ { $count } zu spät
board-at-risk = { $count } wird knapp
board-open-until = Geöffnet bis { $at }
board-closed-until = Geschlossen bis { $at }
board-closed = Geschlossen
board-on-duty = **Im Dienst**
board-agent =
    { $name } · { $open ->
        [0] frei
       *[other] { $open } offen
    }
board-more-on-duty = und { $count } weitere
board-nobody-on-duty = Niemand ist im Dienst.
my-tickets-button = Meine Tickets
duty-button = Dienst an/aus
