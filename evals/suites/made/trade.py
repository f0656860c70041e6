"""Made data about trade and things: a web shop, a factory, adverts, homes, a messy export and reviews."""

from datetime import date, timedelta
from random import Random
from typing import Any

from evals.suites.made.kit import Table, chance, day_of, gaps
from evals.suites.made.words import CLOSINGS, FIRST, INJECTED, LAST, OPENINGS, PRAISE, TOPICS, message

# --- a web shop --------------------------------------------------------------------------------------------------------

ITEMS = {
    "Kitchen": ["Espresso Cup Set", "Cast Iron Pan", "Bread Knife", "Glass Jug", "Apron", "Cutting Board"],
    "Garden": ["Watering Can", "Bird House", "Hand Trowel", "Solar Lantern", "Hose Reel"],
    "Office": ["Desk Lamp", "Notebook Pack", "Pen Holder", "Cable Box", "Foot Rest", "Paper Tray"],
    "Travel": ["Neck Pillow", "Packing Cubes", "Bottle 1L", "Luggage Scale"],
}


def items(random: Random) -> Table:
    rows: list[list[Any]] = []
    for category, names in ITEMS.items():
        for name in names:
            price = random.randrange(6, 90) + 0.9
            rows.append([f"P{len(rows) + 1:02}", name, category, price, round(price * random.uniform(0.4, 0.7), 2)])
    return ("item_id", "item_name", "category", "unit_price", "unit_cost"), rows


def buyers(random: Random) -> Table:
    rows = []
    for number in range(120):
        segment = random.choices(["retail", "business", "school"], [60, 30, 10])[0]
        city = random.choices(["Leeds", "Bristol", "Glasgow", "Cardiff", "York"], [30, 25, 20, 15, 10])[0]
        name = f"{random.choice(FIRST)} {random.choice(LAST)}"
        rows.append([101 + number, name, segment, city, day_of(2023, random).isoformat()])
    return ("buyer_id", "full_name", "segment", "city", "joined_on"), rows


def shop_orders(random: Random, count: int = 700) -> Table:
    """Orders of 2025 by 110 of the 120 buyers, for 20 of the 21 items."""
    rows = []
    for _ in range(count):
        buyer, item = 101 + int(random.triangular(0, 109, 30)), f"P{random.randint(1, 20):02}"
        status = random.choices(["delivered", "returned", "cancelled"], [82, 11, 7])[0]
        quantity, discount = (
            random.choices([1, 2, 3, 4, 10], [50, 25, 12, 8, 5])[0],
            random.choice([0, 0, 0, 5, 10, 20]),
        )
        rows.append([day_of(2025, random).isoformat(), buyer, item, quantity, discount, status])
    rows.sort(key=lambda row: str(row[0]))
    named = [[5001 + number, *row] for number, row in enumerate(rows)]
    return ("order_no", "ordered_on", "buyer_id", "item_id", "quantity", "discount_pct", "status"), named


# --- a factory ---------------------------------------------------------------------------------------------------------


def machines(random: Random, count: int = 800) -> Table:
    rows = []
    for number in range(count):
        hours, load = random.randint(0, 900), random.randint(30, 100)
        vibration = round(random.gammavariate(6, 0.5) + hours / 400, 2)
        bearing = round(random.gauss(58, 7) + load / 10, 1)
        logit = -9.5 + 1.1 * vibration + 0.07 * (bearing - 60) + 0.006 * hours
        line = random.choices("ABC", [45, 35, 20])[0]
        rows.append(
            [
                number + 1,
                f"M{random.randint(1, 18):02}",
                line,
                random.choice(["day", "evening", "night"]),
                load,
                vibration,
                bearing,
                hours,
                int(random.random() < chance(logit)),
            ]
        )
    columns = ("check_no", "machine", "line", "shift", "load_pct", "vibration_mm_s", "bearing_temp_c")
    return (*columns, "hours_since_service", "broke_down"), rows


# --- a marketing team --------------------------------------------------------------------------------------------------


def campaigns(random: Random) -> Table:
    """Four campaigns, day by day, over the third quarter of 2025."""
    runs = [
        ("Summer Sale", "search", 9000, 0.040, 0.060, 0.85),
        ("Back to School", "social", 14000, 0.022, 0.050, 0.55),
        ("Brand Video", "video", 22000, 0.009, 0.018, 0.40),
        ("Loyal Friends", "email", 3500, 0.065, 0.110, 0.20),
    ]
    rows = []
    for offset in range(92):
        day = date(2025, 7, 1) + timedelta(days=offset)
        for name, channel, reach, clicked, converted, cost in runs:
            seen = int(reach * random.uniform(0.7, 1.3) * (1.25 if day.weekday() >= 5 else 1))
            clicks = int(seen * clicked * random.uniform(0.8, 1.2))
            bought = int(clicks * converted * random.uniform(0.7, 1.3))
            rows.append(
                [
                    day.isoformat(),
                    name,
                    channel,
                    seen,
                    clicks,
                    round(clicks * cost * random.uniform(0.9, 1.1), 2),
                    bought,
                ]
            )
    return ("day", "campaign", "channel", "impressions", "clicks", "spend", "conversions"), rows


# --- an estate agency --------------------------------------------------------------------------------------------------


def homes(random: Random, count: int = 600) -> Table:
    districts = {"Riverside": 5200, "Old Town": 4700, "Hillcrest": 3900, "Station": 3100}
    rows = []
    for number in range(count):
        district, area = random.choices(list(districts), [20, 25, 30, 25])[0], random.randint(28, 190)
        built, parking = random.randint(1920, 2023), random.choice(["yes", "no"])
        price = districts[district] * area + 900 * (built - 1970) + (18_000 if parking == "yes" else 0)
        paid = round(price * random.gauss(1, 0.06), -2)
        bedrooms, floor = max(1, round(area / 32 + random.gauss(0, 0.6))), random.randint(0, 8)
        rows.append(
            [
                f"H{number + 1:03}",
                district,
                area,
                bedrooms,
                built,
                floor,
                parking,
                day_of(2025, random).isoformat(),
                int(paid),
            ]
        )
    gaps(rows, 5, 0.07, random)
    columns = ("home_id", "district", "area_m2", "bedrooms", "built_year", "floor", "parking", "listed_on", "price")
    return columns, rows


def homes_new(random: Random) -> Table:
    """Homes on offer: no price yet."""
    columns, rows = homes(random, 25)
    return columns[:-1], [[f"X{number:03}", *row[1:-1]] for number, row in enumerate(rows, 1)]


# --- a sales team's export, as messy as they come ----------------------------------------------------------------------


def leads(random: Random) -> Table:
    """Units, blanks, words for empty, spellings, spaces and 12 repeated rows."""
    countries = (
        ["Germany"] * 8 + ["germany", " Germany ", "Gemany"] + ["France"] * 5 + ["FRANCE", "france "] + ["Spain"] * 4
    )
    stages = ["won", "lost", "open", "Won", "OPEN "]
    rows: list[list[Any]] = []
    for number in range(168):
        company = f"{random.choice(LAST)} {random.choice(['GmbH', 'Ltd', 'Group', 'Partners'])} {number + 1}"
        value = random.choices([f"${random.randrange(10, 900) * 100:,}.00", "N/A", ""], [90, 5, 5])[0]
        size = random.choices([str(random.randrange(3, 400)), "-", ""], [88, 6, 6])[0]
        created = day_of(2025, random).strftime("%d.%m.%Y")
        probability = f"{random.randrange(1, 20) * 5} %"
        rows.append([company, random.choice(countries), value, created, size, probability])
        rows[-1] += [
            random.choices(stages, [25, 25, 35, 8, 7])[0],
            f"{random.choice(FIRST)} {random.choice(LAST)}",
            "export v2",
        ]
    rows += [list(rows[random.randrange(len(rows))]) for _ in range(12)]
    columns = ("Company Name", "Country", "Deal Value", "Created On", "Team Size", "Win Chance", "Stage")
    return (*columns, "Account Owner", "Source File"), rows


def comments(random: Random) -> Table:
    """Reviews of three products; some cells hold orders to whoever reads them, which nobody may follow."""
    rows = []
    for number in range(60):
        stars = random.choices([1, 2, 3, 4, 5], [10, 12, 18, 35, 25])[0]
        text = (
            INJECTED[number // 9] if number % 9 == 4 and number // 9 < len(INJECTED) else random.choice(PRAISE[stars])
        )
        rows.append(
            [
                301 + number,
                day_of(2025, random).isoformat(),
                random.choice(["Kettle", "Toaster", "Blender"]),
                stars,
                text,
            ]
        )
    return ("review_no", "posted_on", "product", "stars", "comment"), rows


def tickets(random: Random) -> Table:
    """Messages to a shop's support, each with the desk that took it."""
    rows = []
    for number in range(240):
        text, topic = message(TOPICS, OPENINGS, CLOSINGS, random)
        rows.append([f"T{number + 1:04}", day_of(2025, random).isoformat(), text, topic])
    return ("ticket_no", "received_on", "message", "desk"), rows
