"""How the libraries' threads wait for one another: some microseconds awake, then asleep.

Those that sleep at once are woken every few rows, which made LightGBM six times slower on small tables; those that
stay awake take the processor from whatever else runs. Read when the libraries are first loaded.
"""

import os

WAITING = {"OMP_WAIT_POLICY": "PASSIVE", "GOMP_SPINCOUNT": "1000"}


def set_waiting() -> None:
    """Have the threads of this process wait so, unless its environment says otherwise."""
    for name, value in WAITING.items():
        os.environ.setdefault(name, value)
