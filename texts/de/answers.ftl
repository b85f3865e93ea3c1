# Was jemand aus dem Team nach einem Befehl oder Knopf allein liest.

staff-only = Das kann nur das Team.
not-a-ticket-channel = Das ist nicht der Kanal eines Tickets.

claimed = Ticket { $number } haben jetzt Sie.
released = Ticket { $number } hat jetzt niemand mehr.
