"""One file for each resource: its models beside its handlers."""
