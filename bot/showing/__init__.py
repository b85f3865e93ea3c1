"""What shows tickets in Discord."""
