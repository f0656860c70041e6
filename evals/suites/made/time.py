"""Made series: loaves of two bakeries by month with a price that matters, visitors of a museum by day."""

import math
from datetime import date, timedelta
from random import Random
from typing import Any

from evals.suites.made.kit import Table

MONTHS, DAYS = 60, 500


def bakery(random: Random) -> Table:
    """Five years of two shops, with a summer season, a trend and fewer loaves where they are dear."""
    rows: list[list[Any]] = []
    for shop, base in (("Harbour", 5200.0), ("Station", 3100.0)):
        for number in range(MONTHS):
            price = random.choice([2.9, 3.1, 3.3, 3.5, 3.7])
            season = 0.18 * math.sin(2 * math.pi * (number % 12 - 3) / 12)
            loaves = base * (1 + season + 0.004 * number) * (1 - 0.25 * (price - 3.3)) + random.gauss(0, 60)
            rows.append([date(2020 + number // 12, 1 + number % 12, 1).isoformat(), shop, price, round(loaves)])
    return ("month", "shop", "price", "loaves"), rows


def visits(random: Random) -> Table:
    """Visitors of each day, with weekends and summers that are full."""
    rows: list[list[Any]] = []
    for number in range(DAYS):
        day = date(2024, 1, 1) + timedelta(days=number)
        weekend = 1.6 if day.weekday() >= 5 else 1.0
        summer = 1 + 0.3 * math.sin(2 * math.pi * (day.timetuple().tm_yday - 80) / 365)
        rows.append([day.isoformat(), round(240 * weekend * summer + random.gauss(0, 14)), random.choice([0, 0, 0, 1])])
    return ("날짜", "방문객수", "특별전"), rows
