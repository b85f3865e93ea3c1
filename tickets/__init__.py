"""The pure domain of Guildesk: tickets, what happens to them, and who may do what. Standard library only."""
