# Mails about tickets.

mail-subject = Ticket { $number }: { $topic }
mail-subject-of-note = A word from support
mail-link = Open ticket { $number }
mail-files = Files
mail-not-read = Nobody reads answers to this mail.
mail-above = ##- Please write your answer above this line -##
mail-or-answer = You can answer this mail.
mail-why = You get this mail because something happened to your ticket.
mail-no-more = No more mails like this

# Answers by mail.

note-of-mail = By mail from { $sender }; it is not sure that this was the requester:
bounce = Your answer on ticket { $number } did not arrive
bounce-words = Your answer on ticket { $number } could not be passed on: the ticket is closed, or takes no more answers by mail. Please open a new one.

# Mails about accounts.

letter-greeting = Hello { $name },
letter-greeting-nobody = Hello,
letter-verify = Please confirm your e-mail address
letter-verify-words = Somebody, most likely you, registered with this address. Please confirm it:
letter-already-registered = You have an account already
letter-already-registered-words = Somebody, most likely you, registered with this address, which has an account already. If you forgot your password, set a new one:
letter-reset = Set a new password
letter-reset-words = Somebody, most likely you, asked for a new password. Set it here:
letter-no-account = You have no account yet
letter-no-account-words = Somebody, most likely you, asked for a new password for this address, which has no account yet. If you registered, the address was never confirmed: open the link in the mail that you got then, or register once more:
letter-password-changed = Your password was changed
letter-password-changed-words = The password of your account was changed. If that was not you, set a new one at once, and tell us.
letter-not-you = If that was not you, do nothing.
code-subject = A code for your phone
code-words = { $code } is your code from support.

# The page on which mails end.

unsubscribe-title = No more mails
unsubscribe-ask = Shall we send you no more mails about tickets? What is new still stands in the app.
unsubscribe-button = No more mails
unsubscribe-done = You get no more mails about tickets.
unsubscribe-wrong = This link is not good. Take the one of a newer mail.
