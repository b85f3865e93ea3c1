# Was Admins erfahren, ohne dass sie etwas falsch gemacht haben.

card-is-refused = Discord nimmt die Karte eines Tickets nicht an; es wird weiter versucht: { $why }
category-is-full = Die Kategorie { $name } ist voll: Weitere Kanäle entstehen daneben.
commands-are-refused = Discord nimmt die Befehle nicht an; alles andere geht weiter: { $why }
commands-come-later = Die Befehle können erst in { $seconds } s eingerichtet werden: { $why }
channel-is-not-seen = Der Bot sieht den Kanal { $channel } eines Tickets nicht mehr.
