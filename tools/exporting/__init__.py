"""A model as a folder that a data scientist opens without Easel: `tools.export` is the door."""
