# What somebody of staff reads alone, after a command or a button.

staff-only = Only staff can do this.
not-a-ticket-channel = This is not the channel of a ticket.

claimed = Ticket { $number } is yours.
released = Ticket { $number } is nobody's now.
