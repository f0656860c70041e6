"""What if, for all rows: predictions of a dataset as it is beside those with a column changed in every row."""

from typing import Any

import pytest

from tests.trained import add, customers, project
from tools import call, tools_asked_for
from tools.tool import ToolError


def supposed(model: str, column: str, value: Any, **more: Any) -> Any:
    return call(project(), "what_if_all", {"model": model, "changes": [{"column": column, "value": value}], **more})


def counts(table: Any, name: str, model: str) -> dict[str, int]:
    """What predict_dataset says of rows that hold the changed values themselves."""
    add(project().workspace, name, table)
    found: dict[str, int] = call(project(), "predict_dataset", {"dataset": name, "model": model}).values["counts"]
    return found


def test_every_row_is_predicted_as_if_it_held_the_value() -> None:
    rows = customers()
    before = counts(rows, "as_they_are", "customers_left")
    outcome = supposed("customers_left", "Active", True, dataset="as_they_are")
    everyone = rows.set_column(rows.schema.get_field_index("Active"), "Active", [[True] * rows.num_rows])
    after = counts(everyone, "all_active", "customers_left")
    assert outcome.table.rows[0] == ["rows predicted yes", before["yes"], after["yes"], after["yes"] - before["yes"]]
    assert after["yes"] < before["yes"]
    assert outcome.table.columns == ["", "before", "after", "difference"]
    assert [row[0] for row in outcome.table.rows] == [
        "rows predicted yes",
        "average probability of yes",
    ]
    default = call(project(), "predict_dataset", {"dataset": "customers", "model": "customers_left"}).values["counts"]
    assert supposed("customers_left", "Active", True).table.rows[0][1] == default["yes"]
    assert outcome.text.startswith(
        "If Active is True in all 400 rows of as_they_are, the average probability that Left is yes goes from 3"
    )
    assert "fewer of them; it is predicted for" in outcome.text
    assert outcome.metrics["difference"] == pytest.approx(
        outcome.metrics["after"] - outcome.metrics["before"], abs=2e-6
    )


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("+20 %", "If Years changes by +20 % in all 400 rows"),
        ("-5", "If Years changes by -5 in all 400 rows"),
        ("x2", "If Years changes by +100 % in all 400 rows"),
        (40, "If Years is 40 in all 400 rows"),
    ],
)
@pytest.mark.parametrize("name", ["Age", "Years"])
def test_a_number_moves_by_a_share_or_an_amount_under_either_of_its_names(name: str, value: Any, words: str) -> None:
    assert supposed("customers_left", name, value).text.startswith(words)


def test_rows_beyond_what_training_saw_are_told_of() -> None:
    rows = customers()
    beyond = sum(age.as_py() * 1.2 > 79 for age in rows["Age"])
    assert (
        f"In {beyond} rows Years then lies outside what the model has seen (18 to 79)"
        in supposed("customers_left", "Age", "+20 %").text
    )
    assert "outside" not in supposed("customers_left", "Age", 40).text


def test_a_number_is_told_on_average_and_in_sum() -> None:
    outcome = supposed("customers_revenue", "Spend", "+10 %")
    rise = outcome.metrics["difference"]
    assert [row[0] for row in outcome.table.rows] == ["Revenue, average", "Revenue, sum"]
    assert outcome.table.rows[1][3] == pytest.approx(400 * rise, rel=1e-4)
    assert 10 < rise < 60  # revenue is about three times the spending, which is 100 on average
    assert "the predicted Revenue goes from" in outcome.text


def test_of_several_classes_the_one_that_moves_most_is_told() -> None:
    outcome = supposed("customers_plan", "Spend", "-30")
    assert "the average probability that Plan is gold goes from" in outcome.text
    assert "fewer of them" in outcome.text


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("Left", "yes", "Left is what the model predicts: change another column, such as Age, Spend, Active and City."),
        (
            "RowNumber",
            1,
            "'customers_left' does not look at RowNumber, so changing it changes no prediction. It looks at: Age, Spend,"
            " Active and City.",
        ),
        ("Age", "old", "Years is a number, but got 'old'. Give a number, or a change such as +10 %, -5 or x2."),
        ("Active", "perhaps", "Active is true or false, but got 'perhaps'."),
        (
            "City",
            "+10 %",
            "City is text to 'customers_left', which can't be moved by +10 %. Change its type to a number, then build the model again.",
        ),
    ],
)
def test_what_can_not_be_supposed_is_said(column: str, value: Any, message: str) -> None:
    with pytest.raises(ToolError) as caught:
        supposed("customers_left", column, value)
    assert str(caught.value) == message


def test_no_change_and_no_rows_are_said() -> None:
    with pytest.raises(ToolError, match="What shall change"):
        call(project(), "what_if_all", {"model": "customers_left", "changes": []})
    add(project().workspace, "nobody", customers().slice(0, 0))
    with pytest.raises(ToolError, match="nobody holds no rows"):
        supposed("customers_left", "Age", 30, dataset="nobody")


@pytest.mark.parametrize(
    ("request_", "asked"),
    [
        ("What if prices rise by 20 %?", True),
        ("What happens to churn if everyone gets a yearly contract?", True),
        ("요금이 20% 오르면 이탈이 얼마나 늘까?", True),
        ("모든 고객이 연간 계약이라면?", True),
        ("What if this customer had two products?", False),
        ("Build a model that predicts churn", False),
    ],
)
def test_the_planner_is_told_of_it_where_it_is_meant(request_: str, asked: bool) -> None:
    assert ("what_if_all" in [one.name for one in tools_asked_for(request_)]) is asked


def test_the_page_asks_for_it_and_shows_the_last_answer() -> None:
    from assistant.app.models import predict_panel
    from assistant.app.state import State
    from assistant.app.view import View
    from assistant.events import StepDone
    from tools.modelling.models import find_model

    workspace, card = project().workspace, find_model(project().workspace, "customers_left")
    outcome = supposed("customers_left", "Active", True)
    done = StepDone(id=1, seconds=0.1, text=outcome.text, table=outcome.table, values=outcome.values)
    head = workspace.version("customers")
    html = predict_panel(workspace, head, View(), State(outcomes=(done,)), [card], card)
    assert 'data-tool="what_if_all"' in html
    form = html[html.index("What if, in every row") :]
    assert "If Active is True in all 400 rows of customers" in form
    assert "average probability of yes" in form
    offered = form[form.index('name="changes.0.column"') :]
    assert [name for name in ("Age", "Spend", "Active", "City", "RowNumber", "Left") if f'value="{name}"' in offered] == [
        "Age", "Spend", "Active", "City",
    ]  # fmt: skip


def test_one_row_is_counted_as_one() -> None:
    rows = customers()
    place = next(n for n, said in enumerate(counts_each(rows)) if said == "yes")
    add(project().workspace, "alone", rows.slice(place, 1))
    assert "it is predicted for 1 row before and" in supposed("customers_left", "Active", True, dataset="alone").text


def counts_each(rows: Any) -> list[str]:
    """What each of the rows is predicted to be."""
    add(project().workspace, "each_alone", rows)
    outcome = call(project(), "predict_dataset", {"dataset": "each_alone", "model": "customers_left"})
    return [str(row[outcome.table.columns.index("prediction")]) for row in outcome.table.rows]  # type: ignore[union-attr]
