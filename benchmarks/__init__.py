"""Measures Guildesk side by side with the least that any program doing the same must do."""
