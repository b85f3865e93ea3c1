# What staff reads on the pages of the desk.

desk-queue = What waits for us
desk-nothing-waits = Nothing waits for us.
desk-more-wait = More tickets wait behind these.
desk-asked = What was asked
desk-answer = Your answer
