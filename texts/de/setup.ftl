# Wie guildesk setup die Rollen, Kategorien und Kanäle nennt, die es anlegt.

made-role =
    { $role ->
        [GENERAL] Support
        [TECHNICAL] Technischer Support
        [MANAGER] Support-Leitung
       *[ADMIN] Support-Admin
    }
made-category =
    { $level ->
        [NORMAL] Tickets
        [URGENT] Dringende Tickets
       *[CRITICAL] Kritische Tickets
    }
made-home = Support-Desk
made-transcripts =
    { $role ->
        [TECHNICAL] protokolle-technik
        [MANAGER] protokolle-leitung
        [ADMIN] protokolle-admin
       *[GENERAL] protokolle
    }
made-board = desk-tafel
made-log = desk-log
made-panel = ticket-eröffnen
