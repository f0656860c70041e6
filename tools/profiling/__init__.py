"""What profile and quality check are made of: `tools.describe` and `tools.quality` are the doors."""
