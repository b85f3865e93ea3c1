# Warum etwas nicht getan wird. Angesprochen wird mit „Sie“.

refusal-ticket_not_found = Es gibt kein Ticket { $ticket }.
refusal-message_not_found = Diese Nachricht gibt es in dem Ticket nicht.
refusal-file_not_found = Diese Datei gibt es nicht.
refusal-agent_not_found = { $agent } ist niemand aus dem Team.
refusal-user_not_found = Es gibt niemanden mit der Kennung { $user }.
refusal-erasure_not_found = Es gibt keine Löschung { $id }.
refusal-feedback_not_found = Zu Ticket { $number } gibt es keine Bewertung.
refusal-canned_not_found = Es gibt keine Vorlage { $name }.
refusal-notification_not_found = Diese Benachrichtigung gibt es nicht.
refusal-cannot_reach_user = { $user } ist über { $channel } nicht zu erreichen: Der Weg ist nicht eingerichtet, oder keine bestätigte Adresse ist bekannt.
refusal-notification_not_failed = Diese Benachrichtigung ist nicht fehlgeschlagen.

refusal-ticket_claimed = Ticket { $number } hat schon { $name }.
refusal-nobody_above = Ticket { $number } liegt schon bei der höchsten Support-Rolle.
refusal-nothing_waits = Von den Tickets, die Sie sehen, wartet keines.
refusal-ticket_snoozed = Ticket { $number } ist zurückgestellt. Nehmen Sie es zuerst wieder auf.
refusal-ticket_not_snoozed = Ticket { $number } ist nicht zurückgestellt.
refusal-close_asked = Bei Ticket { $number } ist schon gefragt, ob es geschlossen werden kann.
refusal-close_not_asked = Bei Ticket { $number } fragt gerade niemand, ob es geschlossen werden kann.
refusal-too_many_links = Ticket { $number } ist mit { $most } Tickets verknüpft, mehr haben keinen Platz.
refusal-linked_to_itself = Ticket { $number } kann nicht mit sich selbst verknüpft werden.
refusal-too_many_labels = Ticket { $number } hat { $most } Labels, mehr haben keinen Platz.
refusal-too_much_metadata = Ticket { $number } hat Platz für { $most } Paare von Metadaten.
refusal-agent_has_tickets = { $agent } hat noch offene Tickets. Geben Sie diese zuerst an andere.
refusal-agent_does_not_see_ticket = { $agent } sieht in Discord keine Tickets für { $role } und bekommt daher keines.
refusal-agent_linked = Dieses Discord-Konto gehört schon zu { $agent }.
refusal-requester_spoke_last = In Ticket { $number } hat die Kundenseite zuletzt geschrieben.
refusal-canned_exists = Es gibt schon eine Vorlage { $name }.
refusal-canned_too_long = Für dieses Ticket ausgefüllt hat { $name } mehr als { $most } Zeichen. Bitte mit /vorlage bearbeiten kürzen oder die Antwort selbst schreiben.
refusal-too_many_canned = Es gibt schon { $most } Vorlagen; bitte erst welche entfernen.
refusal-webhook_not_found = Es gibt keinen Webhook { $webhook }.
refusal-delivery_not_found = Es gibt keine Zustellung { $delivery } dieses Webhooks.
refusal-too_many_webhooks = Ihr Aussteller hat schon { $most } Webhooks; bitte erst welche entfernen.
refusal-webhook_disabled = Der Webhook { $webhook } ist abgeschaltet; bitte erst einschalten.
refusal-webhooks_listed = Für diese Leute stehen Webhooks in der Desk-Datei.
refusal-webhook_url_not_allowed = Die Adresse geht nicht: { $fault }.
refusal-feedback_already_given = Ticket { $number } ist schon bewertet.
refusal-cannot_merge_tickets =
    Diese Tickets lassen sich nicht zusammenführen: { $why ->
        [same] Es ist nur eines
       *[other_requester] Sie haben verschiedene Kunden
    }.
refusal-cannot_merge = Diese Konten lassen sich nicht zusammenführen.
refusal-position_unknown = Die Stelle { $position } gab es hier nie. Bitte beginnen Sie von vorn.

refusal-ticket_closed = Ticket { $number } ist geschlossen.
refusal-ticket_merged = Ticket { $number } wurde in Ticket { $into } überführt.
refusal-ticket_erased = Ticket { $number } ist gelöscht.
refusal-ticket_open = Ticket { $number } ist schon offen.
refusal-move_not_allowed =
    Das geht hier nicht: { $why ->
        [staff_first] Das Team hat noch nicht geantwortet
        [is_closed] Ein geschlossenes Ticket kann nur wieder geöffnet werden
        [staff_only] Das kann nur das Team
        [requester_only] Das kann nur, wer das Ticket eröffnet hat
        [would_not_close] Damit wäre das Ticket nicht geschlossen
       *[closing_alone] Schließen geht nicht zusammen mit anderen Änderungen
    }.
refusal-not_the_author = Eine Nachricht ändert nur, wer sie geschrieben hat.
refusal-not_the_uploader = Eine Datei löscht nur, wer sie hochgeladen hat, oder ein Admin.
refusal-staff_only = Das kann nur das Team.
refusal-admin_only = Das kann nur ein Admin.
refusal-requester_only = Das kann nur, wer das Ticket eröffnet hat.
refusal-staff_must_answer_first = Sie können schreiben, sobald das Team geantwortet hat.
refusal-blocked = Sie sind gesperrt: Sie können lesen, eigene Nachrichten löschen und Tickets ohne Begründung schließen.
refusal-too_many_open_tickets =
    { $most ->
        [one] Sie können nur ein offenes Ticket haben. Schließen Sie es zuerst.
       *[other] Sie können höchstens { $most } offene Tickets haben. Schließen Sie zuerst eines, das erledigt ist.
    }
refusal-too_many_of_form =
    { $most ->
        [one] Von „{ $name }“ können Sie nur ein offenes Ticket haben. Bitte schreiben Sie dort weiter.
       *[other] Von „{ $name }“ können Sie höchstens { $most } offene Tickets haben. Bitte schreiben Sie dort weiter.
    }
refusal-form_cools_down = Das nächste Ticket „{ $name }“ können Sie <t:{ $at }:R> eröffnen.
refusal-too_many_uploads = Sie haben zu viel hochgeladen, das noch in keiner Nachricht steht.
refusal-ticket_not_closed = Ticket { $number } ist noch nicht geschlossen.
refusal-reopen_window_over = Ticket { $number } ist schon zu lange geschlossen. Bitte eröffnen Sie ein neues.

refusal-nothing_to_say = Eine Nachricht braucht Text oder eine Datei.
refusal-upload_not_found = Diese Datei haben Sie nicht hochgeladen, oder sie ist schon verwendet.
refusal-ticket_changed = Ticket { $number } wurde inzwischen geändert; seine Version ist { $version }.
refusal-label_not_allowed = Ein Label hat 1 bis 40 der Zeichen a-z, 0-9 und -.
refusal-time_not_allowed = Nennen Sie einen Zeitpunkt in der Zukunft, höchstens ein Jahr von jetzt.
refusal-category_unknown = Die Kategorie { $category } gibt es nicht. Es gibt { $known }.
refusal-answers_invalid =
    { $why ->
        [missing] „{ $question }“ braucht eine Antwort.
        [too_long] Die Antwort auf „{ $question }“ ist zu lang.
        [no_option] Auf „{ $question }“ passt nur eine der angebotenen Antworten.
        [no_text] „{ $question }“ braucht einen Text.
        [no_tick] „{ $question }“ braucht einen Haken.
        [too_many_files] Ein Ticket hat zu Beginn höchstens 10 Dateien.
       *[not_asked] Dieses Formular fragt nicht nach „{ $question }“.
    }

your-words = Was Sie geschrieben haben:
went-wrong = Das hat nicht geklappt. Bitte versuchen Sie es noch einmal; bleibt es dabei, steht der Grund im Protokoll des Programms.
search-is-behind = Was zuletzt geschrieben wurde, wird noch für die Suche aufbereitet. Bitte suchen Sie in ein paar Sekunden noch einmal.
store-is-away = Der Speicher antwortet gerade nicht, geändert ist nichts. Bitte versuchen Sie es in einer Minute noch einmal.
