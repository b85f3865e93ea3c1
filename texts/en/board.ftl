# The board: what there is to do at each level, and who is on duty.

board-heading = ## The desk
board-level = **{ level }** · { $open ->
        [0] none
       *[other] { $open } open · nobody waits
    }
board-level-waiting = **{ level }** · { $open } open · { $waiting } waiting · oldest { $ticket }, { $since }
board-breached = ⚠️ { $count } breached
board-at-risk = { $count } at risk
board-open-until = Open until { $at }
board-closed-until = Closed until { $at }
board-closed = Closed
board-on-duty = **On duty**
board-agent =
    { $name } · { $open ->
        [0] free
       *[other] { $open } open
    }
board-more-on-duty = and { $count } more
board-nobody-on-duty = Nobody is on duty.
my-tickets-button = My tickets
duty-button = On/Off duty
