"""What every request passes: the connection, who is calling, how often, and what a fault looks like."""
