"""What profile and quality check are made of: `tools.profile` and `tools.quality` are the doors."""
