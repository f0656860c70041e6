"""Made data about people: subscribers, staff, borrowers and patients, each with something to predict."""

from datetime import date, timedelta
from random import Random
from typing import Any

from evals.suites.made.kit import Table, chance, gaps
from evals.suites.made.words import FIRST, LAST

# --- a telecom company -------------------------------------------------------------------------------------------------

TELECOM = (
    "customer_id", "gender", "age", "region", "contract", "tenure_months", "monthly_fee", "support_calls", "data_gb",
    "paperless", "churned",
)  # fmt: skip


def telecom(random: Random, count: int = 900) -> Table:
    """Who stays and who leaves: contract, tenure and calls to the support decide."""
    rows = []
    for number in range(count):
        contract = random.choices(["monthly", "one year", "two years"], [50, 30, 20])[0]
        tenure, calls = random.randint(1, 72), min(9, int(random.expovariate(0.5)))
        fee = round(random.uniform(19, 95) * 2) / 2
        logit = -3.4 + {"monthly": 3.2, "one year": 0.4, "two years": -1.2}[contract]
        logit += 0.75 * calls - 0.06 * tenure + 0.02 * (fee - 50)
        region = random.choices(["North", "South", "East", "West"], [35, 28, 22, 15])[0]
        rows.append(
            [
                f"C{number + 1:04}",
                random.choice(["female", "male"]),
                random.randint(18, 82),
                region,
                contract,
                tenure,
                fee,
                calls,
                round(random.gammavariate(2, 6), 1),
                random.choice(["yes", "no"]),
                "yes" if random.random() < chance(logit) else "no",
            ]
        )
    gaps(rows, 2, 0.04, random)
    gaps(rows, 8, 0.06, random)
    return TELECOM, rows


def telecom_new(random: Random) -> Table:
    """Forty customers of whom nobody knows yet whether they leave."""
    columns, rows = telecom(random, 40)
    return columns[:-1], [[f"N{number:04}", *row[1:-1]] for number, row in enumerate(rows, 1)]


# --- a company's people ------------------------------------------------------------------------------------------------


def employees(random: Random, count: int = 450) -> Table:
    departments = ["Sales", "Engineering", "Support", "Finance", "Logistics"]
    rows = []
    for number in range(count):
        department = random.choices(departments, [28, 30, 20, 10, 12])[0]
        level, overtime = random.choices([1, 2, 3, 4, 5], [25, 32, 23, 14, 6])[0], int(random.gammavariate(2, 5))
        salary = round(
            (30_000 + 11_500 * level + departments.index(department) % 3 * 2_400) * random.uniform(0.9, 1.1), -2
        )
        rating = random.choices([1, 2, 3, 4, 5], [5, 15, 40, 28, 12])[0]
        logit = -2.6 + 0.16 * overtime - 0.45 * (rating - 3) - 0.5 * (level - 2)
        name = f"{random.choice(FIRST)} {random.choice(LAST)}"
        hired = (date(2014, 1, 6) + timedelta(days=random.randrange(4000))).isoformat()
        rows.append(
            [
                1001 + number,
                name,
                random.choice("FM"),
                department,
                level,
                hired,
                int(salary),
                overtime,
                rating,
                random.choice(["true", "false"]),
                "Yes" if random.random() < chance(logit) else "No",
            ]
        )
    columns = ("emp_no", "full_name", "gender", "department", "job_level", "hired_on", "salary", "overtime_hours")
    return (*columns, "rating", "remote", "resigned"), rows


# --- a bank ------------------------------------------------------------------------------------------------------------


def loans(random: Random, count: int = 800) -> Table:
    """Credits, with some incomes missing and four mistyped by a factor of a thousand."""
    rows: list[list[Any]] = []
    for number in range(count):
        purpose = random.choices(["car", "home repair", "business", "education", "medical"], [30, 25, 20, 15, 10])[0]
        amount, income = random.randrange(20, 400) * 100, int(random.lognormvariate(10.7, 0.35))
        years, home = int(random.gammavariate(2, 4)), random.choice(["rent", "own", "mortgage"])
        rate = round(random.uniform(3.5, 14), 2)
        logit = -4.6 + 4.5 * amount / income + 0.34 * (rate - 7) - 0.12 * years + (0.9 if home == "rent" else 0)
        defaulted = int(random.random() < chance(logit))
        rows.append(
            [f"L{number + 1:04}", purpose, amount, random.choice([12, 24, 36, 48, 60]), rate, income, years, home]
        )
        rows[-1].append(defaulted)
    gaps(rows, 5, 0.05, random)
    for row in (rows[11], rows[222], rows[433], rows[644]):
        row[5] = random.randrange(20, 60) * 1_000_000
    columns = ("loan_id", "purpose", "amount", "term_months", "interest_pct", "income", "years_employed", "home")
    return (*columns, "defaulted"), rows


# --- a hospital --------------------------------------------------------------------------------------------------------


def clinic(random: Random, count: int = 500, start: date = date(2025, 1, 1), days: int = 273) -> Table:
    wards = {"Cardiology": 1400, "Orthopedics": 1100, "Pediatrics": 500, "Emergency": 800}
    rows = []
    for _ in range(count):
        ward, day = random.choices(list(wards), [25, 25, 20, 30])[0], start + timedelta(days=random.randrange(days))
        age = random.randint(0, 15) if ward == "Pediatrics" else random.randint(18, 92)
        stay, wait = int(random.expovariate(0.4)), int(random.gammavariate(2, 14))
        bill = round(wards[ward] + 430 * stay + 4 * age + random.gauss(0, 90), 2)
        cover = random.choices(["public", "private", "none"], [65, 27, 8])[0]
        rows.append(
            [day.isoformat(), ward, f"Dr. {random.choice(LAST[:8])}", age, random.choice("FM"), cover, wait, stay, bill]
        )
    rows.sort(key=lambda row: str(row[0]))
    numbered = [[int(start.strftime("%m")) * 10_000 + number, *row] for number, row in enumerate(rows, 1)]
    columns = ("visit_no", "visited_on", "ward", "doctor", "patient_age", "sex", "insurance", "wait_min", "stay_days")
    return (*columns, "bill"), numbered


def clinic_october(random: Random) -> Table:
    return clinic(random, 40, date(2025, 10, 1), 31)
