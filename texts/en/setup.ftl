# What guildesk setup calls the roles, categories and channels that it makes.

made-role =
    { $role ->
        [GENERAL] Support
        [TECHNICAL] Technical support
        [MANAGER] Support manager
       *[ADMIN] Support admin
    }
made-category =
    { $level ->
        [NORMAL] Tickets
        [URGENT] Urgent tickets
       *[CRITICAL] Critical tickets
    }
made-home = Support desk
made-transcripts =
    { $role ->
        [TECHNICAL] transcripts-technical
        [MANAGER] transcripts-manager
        [ADMIN] transcripts-admin
       *[GENERAL] transcripts
    }
made-board = desk-board
made-log = desk-log
made-panel = open-a-ticket
