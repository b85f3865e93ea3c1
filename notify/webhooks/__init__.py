"""Signed webhooks: what backends are told of tickets, as Standard Webhooks says."""
