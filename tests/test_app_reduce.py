"""The conversation as a fold of its events, and what the page makes of it; no browser, no Gradio."""

import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import BaseModel

from assistant.app import chat, files, forms, markup
from assistant.app.board import worth_showing
from assistant.app.chat import prompts
from assistant.app.data import panel
from assistant.app.fields import fields
from assistant.app.state import State, reduce
from assistant.app.view import View
from assistant.event_log import LoggedEvent
from assistant.events import (
    Answer,
    Asked,
    Event,
    Failed,
    PlannedStep,
    PlanShown,
    Question,
    Status,
    StepDone,
    StepFailed,
    StepProgress,
    StepStarted,
)
from assistant.printed import table_text
from tools.dataset import StepRecord
from tools.korean import in_korean
from tools.reporting.scores import scored
from tools.tool import REGISTRY, Artefact, ColumnName, DatasetName, Job, Outcome, Scalar, Sql, TableData, Tool, tool
from tools.words import type_words
from tools.workspace import Workspace


@dataclass(frozen=True)
class Entry:
    seq: int
    run: str
    event: Event


def fold(*events: Event, run: str = "r1") -> State:
    state = State()
    for seq, event in enumerate(events, 1):
        state = reduce(state, Entry(seq, run, event))
    return state


PLAN = PlanShown(
    steps=[
        PlannedStep(
            id=1,
            tool="drop_duplicates",
            arguments={"dataset": "sales"},
            title="Drop duplicates",
            why="18 rows are double.",
        ),
        PlannedStep(id=2, tool="fill_missing", arguments={"dataset": "sales"}, title="Fill missing values of fee"),
    ]
)
DONE = StepDone(id=1, seconds=0.5, text="Dropped 18 rows.", rows=(5000, 4982), sql="SELECT DISTINCT * FROM sales")
NASTY = [
    "<img src=x onerror=alert(1)>",
    "${alert(1)}",
    "{{constructor}}",
    "`x`",
    '"><script>alert(1)</script>',
    "a & b",
]


# --- the fold ----------------------------------------------------------------------------------------------------


def test_a_step_runs_reports_and_is_done() -> None:
    started = fold(Asked(text="Clean it"), PLAN, StepStarted(id=1), StepProgress(id=1, fraction=0.4, text="Reading"))
    assert [(s.id, s.mark, s.fraction, s.note) for s in started.turns[0].steps] == [
        (1, "running", 0.4, "Reading"),
        (2, "waiting", 0.0, ""),
    ]
    done = fold(Asked(text="Clean it"), PLAN, StepStarted(id=1), DONE)
    assert [(s.id, s.mark, s.outcome) for s in done.turns[0].steps] == [(1, "done", DONE), (2, "waiting", None)]
    assert done.outcomes == (DONE,)


def test_a_retried_step_forgets_its_error() -> None:
    state = fold(
        PLAN,
        StepStarted(id=1),
        StepFailed(id=1, error="No column 'fe'."),
        Question(text="No column 'fe'.", options=["Retry"]),
    )
    assert (state.turns[0].steps[0].mark, state.turns[0].steps[0].error) == ("failed", "No column 'fe'.")
    assert state.turns[0].question is not None
    again = reduce(state, Entry(9, "r1", StepStarted(id=1)))
    assert (again.turns[0].steps[0].mark, again.turns[0].steps[0].error, again.turns[0].question) == (
        "running",
        "",
        None,
    )


def test_a_later_plan_replaces_what_is_not_done() -> None:
    mended = PlanShown(steps=[PlannedStep(id=3, tool="fill_missing", arguments={}, title="Fill fee")])
    state = fold(PLAN, StepStarted(id=1), DONE, StepStarted(id=2), StepFailed(id=2, error="no"), mended)
    assert [(s.id, s.title, s.mark) for s in state.turns[0].steps] == [
        (1, "Drop duplicates", "done"),
        (3, "Fill fee", "waiting"),
    ]


def test_a_plan_that_repeats_a_done_step_keeps_its_outcome() -> None:
    state = fold(PLAN, StepStarted(id=1), DONE, PLAN)
    assert [(s.id, s.mark) for s in state.turns[0].steps] == [(1, "done"), (2, "waiting")]


def test_a_click_without_a_plan_gets_a_card_of_its_own() -> None:
    state = fold(Asked(text="Draw a bar chart"), StepStarted(id=1), StepDone(id=1, seconds=1, text="Drawn."))
    assert [(s.title, s.mark) for s in state.turns[0].steps] == [("Draw a bar chart", "done")]


@pytest.mark.parametrize("end", [Answer(text="Done."), Failed(text="Stopped.")])
def test_the_end_of_a_turn_settles_what_was_under_way(end: Answer | Failed) -> None:
    state = fold(PLAN, StepStarted(id=1), end)
    assert [s.mark for s in state.turns[0].steps] == ["skipped", "skipped"]
    assert state.turns[0].over


def test_a_resumed_run_is_no_longer_failed() -> None:
    state = fold(PLAN, StepStarted(id=1), Failed(text="Interrupted.", interrupted=True), StepStarted(id=1))
    assert not state.turns[0].over


def test_an_event_seen_twice_changes_nothing() -> None:
    state = fold(Asked(text="a"), PLAN, StepStarted(id=1), DONE)
    assert reduce(state, Entry(2, "r1", PLAN)) == state


def test_replaying_the_log_gives_the_same_state_as_following_it() -> None:
    events: list[Event] = [Asked(text="a"), Status(text="Reading"), PLAN, StepStarted(id=1), DONE, Answer(text="ok")]
    followed = State()
    for seq, event in enumerate(events, 1):
        followed = reduce(followed, Entry(seq, "r1", event))
    assert followed == fold(*events)


def test_turns_of_two_runs_stay_apart_and_only_changed_ones_are_sent() -> None:
    state = reduce(
        fold(Asked(text="first"), Answer(text="one", suggestions=["Go on"])), Entry(3, "r2", Asked(text="second"))
    )
    sent = chat.changed_turns(state, 2)
    assert [turn["key"] for turn in sent] == ["r1", "r2"]  # the first loses its suggestions: it is no longer the last
    assert "Go on" not in sent[0]["html"]
    assert [turn["key"] for turn in chat.changed_turns(reduce(state, Entry(4, "r2", Answer(text="two"))), 3)] == ["r2"]
    assert chat.changed_turns(state, 3) == []
    assert chat.changed_turns(State(), 0) == []


# --- as HTML -----------------------------------------------------------------------------------------------------


def test_a_plan_card_says_counts_time_and_why() -> None:
    html = chat.turn_html(fold(Asked(text="Clean it"), PLAN, StepStarted(id=1), DONE).turns[0], last=True)
    assert "1. Drop duplicates" in html
    assert "5,000 → 4,982 rows · 0.5 s" in html
    assert "18 rows are double." in html
    assert "SELECT DISTINCT * FROM sales" in html
    assert '<span class="count">1/2</span>' in html


def test_a_failed_step_stands_open_with_its_buttons() -> None:
    failed = Question(text="No column 'fe'.", options=["Retry", "Skip", "Stop"])
    html = chat.turn_html(
        fold(PLAN, StepStarted(id=1), StepFailed(id=1, error="No column 'fe'."), failed).turns[0], last=True
    )
    assert re.search(r"<details open[^>]*>", html)
    assert "No column &#x27;fe&#x27;." in html
    assert html.count("No column &#x27;fe&#x27;.") == 1
    assert "Step 1 failed. What now?" in html
    assert re.findall(r'data-do="reply" data-text="(\w+)"', html) == ["Retry", "Skip", "Stop"]


def test_progress_is_told_to_screen_readers() -> None:
    html = chat.turn_html(fold(PLAN, StepStarted(id=1), StepProgress(id=1, fraction=0.42)).turns[0], last=True)
    assert 'role="progressbar"' in html
    assert 'aria-valuenow="42"' in html


@pytest.mark.parametrize("nasty", NASTY)
def test_nothing_that_comes_from_data_becomes_markup(nasty: str) -> None:
    data = TableData(columns=[nasty], rows=[[nasty]], row_count=1)
    plan = PlanShown(steps=[PlannedStep(id=1, tool="query_data", arguments={}, title=nasty, why=nasty)])
    done = StepDone(id=1, seconds=0, text=nasty, sql=nasty, table=data, artefacts=[Artefact(kind="file", name=nasty)])
    answer = Answer(text=nasty, table=data, suggestions=[nasty])
    events: list[Event] = [Asked(text=nasty), plan, StepStarted(id=1), done]
    pages = [
        chat.turn_html(fold(*events, answer).turns[0], last=True),
        chat.turn_html(fold(*events, Question(text=nasty, options=[nasty])).turns[0], last=True),
        chat.turn_html(fold(*events, Failed(text=nasty)).turns[0], last=True),
        chat.turn_html(fold(plan, StepStarted(id=1), StepProgress(id=1, fraction=0.1, text=nasty)).turns[0], last=True),
        markup.table(data, caption=nasty),
        markup.bars({nasty: 1.0}, caption=nasty),
    ]
    for html in pages:
        assert "<img" not in html
        assert "<script" not in html
        assert not re.search(r"[{}$`]", html)
        assert nasty not in html


@pytest.mark.parametrize(
    ("figures", "shown"),
    [
        ({"auc": 0.75}, [["measure", "F1 from"], ["F1 of all classes", "50.0%"], ["AUC", "0.750"]]),
        ({"measures": 2}, [["measure", "f1 from"], ["macro_f1", "0.50"], ["auc", "0.75"]]),
    ],
)
def test_measures_of_a_model_have_the_names_that_people_know(figures: dict[str, Any], shown: list[list[str]]) -> None:
    data = TableData(columns=["measure", "f1 from"], rows=[["macro_f1", 0.5], ["auc", 0.75]])
    html = chat.turn_html(fold(Asked(text="?"), Answer(text="so", table=data, values=figures)).turns[0], last=True)
    rows = [re.findall(r"<t[hd][^>]*>([^<]*)<", row) for row in re.findall(r"<tr[^>]*>.*?</tr>", html)]
    assert rows == shown


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("rmse", 55861.8, ["RMSE", "55,862"]),
        ("mse", 3_120_542_374.3, ["MSE", "3,120,542,374"]),
        ("mase", 0.836751, ["MASE", "0.84"]),
        ("wape", 0.082904, ["WAPE", "8.3%"]),
        ("flagged", 0.7925, ["Rows it flags", "79.2%"]),
        ("alarms", 200.0, ["False alarms", "200"]),
        ("sold", 0.5, ["sold", 0.5]),
    ],
)
def test_scores_are_written_as_people_write_them(name: str, value: float, told: list[object]) -> None:
    assert scored(TableData(columns=["", "now"], rows=[[name, value]])).rows == [told]


def test_shares_are_told_in_percent_and_stand_at_the_right() -> None:
    data = TableData(columns=["City", "wrong"], rows=[["Oslo", 0.5602], ["Narvik", None]], shares=["wrong"])
    html = markup.table(data, caption="Groups")
    assert '<th scope="col" class="num">wrong</th>' in html
    assert '<td>Oslo</td><td class="num">56.0%</td>' in html
    assert table_text(data) == "City    wrong\nOslo    56.0%\nNarvik"


def test_large_numbers_stand_in_full_in_a_terminal() -> None:
    data = TableData(columns=["sum", "mse"], rows=[[212320381.4, 16289900.0], [0.25, 1e-7]])
    assert table_text(data) == "sum        mse\n212320381  16289900\n0.25       1e-07"


def test_columns_of_a_terminal_stand_below_each_other_in_any_script() -> None:
    data = TableData(columns=["지점", "open", "matin"], rows=[["부산", True, "café"], ["Seoul", False, "cafe\u0301"]])
    assert table_text(data) == "지점   open  matin\n부산   yes   café\nSeoul  no    cafe\u0301"
    assert table_text(data, told=in_korean).splitlines()[1] == "부산   예      café"


def test_columns_without_a_name_are_called_by_what_they_hold() -> None:
    data = TableData(columns=["Region", "count_star()", "avg(net_price)", "기간(개월)"], rows=[["West", 120, 2.5, 3]])
    html = chat.turn_html(fold(Asked(text="?"), Answer(text="so", table=data)).turns[0], last=True)
    heads = re.findall(r"<th [^>]*>([^<]*)<", html)
    assert heads == ["Region", "number of rows", "average net price", "기간(개월)"]


def test_the_text_of_the_assistant_has_bold_lists_and_code_but_no_links() -> None:
    assert markup.prose("**AUC** is `0.9`\n\n- one\n- two") == (
        '<p translate="no"><strong>AUC</strong> is <code>0.9</code></p><ul translate="no"><li>one</li><li>two</li></ul>'
    )
    assert "<a" not in markup.prose("[x](javascript:alert(1)) ![y](http://example.com/y.png)")
    assert "<img" not in markup.prose("![y](http://example.com/y.png)")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, '<td translate="yes"><span class="nil">empty</span></td>'),
        (True, '<td translate="yes">yes</td>'),
        (0.1 + 0.2, '<td class="num">0.3</td>'),
        (12, '<td class="num">12</td>'),
        ("2026-01-01 08:03:11.120000", "<td>2026-01-01 08:03:11.12</td>"),
        ("1.500000", "<td>1.500000</td>"),
    ],
)
def test_cells_read_well(value: object, shown: str) -> None:
    assert markup.cell(value) == shown


def test_a_columns_cells_stand_on_one_side_also_the_empty_ones() -> None:
    shown = markup.table(TableData(columns=["n", "mixed"], rows=[[1, 2], [None, "x"]]), caption="t")
    assert '<tr><td class="num">1</td><td>2</td></tr>' in shown
    assert '<tr><td class="num"><span class="nil">–</span></td><td>x</td></tr>' in shown


@pytest.mark.parametrize(
    ("type_", "words"),
    [
        ("VARCHAR", "text"),
        ("BIGINT", "whole number"),
        ("DECIMAL(10,2)", "number"),
        ("TIMESTAMP WITH TIME ZONE", "date and time"),
        ("VARCHAR[]", "list"),
        ("INTERVAL", "interval"),
    ],
)
def test_types_have_plain_words(type_: str, words: str) -> None:
    assert type_words(type_) == words


# --- forms -------------------------------------------------------------------------------------------------------


class Rule(BaseModel):
    column: ColumnName
    value: Scalar


@pytest.fixture
def everything() -> Tool:
    """A tool with one argument of every kind; taken out of the catalogue again."""

    def try_everything(
        job: Job,
        dataset: DatasetName,
        columns: list[ColumnName],
        method: Literal["mean", "most_common"] = "mean",
        limit: int | None = None,
        keep: bool = True,
        values: list[Scalar] | None = None,
        rules: list[Rule] | None = None,
        sql: Sql | None = None,
        note: str = "",
    ) -> Outcome:
        """Try everything.

        Args:
            columns: the columns to try.
        """
        raise NotImplementedError

    tool(effect="read", group="test", title="Try {columns}")(try_everything)
    return REGISTRY.pop("try_everything")


def test_a_form_has_the_input_that_fits_each_argument(everything: Tool) -> None:
    assert [(field.name, field.kind, field.required, field.reference) for field in fields(everything)] == [
        ("dataset", "choice", True, "dataset"),
        ("columns", "many", True, "column"),
        ("method", "choice", False, ""),
        ("limit", "number", False, ""),
        ("keep", "yesno", False, ""),
        ("values", "lines", False, ""),
        ("rules", "group", False, ""),
        ("sql", "long", False, "sql"),
        ("note", "text", False, ""),
    ]


def test_a_long_form_folds_what_can_be_left_out_until_it_was_touched(everything: Tool) -> None:
    known = forms.Known(datasets=("sales",), columns=("a", "b"))
    shown = forms.form_html(everything, known, {}, prefix="p")
    first, folded = shown.split('<details data-key="more"><summary>More settings</summary>')
    assert '<option value="">–</option>' not in first  # every choice has a usual one, which stands there
    assert re.findall(r'name="(\w+)', first) == ["dataset", "columns", "columns", "method", "limit", "keep"]
    assert [name for name in ("values", "rules", "sql", "note") if f'name="{name}' in folded] == [
        "values",
        "rules",
        "sql",
        "note",
    ]
    touched = forms.form_html(everything, known, {"note": ["x"]}, prefix="p")
    assert '<details data-key="more" open>' in touched


def test_what_is_typed_comes_back_as_arguments(everything: Tool) -> None:
    posted = {
        "dataset": ["sales"],
        "columns": ["fee", "서울"],
        "method": ["most_common"],
        "limit": ["5"],
        "keep": ["false"],
        "values": ["1\n-0.5\n007\nN/A"],
        "rules.0.column": ["fee"],
        "rules.0.value": ["3"],
        "rules.1.column": ["fee"],
        "rules.1.value": [" "],
        "sql": [""],
        "note": [" "],
    }
    assert forms.arguments(everything, posted) == {
        "dataset": "sales",
        "columns": ["fee", "서울"],
        "method": "most_common",
        "limit": 5,
        "keep": False,
        "values": [1, -0.5, "007", "N/A"],
        "rules": [{"column": "fee", "value": 3}],
    }


def test_a_form_offers_what_is_there_and_keeps_what_was_typed(everything: Tool) -> None:
    known = forms.Known(datasets=("sales",), columns=("fee", '"><b>'))
    html = forms.form_html(everything, known, {"columns": ["fee"], "note": ["${x}"]}, prefix="steps")
    assert '<option value="sales" selected translate="no">sales</option>' in html
    assert '<input type="checkbox" name="columns" value="fee" checked>' in html
    assert 'value="&#36;&#123;x&#125;"' in html
    assert "<b>" not in html
    assert 'for="steps-try_everything-note"' in html


# --- files -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "name"),
    [
        ("sales.csv", "sales.csv"),
        ("../../etc/passwd", "passwd"),
        ("C:\\data\\매출.xlsx", "매출.xlsx"),
        ("..", "data"),
        (".env", "env"),
        ("a\x00b.csv", "ab.csv"),
    ],
)
def test_an_upload_keeps_only_the_last_part_of_its_name(wanted: str, name: str) -> None:
    assert files.safe_name(wanted) == name


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ([5944.61, 10887.4, 11633.6, 4348.0], ["5944.6", "10887.4", "11633.6", "4348.0"]),
        ([0.277576, -0.138017, None], ["0.2776", "-0.1380", "–"]),
        ([0.738305, 71.0, 278.0], ["0.738305", "71", "278"]),
        ([3.2e-07, 0.5], ["3.2e-07", "0.5"]),
        ([1_238_810_607.0, -202_539.4, 6634.27], ["1238810607", "-202539", "6634.27"]),
        ([3_120_542_374.5, 2_485_327_310.2], ["3120542374", "2485327310"]),
        ([1e18, 2e18], ["1e+18", "2e+18"]),
        ([12.0, 3.0], ["12", "3"]),
        ([12, 3.5], ["12", "3.5"]),
    ],
)
def test_the_numbers_of_a_column_have_the_same_decimals(values: list[float | None], shown: list[str]) -> None:
    html = markup.table(TableData(columns=["a"], rows=[[one] for one in values]), caption="Numbers")
    assert re.findall(r"<td[^>]*>(?:<span[^>]*>)?([^<]+)<", html) == shown


@pytest.mark.parametrize(
    ("kinds", "values", "shown"),
    [
        (["model"], {}, {"tab": "model", "model": "made"}),
        (["chart", "dataset"], {"model": "sales", "history_end": "2025"}, {"tab": "predict", "model": "sales"}),
        (["chart"], {"model": "steel", "probabilities": {"a": 1.0}}, {"tab": "predict", "model": "steel"}),
        (["chart"], {"model": "sales"}, {"tab": "chart"}),
        (["dataset"], {}, {"tab": "data"}),
        (["file"], {}, {}),
    ],
)
def test_the_page_opens_where_the_newest_step_is_to_be_seen(
    kinds: list[Literal["model", "chart", "dataset", "file"]], values: dict[str, Any], shown: dict[str, str]
) -> None:
    made = [Artefact(kind=kind, name="made") for kind in kinds]
    first = StepDone(id=1, seconds=0, text="", artefacts=[Artefact(kind="model", name="before")] if made else [])
    events = [
        LoggedEvent(1, "a", "", first),
        LoggedEvent(2, "a", "", StepDone(id=2, seconds=0, text="", artefacts=made, values=values)),
    ]
    assert worth_showing(events[1:] if not shown else events) == shown


def test_several_files_of_one_name_are_told_apart_by_their_kinds() -> None:
    assert re.findall(r">(Download[^<]+)<", chat.links(["a.csv", "a.png"])) == ["Download CSV", "Download PNG"]
    assert re.findall(r">(Download[^<]+)<", chat.links(["a.csv", "b.csv"])) == ["Download a.csv", "Download b.csv"]
    assert re.findall(r">(Download[^<]+)<", chat.links(["a.csv"])) == ["Download a.csv"]


def test_what_is_dropped_goes_to_the_tool_that_reads_it(tmp_path: Path) -> None:
    for name, inside in (("steel.zip", ["a/1.jpg", "b/2.PNG"]), ("tables.zip", ["a.csv", "b.csv", "logo.png"])):
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            for one in inside:
                archive.writestr(one, "x")
    (tmp_path / "broken.zip").write_bytes(b"no archive")
    names = ("steel.zip", "tables.zip", "broken.zip", "1.jpeg", "a.csv", "book.xlsx")
    tools = ["load_images", "load_file", "load_file", "predict_image", "load_file", "load_file"]
    assert [files.reader(tmp_path / name) for name in names] == tools


def test_an_upload_never_takes_the_place_of_a_file(tmp_path: Path) -> None:
    names = [files.free_file(tmp_path, "sales.csv").name for _ in range(3)]
    assert names == ["sales.csv", "sales_2.csv", "sales_3.csv"]


@pytest.mark.parametrize(
    "name", ["../secret.txt", "..", ".", "", "sub/x.csv", "/etc/passwd", ".hidden", "link.csv", "nothing.csv"]
)
def test_no_name_reaches_outside_the_folder(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    (tmp_path / "secret.txt").write_text("s")
    (folder / ".hidden").write_text("s")
    (folder / "link.csv").symlink_to(tmp_path / "secret.txt")
    assert files.find(folder, name) is None


def test_a_file_of_the_project_is_found(tmp_path: Path) -> None:
    (tmp_path / "예측.csv").write_text("a\n1\n")
    assert files.find(tmp_path, "예측.csv") == (tmp_path / "예측.csv").resolve()


# --- panels ------------------------------------------------------------------------------------------------------


@pytest.fixture
def sales(tmp_path: Path) -> Workspace:
    workspace = Workspace(tmp_path / "project")
    step = StepRecord(tool="load_file", arguments={"path": "sales.csv"}, text="Loaded sales.csv.")
    workspace.add_query(
        "sales", "SELECT range AS id, '<b>' || range AS region, range * 1.5 AS fee FROM range(120)", step
    )
    return workspace


def test_the_data_panel_shows_one_page_and_says_which(sales: Workspace) -> None:
    with sales:
        html = panel(sales, sales.version("sales"), 50, "")
        assert "Rows 51 to 100 of 120" in html
        assert "&lt;b&gt;50<" in html
        assert "&lt;b&gt;49<" not in html
        assert "Rows 101 to 120 of 120" in panel(sales, sales.version("sales"), 10_000, "")
        assert "<b>" not in html


def test_the_first_prompts_fit_the_data(sales: Workspace) -> None:
    with sales:
        assert prompts(sales.version("sales"), None) == [
            "What is in this data?",
            "What is the average fee for each region?",
            "Clean it up and predict fee",
        ]


def test_a_view_takes_nothing_but_its_own_kinds() -> None:
    with pytest.raises(ValueError, match="offset"):
        View.model_validate({"offset": "DROP TABLE"})
