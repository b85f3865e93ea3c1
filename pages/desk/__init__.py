"""Where staff who are not in Discord work on tickets."""
