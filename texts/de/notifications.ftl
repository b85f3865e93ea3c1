# Was alle erreicht, die gerade nicht hinsehen: eine Zeile für jede Neuigkeit.

news-answer = { $name } hat auf Ticket { $number } geantwortet.
news-edited = { $name } hat eine Antwort auf Ticket { $number } geändert.
news-closed = Ticket { $number } ist geschlossen.
news-closed-because = Ticket { $number } ist geschlossen: { $reason }
news-reopened = Ticket { $number } ist wieder offen.
news-ask-close = Darf Ticket { $number } geschlossen werden? { $name } fragt.
news-reminder = Ticket { $number } wartet auf Ihre Antwort.
news-assigned = { $name } kümmert sich jetzt um Ticket { $number }.
news-escalated = Ticket { $number } wurde im Support weitergegeben.

# Dasselbe für das Team.

news-of-requester = { $name } hat auf Ticket { $number } geschrieben.
news-of-reopening = { $name } hat Ticket { $number } wieder geöffnet.
news-assigned-to-you = Ticket { $number } gehört jetzt Ihnen.
news-escalated-yours = Ihr Ticket { $number } verlangt jetzt eine höhere Support-Rolle.
news-at-risk = Ein Ziel von Ticket { $number } wird bald verfehlt.
news-breached = Ein Ziel von Ticket { $number } wurde verfehlt.
