"""What people do in Discord, brought to the desk: one file per action."""
