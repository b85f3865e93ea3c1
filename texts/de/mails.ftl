# Mails zu Tickets.

mail-subject = Ticket { $number }: { $topic }
mail-subject-of-note = Nachricht vom Support
mail-link = Ticket { $number } öffnen
mail-files = Dateien
mail-not-read = Antworten auf diese Mail liest niemand.
mail-above = ##- Bitte antworten Sie oberhalb dieser Zeile -##
mail-or-answer = Sie können auf diese Mail antworten.
mail-why = Sie erhalten diese Mail, weil sich bei Ihrem Ticket etwas getan hat.
mail-no-more = Keine solchen Mails mehr

# Antworten per Mail.

note-of-mail = Per Mail von { $sender }; es ist nicht sicher, dass das die anfragende Person war:
bounce = Ihre Antwort auf Ticket { $number } ist nicht angekommen
bounce-words = Ihre Antwort auf Ticket { $number } konnte nicht weitergegeben werden: Das Ticket ist geschlossen oder nimmt keine Antworten per Mail mehr an. Bitte öffnen Sie ein neues.

# Mails zu Konten.

letter-greeting = Guten Tag { $name },
letter-greeting-nobody = Guten Tag,
letter-verify = Bitte bestätigen Sie Ihre E-Mail-Adresse
letter-verify-words = Jemand, wahrscheinlich Sie, hat sich mit dieser Adresse registriert. Bitte bestätigen Sie sie:
letter-already-registered = Sie haben schon ein Konto
letter-already-registered-words = Jemand, wahrscheinlich Sie, wollte sich mit dieser Adresse registrieren, zu der es schon ein Konto gibt. Wenn Sie Ihr Passwort vergessen haben, setzen Sie ein neues:
letter-reset = Neues Passwort setzen
letter-reset-words = Jemand, wahrscheinlich Sie, hat um ein neues Passwort gebeten. Setzen Sie es hier:
letter-no-account = Sie haben noch kein Konto
letter-no-account-words = Jemand, wahrscheinlich Sie, hat um ein neues Passwort für diese Adresse gebeten, zu der es noch kein Konto gibt. Wenn Sie sich registriert haben, wurde die Adresse nie bestätigt: Öffnen Sie den Link in der Mail von damals, oder registrieren Sie sich noch einmal:
letter-password-changed = Ihr Passwort wurde geändert
letter-password-changed-words = Das Passwort Ihres Kontos wurde geändert. Wenn Sie das nicht waren, setzen Sie sofort ein neues, und sagen Sie uns Bescheid.
letter-not-you = Wenn Sie das nicht waren, tun Sie nichts.
code-subject = Ein Code für Ihr Telefon
code-words = { $code } ist Ihr Code vom Support.

# Die Seite, auf der Mails enden.

unsubscribe-title = Keine Mails mehr
unsubscribe-ask = Sollen wir Ihnen keine Mails zu Tickets mehr senden? Was neu ist, steht weiterhin in der App.
unsubscribe-button = Keine Mails mehr
unsubscribe-done = Sie erhalten keine Mails zu Tickets mehr.
unsubscribe-wrong = Dieser Link gilt nicht. Nehmen Sie den aus einer neueren Mail.
