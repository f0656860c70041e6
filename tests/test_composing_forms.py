"""English questions in other words than the data: other forms of names and values, moments by name, what moved, what is worst."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.composing.sure import named_counts
from assistant.plan import Plan, Step
from tests.small_project import Project, project_of, read_by_rule

STAYS = """
SELECT * FROM (VALUES
  ('b1', 'Quay', DATE '2024-12-20', DATE '2025-01-03', DATE '2025-01-05', 'Web', 'US', 2, 'no', 9.0, 200.0),
  ('b2', 'Quay', DATE '2024-02-01', DATE '2024-02-11', DATE '2024-02-21', 'Phone', 'NL', 1, 'yes', NULL, 90.0),
  ('b3', 'Mill', DATE '2025-03-01', DATE '2025-03-04', DATE '2025-03-08', 'Web', 'US', 4, 'no', 7.0, 80.0),
  ('b4', 'Mill', DATE '2025-04-01', DATE '2025-04-02', DATE '2025-04-04', 'Web', 'NL', 3, 'yes', 6.0, 70.0)
) AS t(booking_id, hotel, booked_on, arrival_date, departure_date, channel, country, guests, no_show, review_score, rate_per_night)
"""
BATCHES = """
SELECT * FROM (VALUES
  (1, TIMESTAMP '2024-05-06 07:00', 'M1', 'early', 100, 2, 0, 'OK'), (2, TIMESTAMP '2024-05-07 15:00', 'M2', 'late', 50, 9, 30, 'NOK'),
  (3, TIMESTAMP '2025-05-05 07:00', 'M1', 'early', 100, 3, 0, 'OK'), (4, TIMESTAMP '2025-06-03 15:00', 'M2', 'late', 50, 16, 20, 'NOK')
) AS t(batch_no, produced_at, machine, shift, units_produced, defects, downtime_min, passed)
"""
CLAIMS = """
SELECT * FROM (VALUES
  ('c1', DATE '2024-12-01', DATE '2024-12-05', DATE '2025-01-04', 'settled', 'Motor', 'Ann', 700.0, 71),
  ('c2', DATE '2025-01-01', DATE '2025-01-31', NULL, 'rejected', 'Home', 'Ann', 300.0, 30),
  ('c3', DATE '2025-02-01', DATE '2025-02-02', DATE '2025-02-12', 'settled', 'Home', 'Bob', 100.0, 45),
  ('c4', DATE '2025-02-01', DATE '2025-02-03', NULL, 'open', 'Motor', 'Bob', 50.0, 20)
) AS t(claim_number, incident_date, reported_date, settled_date, status, policy, adjuster, paid_amount, holder_age)
"""
ENROLMENTS = """
SELECT * FROM (VALUES
  (1, 's1', 'k1', DATE '2024-09-01', 'day', 'F', 70.0, 'N'), (2, 's1', 'k2', DATE '2024-09-01', 'day', 'F', 40.0, 'N'),
  (3, 's2', 'k1', DATE '2025-02-01', 'evening', 'M', NULL, 'Y'), (4, 's3', 'k1', DATE '2025-02-01', 'evening', 'M', 90.0, 'N')
) AS t(enrolment_id, student_id, course_code, enrolled_on, mode, gender, grade, dropped_out)
"""
COURSES = "SELECT * FROM (VALUES ('k1', 'Logic', 'Arts'), ('k2', 'Ethics', 'Arts'), ('k3', 'Optics', 'Physics')) AS t(course_code, course_title, department)"
Cases = list[list[object]] | None


@pytest.fixture(scope="module")
def stays(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    yield from project_of(tmp_path_factory.mktemp("stays"), bookings=STAYS)


@pytest.fixture(scope="module")
def batches(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    yield from project_of(tmp_path_factory.mktemp("batches"), batches=BATCHES)


@pytest.fixture(scope="module")
def claims(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    yield from project_of(tmp_path_factory.mktemp("claims"), claims=CLAIMS)


@pytest.fixture(scope="module")
def enrolments(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    yield from project_of(tmp_path_factory.mktemp("enrolments"), enrolments=ENROLMENTS, courses=COURSES)


@pytest.mark.parametrize(
    ("request_", "rows"),
    [
        ("how many nights do guests stay on average?", [[4.5]]),
        ("average length of stay by hotel", [["Mill", 3.0], ["Quay", 6.0]]),
        ("total nights sold per hotel", [["Mill", 6], ["Quay", 12]]),
        ("stays of more than 5 nights by hotel", [["Quay", 1]]),
        ("how many stays lasted more than three nights?", [[2]]),
        ("average nights in 2025", None),  # booked in it, or stayed
        ("how many bookings of at least 4 nights?", [[2]]),
        ("how many bookings were longer than a week?", [[1]]),
        ("average days between booking and arrival by channel", [["Phone", 10.0], ["Web", 6.0]]),
        ("How far in advance do people book?", [[7.0]]),
        ("how many days ahead are bookings made, by channel?", [["Phone", 10.0], ["Web", 6.0]]),
        ("how long before arrival do guests usually book?", [[7.0]]),
        ("median lead time by hotel", [["Mill", 2.0], ["Quay", 12.0]]),
        ("how many bookings were made more than 7 days in advance?", [[2]]),
        ("bookings placed at least 10 days ahead by hotel", [["Quay", 2]]),
        ("how far in advance do people depart?", None),
        ("bookings per year by booking date", [[2024, 2], [2025, 2]]),
        ("how many bookings arriving in April 2025?", [[1]]),
        ("on which weekday do most guests arrive?", [["Tuesday", 4]]),
        ("did bookings go up in 2025 compared to 2024?", [[2024, 2, None], [2025, 2, 0.0]]),
        ("did no-shows go up in 2025?", [[2024, 1, None], [2025, 1, 0.0]]),
        ("is the no-show rate higher in 2025 than in 2024?", [[2024, 0.5], [2025, 0.5]]),
        ("did arrivals increase in 2025 vs 2024?", [[2024, 1, None], [2025, 3, 2.0]]),
        ("how many bookings are from the US?", [[2]]),
        ("how many guests do we have per country?", [["NL", 4], ["US", 6]]),
        ("number of guests in total", [[10]]),
        ("total number of guests", [[10]]),
        ("total number of hotels", None),
        ("average number of guests per booking", [[2.5]]),
        ("which hotel gets the best reviews?", [["Quay", 9.0]]),
        ("which hotel has the worst review score?", [["Mill", 6.5]]),
        ("which channel contributes most to the total guests?", [["Web", 0.9]]),
        ("no-shows by channel", [["Phone", 1], ["Web", 1]]),
        ("average rate per night", [[110.0]]),
        ("hotels by review score", [["Quay", 9.0], ["Mill", 6.5]]),
        ("review score by channel", [["Phone", None], ["Web", 7.333]]),
        ("rank channels by average guests", [["Web", 3.0], ["Phone", 1.0]]),
        ("did no-shows at Mill go up in 2025?", [[2025, 1, None]]),
        ("average nights per guest", None),
    ],
)
def test_stays_are_from_arrival_to_departure(stays: Project, request_: str, rows: Cases) -> None:
    assert read_by_rule(stays, request_) == rows


@pytest.mark.parametrize(
    ("request_", "rows"),
    [
        ("pass rate by machine", [["M1", 1.0], ["M2", 0.0]]),
        ("failure rate by machine", [["M1", 0.0], ["M2", 1.0]]),
        ("how many failed batches per machine?", [["M2", 2]]),
        ("what share of batches passed?", [[0.5]]),
        ("how many batches did we produce?", [[4]]),
        ("how many batches had no downtime?", [[2]]),
        ("worst month for defects", [["2025-06-01", 16]]),
        ("best month for defects", [["2025-05-01", 3]]),
        ("top 1 machines by defects", [["M2", 25]]),
        ("best machine by defects", None),  # the fewest
        ("compare M1 and M2 by defects", [["M1", 5], ["M2", 25]]),
        ("what percentage of defects comes from M2?", [[0.833]]),
        ("M2's share of all defects", [[0.833]]),
        ("defects in May 2024 versus May 2025", [["2024-05-01", 11], ["2025-05-01", 3]]),
        ("defects of M1, M2 in 2025", [["M1", 3], ["M2", 16]]),
        ("total downtime in min by shift", [["early", 0], ["late", 50]]),
        ("how many batches yesterday?", [["2025-06-03", 1]]),
        ("which machine produces the most defects?", [["M2", 25]]),
        ("failures by machine", [["M2", 2]]),
        ("did late batches go down in 2025 compared to 2024?", [[2024, 1, None], [2025, 1, 0.0]]),
        ("batches in May vs June 2025", [["2025-05-01", 1], ["2025-06-01", 1]]),
        ("which weekday had the most failed batches?", [["Tuesday", 2]]),
    ],
)
def test_tests_are_passed_or_failed_and_harm_is_worst_where_it_is_most(
    batches: Project, request_: str, rows: Cases
) -> None:
    assert read_by_rule(batches, request_) == rows


@pytest.mark.parametrize(
    ("request_", "rows"),
    [
        ("rejection rate by policy", [["Home", 0.5], ["Motor", 0.0]]),
        ("rejections by adjuster", [["Ann", 1]]),
        ("which adjuster has the most rejections?", [["Ann", 1]]),
        ("share of claims still open", [[0.25]]),
        ("how many claims were settled in 2025?", [[2]]),
        ("claims settled per month", [["2025-01-01", 1], ["2025-02-01", 1]]),
        ("percentage of claims settled within 20 days", [[0.25]]),
        ("average days from incident to report", [[9.25]]),
        ("how many claims were reported more than 3 days after the incident?", [[2]]),
        ("average settlement time by policy", [["Home", 10.0], ["Motor", 30.0]]),
        ("are motor claims settled faster than home claims?", [["Home", 10.0], ["Motor", 30.0]]),
        ("how much longer do Motor claims take than Home ones?", [["Home", 10.0], ["Motor", 30.0]]),
        ("who is the slowest adjuster?", [["Ann", 30.0]]),
        ("how many claims with a settlement time over 20 days?", [[1]]),
        ("which adjuster settles the most claims?", [["Ann", 1]]),
        ("how many claims over 60?", None),  # of an age, or an amount
        ("claims over 10,000", None),
        ("how many claims of holders over 60?", [[1]]),
        ("what share of the paid amount goes to Motor?", [[0.652]]),
        ("which adjuster contributes the most to the total paid amount?", [["Ann", 0.87]]),
        ("did the average paid amount go up in 2025?", [[2024, 700.0], [2025, 150.0]]),
    ],
)
def test_what_was_done_is_told_by_its_value_or_its_moment(claims: Project, request_: str, rows: Cases) -> None:
    assert read_by_rule(claims, request_) == rows


@pytest.mark.parametrize(
    ("request_", "rows"),
    [
        ("drop-out rate by mode", [["day", 0.0], ["evening", 0.5]]),
        ("which mode has the most dropouts?", [["evening", 1]]),
        ("do men drop out more than women?", [["F", 0.0], ["M", 0.5]]),
        ("how many students are enrolled?", [[3]]),
        ("how many evening students have no grade?", [[1]]),
        ("which department has the most students?", [["Arts", 3]]),
        ("how many courses are there?", [[3]]),
        ("average grade per course", [["Ethics", 40.0], ["Logic", 80.0]]),
        ("average grade for men and women", [["F", 55.0], ["M", 90.0]]),
        ("average grade of men or women", [[66.667]]),
        ("which mode accounts for the largest share of drop-outs?", [["evening", 1.0]]),
        ("which mode has more students, day or evening?", [["day", 1], ["evening", 2]]),
        ("which mode has the higher grade, day or evening?", [["day", 55.0], ["evening", 90.0]]),
        ("day vs evening enrolments by course", [["Ethics", "day", 1], ["Logic", "day", 1], ["Logic", "evening", 2]]),
        ("drop-out rate of women with a grade vs without", None),
        ("grade of enrolments that dropped out vs those that didn't", [["N", 66.667], ["Y", None]]),
        ("top 1 courses by enrolments", [["Logic", 3]]),
    ],
)
def test_students_of_enrolments_are_counted_once(enrolments: Project, request_: str, rows: Cases) -> None:
    assert read_by_rule(enrolments, request_) == rows


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        (
            "SELECT count(*) FROM batches WHERE defects > 60",
            "SELECT count(*) AS number_of_batches FROM batches WHERE defects > 60",
        ),
        (
            "SELECT machine, COUNT(*) FROM batches GROUP BY 1",
            "SELECT machine, COUNT(*) AS number_of_batches FROM batches GROUP BY 1",
        ),
        ("SELECT count(*) AS n FROM batches", None),
        ("SELECT sum(1) / count(*) FROM batches", None),
        ("SELECT count(*) FROM (SELECT DISTINCT machine FROM batches)", None),
        ("SELECT count(*) FROM batches JOIN machines USING (machine)", None),
    ],
)
def test_a_bare_count_is_named_after_its_rows(batches: Project, sql: str, told: str | None) -> None:
    plan = Plan((Step(tool="query_data", arguments={"sql": sql}, why=""),))
    [step] = named_counts(plan, batches[1], "how many?").steps
    assert step.arguments["sql"] == (told or sql)


@pytest.mark.parametrize(
    ("request_", "rows"),
    [
        ("how many reservations are there", [[3]]),
        ("number of reservations by channel", [["Web", 2], ["Phone", 1]]),
        ("top channel by number of reservations", [["Web", 2]]),
        ("how many reservations were cancelled", [[1]]),
    ],
)
def test_a_ref_is_the_key_of_what_it_refers_to(tmp_path: Path, request_: str, rows: Cases) -> None:
    sql = """SELECT * FROM (VALUES ('r1', '03.01.2025', 'Web', 'yes'), ('r2', '04.01.2025', 'Web', 'no'),
        ('r3', '04.01.2025', 'Phone', 'no')) AS t("Reservation Ref", "Reserved On", channel, cancelled)"""
    for project in project_of(tmp_path, hotel_nights=sql):
        assert sorted(read_by_rule(project, request_) or [], key=str) == sorted(rows or [], key=str)
