"""Commands on whole stores: back-up, restore, verify, rebuild, move."""
