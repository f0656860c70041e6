"""Readers of files, one per family of formats; `tools.connect` is the door to them."""
