"""Every text that people read in Discord, in every language: Fluent files, and what puts facts into them."""
