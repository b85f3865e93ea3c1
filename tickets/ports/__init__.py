"""What the domain needs from the outside, as protocols that speak the domain."""
