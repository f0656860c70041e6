"""What a chart is made of: `tools.charts` is the door to it."""
