"""What a quality report is made of: `tools.report` is the door to it."""
