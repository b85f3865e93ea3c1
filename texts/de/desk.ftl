# Was das Team auf den Seiten des Arbeitsplatzes liest.

desk-queue = Was auf uns wartet
desk-nothing-waits = Nichts wartet auf uns.
desk-more-wait = Dahinter warten noch mehr Tickets.
desk-asked = Was gefragt wurde
desk-answer = Ihre Antwort
desk-queue-short = Wartend
desk-record = Der ganze Verlauf, mit Notizen
desk-tickets = Tickets
desk-users = Personen
desk-figures = Zahlen
desk-search = Wörter in Themen, Nachrichten und Notizen
desk-status = Status
desk-level = Dringlichkeit
desk-role = Support-Rolle
desk-form = Formular
desk-agent = Agent
desk-any = alle
desk-look = Suchen
desk-none = Es gibt kein solches Ticket.
desk-has-it = bei { $who }
desk-users-none = Noch hat niemand geschrieben.
desk-user-tickets = { $count ->
    [one] { $count } Ticket
   *[other] { $count } Tickets
}
desk-user-blocked = Gesperrt
desk-user-mail-refused = Ein Mailserver sagt, diese Adresse gebe es nicht. Bis sie bestätigt ist, wird nichts dorthin gesendet. Seit
desk-user-note = Notiz
desk-user-note-about = Nur für das Team.
desk-user-block = Gesperrt: darf lesen, und sonst nichts
desk-user-reason = Grund
desk-user-save = Speichern
desk-span = Zeitraum
desk-days = { $count ->
    [365] Ein Jahr
   *[other] { $count } Tage
}
desk-opened = Eröffnet
desk-still-open = { $count } davon noch offen
desk-solved = Gelöst
desk-first-answer = Erste Antwort
desk-solution = Lösung
desk-nine-of-ten = neun von zehn in { $took }
desk-kept-first-answer = Erste Antwort rechtzeitig
desk-kept-solution = Lösung rechtzeitig
desk-rating = Bewertung
desk-ratings = { $count ->
    [one] { $count } Bewertung bisher
   *[other] { $count } Bewertungen bisher
}
desk-by-day = Nach Tag der Eröffnung
desk-day = Tag
desk-nine-of-ten-in = Neun von zehn
desk-waiting-now = Warten gerade
desk-longest-wait = am längsten seit { $took }
desk-closed = Geschlossen
desk-backlog = Offen am Ende jedes Tages
desk-backlog-about = Ein wieder geöffnetes Ticket zählt als offen, bis es endgültig geschlossen ist.
desk-left = Noch offen
desk-on-time = Rechtzeitig, nach Tag der Eröffnung
desk-with-target = Fällig
desk-target-kept = Rechtzeitig
desk-no-targets = Kein Ticket dieses Zeitraums hatte bisher ein Ziel.
desk-by-hour = Nach Stunde der Eröffnung (UTC)
desk-hour = Stunde
desk-as-table = Als Tabelle
desk-nobody = niemand
desk-save-csv = Als CSV speichern
desk-done = Erledigt.
desk-house = Der Desk
desk-agents = Agenten
desk-canned = Textbausteine
desk-forms = Formulare
desk-notifications = Benachrichtigungen
desk-webhooks = Webhooks
desk-looks = Einblicke
desk-erasures = Löschungen
desk-settings = Einstellungen
desk-processes = Prozesse
desk-change = Ändern
desk-add = Hinzufügen
desk-delete = Löschen
desk-remove = Entfernen
desk-live-told = Die Seite zeigt, was neu ist.
desk-assignee = Zuständig
desk-assignee-me = ich
desk-label = Label
desk-labels = Labels
desk-label-remove = Das Label { $label } entfernen
desk-doing = Was zu tun ist
desk-claim = Übernehmen
desk-release = Freigeben
desk-close = Schließen
desk-reopen = Wieder öffnen
desk-is-note = Notiz
desk-note-add = Als Notiz behalten
desk-note-words = Eine Notiz, nur für das Team
desk-canned-post = Oder ein Textbaustein
desk-requester = Anfragende
desk-for-admins = Für Admins
desk-export = Alles exportieren
desk-looks-at-user = Wer sich diese Person angesehen hat
desk-merge = Einen Gast zusammenführen
desk-merge-guest = Id des Gasts
desk-merge-about = Tickets, Nachrichten und Dateien des Gasts gehören dann dieser Person. Das lässt sich nicht zurücknehmen.
desk-erase = Alles löschen
desk-erase-confirm = Schreiben Sie { $id } zur Bestätigung
desk-erase-about = Alles, was von dieser und über diese Person geschrieben wurde, verschwindet endgültig. Zahlen bleiben.
desk-erasing = Diese Person wird gelöscht.
desk-duty-on = Im Dienst
desk-duty-off = Nicht im Dienst
desk-duty-on-me = In den Dienst gehen
desk-duty-off-me = Aus dem Dienst gehen
desk-agents-none = Noch hat hier niemand gearbeitet.
desk-agent-load =
    { $count ->
        [one] { $count } offenes Ticket
       *[other] { $count } offene Tickets
    }
desk-agent-any-role = jede Support-Rolle
desk-agent-capacity = Höchstens so viele offene Tickets
desk-agent-roles = Bekommt Tickets von
desk-canned-name = Name
desk-canned-words = Text
desk-canned-about = {"{name}"}, {"{number}"}, {"{agent}"} und {"{topic}"} stehen für die Anfragenden, die Nummer des Tickets, wer es schreibt, und das Thema.
desk-canned-new = Ein neuer
desk-canned-none = Noch gibt es keine.
desk-canned-bad = Ein Name besteht aus kleinen Buchstaben, Ziffern und Bindestrichen, und ein Text muss da sein.
desk-canned-used =
    { $count ->
        [0] noch nie benutzt
        [one] einmal benutzt
       *[other] { $count }-mal benutzt
    }
desk-forms-about = Wie sie in der Desk-Datei stehen; sie gilt, sobald sie gespeichert ist.
desk-form-default = üblich
desk-form-closed = jetzt niemand da
desk-question =
    { $kind ->
        [short] eine Zeile
        [long] ein Text
        [select] eine Auswahl
        [checkbox] ein Häkchen
       *[file] eine Datei
    }
desk-question-required = erforderlich
desk-notifications-about = Was noch zu senden ist, und was nicht gesendet werden konnte.
desk-notifications-none = Nichts wartet, und nichts ist gescheitert.
desk-notification-status =
    { $status ->
        [pending] wartet
        [sent] gesendet
        [failed] gescheitert
       *[suppressed] nicht nötig
    }
desk-channel =
    { $channel ->
        [in_app] in der App
        [email] E-Mail
       *[sms] SMS
    }
desk-send-again = Noch einmal senden
desk-webhooks-none = Kein Backend erfährt, was geschieht.
desk-webhooks-listed-about = Backends legen Webhooks über die API an; weitere stehen in der Desk-Datei.
desk-webhook-state =
    { $state ->
        [on] läuft
        [failing] nimmt nichts an
       *[off] abgeschaltet
    }
desk-webhook-listed = steht in der Desk-Datei
desk-webhook-new = Ein neuer Webhook
desk-webhook-url = Adresse
desk-webhook-description = Beschreibung
desk-webhook-events = Erfährt von
desk-webhook-secret = Das neue Geheimnis, nur dieses eine Mal
desk-webhook-both-sign = Einen Tag lang signiert auch das bisherige.
desk-webhook-test = Einen Test senden
desk-webhook-rotate = Geheimnis wechseln
desk-webhook-enable = Einschalten
desk-webhook-disable = Abschalten
desk-deliveries = Zustellungen
desk-deliveries-none = Nichts wurde dorthin gesendet.
desk-delivery =
    { $status ->
        [pending] wartet
        [delivered] zugestellt
       *[failed] gescheitert
    }
desk-tries =
    { $count ->
        [one] ein vergeblicher Versuch
       *[other] { $count } vergebliche Versuche
    }
desk-looks-about = Wer vom Team sich welches Ticket oder welche Person angesehen hat: über die API, hier und durch Befehle in Discord.
desk-looks-none = Niemand hat etwas angesehen.
desk-look-at = Wann
desk-look-by = Wer
desk-look-kind = Was
desk-look-user = Um wen es geht
desk-looked-at =
    { $kind ->
        [transcript] das Protokoll eines Tickets
        [conversation] der Verlauf eines Tickets
        [user] eine Person
       *[export] ein Export
    }
desk-look-days =
    { $count ->
        [1] der letzte Tag
        [365] das letzte Jahr
       *[other] die letzten { $count } Tage
    }
desk-ticket-number = Nummer des Tickets
desk-erased = jemand, der gelöscht ist
desk-erasures-about = Löschungen beginnen auf der Seite der Person. Jede endet mit einem Beleg, der niemanden nennt.
desk-erasures-none = Niemand wurde gelöscht.
desk-erasure-state =
    { $state ->
        [asked] verlangt
        [working] im Gange
        [waiting] wartet auf Discord
       *[done] fertig
    }
desk-erasure-tickets = { $done } von { $total } Tickets
desk-erasure-left = Was nicht entfernt werden konnte
desk-settings-about = Was in diesem Prozess gilt. Geheimnisse werden nirgends gezeigt.
desk-setting = Einstellung
desk-value = Wert
desk-secret = gesetzt und geheim
desk-set = gesetzt
desk-process-silent = gibt kein Zeichen
desk-process-role =
    { $role ->
        [leader] führt
        [follower] würde übernehmen
       *[api] bedient die API
    }
desk-process-own = von ihm kommt diese Seite
desk-process-started = Gestartet
desk-process-seen = gesehen
desk-user-search = Wie Name, Id oder Adresse beginnen
desk-user-nobody = So heißt niemand.
