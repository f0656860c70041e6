"""Recurring predictions: `tools.schedule` is the door, `tools.scheduling.worker` runs them."""
