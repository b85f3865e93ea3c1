"""What people do: one method for each thing, each a decision inside one append."""
