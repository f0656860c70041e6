"""Mends by rule what language models get wrong in SQL; behind the door `tools.mend`."""
