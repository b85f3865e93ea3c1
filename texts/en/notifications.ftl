# What reaches people who are not looking: a line for each piece of news.

news-answer = { $name } answered ticket { $number }.
news-edited = { $name } changed an answer on ticket { $number }.
news-closed = Ticket { $number } is closed.
news-closed-because = Ticket { $number } is closed: { $reason }
news-reopened = Ticket { $number } is open again.
news-ask-close = May ticket { $number } be closed? { $name } asks.
news-reminder = Ticket { $number } waits for your answer.
news-assigned = { $name } takes care of ticket { $number } now.
news-escalated = Ticket { $number } was passed on within support.

# The same for staff.

news-of-requester = { $name } wrote on ticket { $number }.
news-of-reopening = { $name } reopened ticket { $number }.
news-assigned-to-you = Ticket { $number } is yours now.
news-escalated-yours = Your ticket { $number } asks for a higher support role now.
news-at-risk = A target of ticket { $number } is about to be missed.
news-breached = A target of ticket { $number } was missed.
