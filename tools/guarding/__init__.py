"""What the guard is made of: `tools.guard` is the door to it."""
