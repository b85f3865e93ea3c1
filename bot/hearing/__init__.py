"""What hears from Discord, and compares when nothing was heard."""
