"""Readers of files, one per family of formats; `read.py` is the door to them."""
