"""Pictures: loaded, measured, told apart, judged, predicted one by one and as a table, with a heat map."""

import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from PIL import Image

from assistant.app import model
from automl import image
from automl.card import read_card
from automl.frames import as_frame
from automl.image import ImageSpec
from automl.measures import measures
from automl.network import SIDE, SmallNetwork
from automl.pictures import PictureError, read_picture
from automl.predictor import Predictions
from automl.problem import OnlyReading, detect
from tests.outside import alone, ask_mlflow
from tests.trained import watched
from tools import call, tools_asked_for
from tools.batch import predict_file
from tools.exporting.write import rendered
from tools.modelling.prediction_file import Wanted, _columns, _fields
from tools.modelling.prepare import READ_ROWS
from tools.tool import Job, Outcome, ToolError
from tools.train_image import train_image_model
from tools.workspace import Workspace

KINDS = ("stripes", "dots", "plain")


def picture(kind: str, seed: int, side: int = 64) -> Image.Image:
    """A noisy picture with stripes across, dots, or nothing; the dots are in the upper left quarter."""
    random = np.random.default_rng(seed)
    grey = random.normal(120, 14, (side, side))
    if kind == "stripes":
        grey += 50 * np.sin(np.arange(side) * 2 * np.pi / random.integers(6, 10))[:, None]
    if kind == "dots":
        for row, column in random.integers(4, side // 2 - 4, (6, 2)):
            grey[row - 2 : row + 3, column - 2 : column + 3] = 250
    return Image.fromarray(np.clip(grey, 0, 255).astype(np.uint8))


def folder_of_pictures(folder: Path, count: int = 20) -> Path:
    for number in range(count):
        for place, kind in enumerate(KINDS):
            (folder / kind).mkdir(parents=True, exist_ok=True)
            picture(kind, 100 * place + number).save(folder / kind / f"{kind}_{number}.png")
    return folder


def do(workspace: Workspace, tool: str, **arguments: object) -> Outcome:
    return call(Job(workspace), tool, arguments)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A project with sixty pictures and a model of them."""
    made = tmp_path_factory.mktemp("pictures")
    with Workspace(made / "project") as opened:
        loaded = do(opened, "load_images", path=str(folder_of_pictures(made / "shop")))
        assert (
            loaded.text
            == "Loaded 60 pictures of shop as shop. Their classes are the folders they lie in: dots, plain and stripes."
        )
        built = do(opened, "train_model", dataset="shop", target="class")
        assert built.text.startswith(
            "All that is left to predict class from are pictures (path), so the model looks at them."
        )
        assert built.values["model"] == "shop_class"
        yield opened


def test_a_picture_model_is_told_with_what_it_goes_by_and_judged_like_any(workspace: Workspace) -> None:
    card = read_card(workspace.models / "shop_class")
    assert (card.modality, card.metric, card.model_columns) == ("image", "accuracy", {"path": "text"})
    assert card.image is not None
    assert {trial.method for trial in card.image.trials} == {
        "texture, a linear model",
        "texture, support vectors",
        "texture, a forest",
    }
    assert card.best == card.image.trials[0].method
    assert len(card.image.right) == 3
    assert (workspace.files / card.image.right[0].path).is_file()
    panel = str(model.panel([card], card))
    assert panel.count("data:image/jpeg;base64,") == len(card.image.right) + len(card.image.wrong)
    assert "Red parts spoke for the answer" in panel
    told = do(workspace, "evaluate_model", model="shop_class")
    assert told.metrics["accuracy"] > 0.8 > told.metrics["baseline_accuracy"]
    assert set(card.versions) == {"python", "scikit-learn", "numpy", "scipy", "pillow"}
    assert "It goes by texture, " in do(workspace, "explain_model", model="shop_class").text


def test_a_stopped_training_keeps_the_best_of_what_was_tried(workspace: Workspace) -> None:
    dataset = workspace.datasets()[0].dataset
    job, later = watched(workspace, "Tried texture, a linear model")
    outcome = train_image_model(job, dataset, "class", "path")
    assert "It ended early (you stopped it): it is the best of what was finished by then." in outcome.text
    assert later[-1] == "Measuring the model on pictures it never saw"
    card = read_card(workspace.models / outcome.values["model"])
    call(Job(workspace), "delete_model", {"model": card.name})
    assert card.built.stopped == "you stopped it"


@pytest.mark.parametrize(("known", "tried"), [(2, 1), (3, 2), (9, 3)])
def test_ways_are_left_untried_after_a_stop(monkeypatch: pytest.MonkeyPatch, known: int, tried: int) -> None:
    asked = iter(range(1, 10))
    monkeypatch.setattr(image, "enough", lambda: next(asked) >= known)
    random = np.random.default_rng(0)
    codes = np.repeat([0, 1], 20)
    features = {"texture": random.normal(0, 1, (40, 4)) + codes[:, None]}
    spec = ImageSpec.model_construct(seed=0, scratch_seconds=0.0)
    trials, kept = image._compare(features, codes, 2, spec, lambda fraction, text: None)
    assert (len(trials), len(kept)) == (tried, tried)


def test_a_picture_model_is_judged_with_the_tools_of_any_model(workspace: Workspace) -> None:
    assert do(workspace, "draw_model_chart", kind="calibration").values["charts"] == ["confusion", "calibration"]
    ways = do(workspace, "compare_candidates")
    assert ways.table is not None
    assert [row[1] for row in ways.table.rows] == ["yes", "", ""]
    other = ways.table.rows[1][0]
    with pytest.raises(ToolError, match=f"^Of 'shop_class' the best way alone is kept, texture, .*; {other} was tried"):
        do(workspace, "set_default_candidate", candidate=other)
    assert do(workspace, "show_mistakes").values["rows_looked_at"] == 12
    assert "Over 12 rows that 'shop_class' never saw" in do(workspace, "error_by_segment", column="height").text
    with pytest.raises(ToolError, match=r"^A threshold needs a model of two classes; 'shop_class' predicts several"):
        do(workspace, "choose_threshold")
    with pytest.raises(ToolError, match=r"^'shop_class' reads images, not columns .* predict_image draws\.$"):
        do(workspace, "find_change")


def test_the_report_of_a_picture_model_holds_pictures_with_their_heat_maps(workspace: Workspace) -> None:
    card = read_card(workspace.models / "shop_class")
    assert card.image is not None
    outcome = do(workspace, "model_report")
    assert outcome.values["parts"][-3:] == ["Examples gone wrong", "Explanation", "Model card"]
    page, pdf = (Path(one.path) for one in outcome.artefacts)
    shown = len(card.image.right) + len(card.image.wrong)
    assert page.read_text(encoding="utf-8").count('<img src="data:image/jpeg;base64,') == shown
    assert pdf.read_bytes().count(b"/Subtype /Image") >= shown


def test_the_reasons_of_a_row_of_pictures_are_its_heat_map(workspace: Workspace) -> None:
    outcome = do(workspace, "explain_row", dataset="shop", row=1)
    assert outcome.values["prediction"] in KINDS
    assert outcome.artefacts[0].name.startswith("heat_")


def test_a_small_network_learns_from_pixels_the_same_way_each_time() -> None:
    random, codes = np.random.default_rng(0), np.arange(24) % 3
    shades = np.array([[230, 60, 60], [60, 230, 60], [60, 60, 230]])[codes][:, None, None, :]
    rows = (shades + random.normal(0, 8, (24, SIDE, SIDE, 3))).clip(0, 255).astype(np.uint8).reshape(24, -1)
    one, other = (SmallNetwork(seed=3, seconds=600, passes=12).fit(rows, codes + 4) for _ in range(2))
    scores = one.decision_function(rows)
    assert one.classes_[scores.argmax(axis=1)].tolist() == (codes + 4).tolist()
    assert np.array_equal(scores, other.decision_function(rows))
    hurried = SmallNetwork(seconds=0.0).fit(rows[codes > 0], codes[codes > 0])
    assert hurried.steps_ == 1  # what one step made of it is kept
    assert hurried.classes_.tolist() == [1, 2]
    assert hurried.decision_function(rows).shape == (24, 2)


def test_a_network_from_scratch_is_built_saved_and_draws_its_heat_map(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tools.train_image.SCRATCH_SECONDS", 6.0)
    built = do(workspace, "train_image_model", dataset="shop", method="scratch")
    card = read_card(workspace.models / built.values["model"])
    assert card.best == "pixels, a small network"
    assert [one.model for one in card.leaderboard] == [card.best]
    assert set(card.versions) == {"python", "scikit-learn", "numpy", "scipy", "pillow", "torch"}
    picture("stripes", 990).save(tmp_path / "new.png")
    outcome = do(workspace, "predict_image", path=str(tmp_path / "new.png"), model=card.name)
    assert sum(outcome.values["probabilities"].values()) == pytest.approx(1, abs=1e-5)
    assert Path(outcome.artefacts[0].path).is_file()
    folder, mlflow = (exported(workspace, card.name, format, tmp_path) for format in ("folder", "mlflow"))
    assert "classifier = SmallNetwork(seed=0, passes=60, steps=" in (folder / "train.py").read_text()
    scores = json.loads(alone(folder, "train.py").splitlines()[-1])
    assert scores["now"] == pytest.approx(scores["then"], abs=0.001)  # the same steps, not the same seconds
    predicts_alike(workspace, card.name, folder, mlflow, tmp_path)
    do(workspace, "delete_model", model=card.name)


def test_one_picture_gets_its_class_and_a_heat_map_where_the_dots_are(workspace: Workspace, tmp_path: Path) -> None:
    from automl.image_model import load_image_model

    picture("dots", 999).save(tmp_path / "new.png")
    outcome = do(workspace, "predict_image", path=str(tmp_path / "new.png"))
    assert outcome.values["prediction"] == "dots"
    assert sum(outcome.values["probabilities"].values()) == pytest.approx(1, abs=1e-4)
    (drawn,) = outcome.artefacts
    with Image.open(drawn.path) as opened:
        assert opened.size == (480, 480)
    loaded = load_image_model(workspace.models / "shop_class" / "predictor", workspace.files)
    heat = loaded.heat(tmp_path / "new.png", "dots")
    assert heat.shape == (6, 6)
    assert heat[:3, :3].sum() > heat[3:, 3:].sum()


def test_a_table_of_new_pictures_is_predicted(workspace: Workspace, tmp_path: Path) -> None:
    archive = tmp_path / "more.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for number, kind in enumerate(("stripes", "plain", "dots")):
            picture(kind, 500 + number).save(tmp_path / f"{kind}.png")
            packed.write(tmp_path / f"{kind}.png", f"inner/{kind}.png")
        packed.writestr("inner/readme.txt", "no picture")
        packed.writestr("inner/broken.png", b"no picture either")
    loaded = do(workspace, "load_images", path=str(archive), classes_from="none")
    assert loaded.text == (
        "Loaded 3 pictures of more.zip as more. Nothing tells their classes. 1 file could not be read and were left out:"
        " broken.png."
    )
    assert workspace.version("more").names == ["path", "width", "height"]
    outcome = do(workspace, "predict_dataset", dataset="more", model="shop_class")
    assert outcome.table is not None
    place = outcome.table.columns.index("prediction")
    assert [row[place] for row in outcome.table.rows] == ["dots", "plain", "stripes"]


def with_broken_ones(folder: Path) -> Path:
    """A table of seven pictures, of which three can't be read: one is cut off, one is gone, one has no path."""
    for number, kind in enumerate((*KINDS, "dots", "plain")):
        picture(kind, 800 + number).save(folder / f"{kind}_{number}.jpg")
    whole = (folder / "dots_3.jpg").read_bytes()
    (folder / "dots_3.jpg").write_bytes(whole[: len(whole) // 2])
    names = ["stripes_0.jpg", "dots_1.jpg", "gone.jpg", "plain_2.jpg", "dots_3.jpg", "", "plain_4.jpg"]
    rows = [f"{number},{folder / name if name else ''}" for number, name in enumerate(names)]
    (folder / "rows.csv").write_text("\n".join(["no,path", *rows]))
    return folder / "rows.csv"


@pytest.mark.parametrize("at_once", [200, 2, 1])
@pytest.mark.parametrize("format", ["csv", "parquet"])
def test_pictures_that_cannot_be_read_get_no_prediction_and_are_named(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_once: int, format: str
) -> None:
    monkeypatch.setitem(READ_ROWS, "image", at_once)
    rows, out = with_broken_ones(tmp_path), tmp_path / f"out.{format}"
    outcome = predict_file(workspace, "shop_class", rows, out)
    read = {"csv": pd.read_csv, "parquet": pd.read_parquet}[format]
    made = read(out)
    answers = ["stripes", "dots", None, "plain", None, None, "plain"]
    assert made["prediction"].astype(object).where(made["prediction"].notna(), None).tolist() == answers
    assert made["probability"].isna().tolist() == [answer is None for answer in answers]
    assert outcome.text.startswith(
        "Predicted class for 4 of 7 rows of rows.csv with the model 'shop_class': plain for 2 (50 %)"
    )
    assert outcome.text.endswith(
        f" 3 pictures can't be read and got no prediction: {tmp_path / 'gone.jpg'}, {tmp_path / 'dots_3.jpg'} and an empty path."
    )
    assert (outcome.values["rows"], outcome.values["unpredicted"]) == (7, 3)
    assert outcome.values["counts"] == {"plain": 2, "stripes": 1, "dots": 1}


def test_the_likeliest_pictures_are_those_that_can_be_read(workspace: Workspace, tmp_path: Path) -> None:
    rows = with_broken_ones(tmp_path)
    outcome = predict_file(workspace, "shop_class", rows, tmp_path / "out.csv", Wanted(top=6))
    assert outcome.table is not None
    place = outcome.table.columns.index("prediction")
    assert sorted(row[place] for row in outcome.table.rows) == ["dots", "plain", "plain", "stripes"]


def test_where_no_picture_can_be_read_nothing_is_written(workspace: Workspace, tmp_path: Path) -> None:
    paths = [f"elsewhere/{number}.png" for number in range(9)]
    pd.DataFrame({"path": paths}).to_csv(tmp_path / "rows.csv", index=False)
    with pytest.raises(ToolError) as error:
        predict_file(workspace, "shop_class", tmp_path / "rows.csv", tmp_path / "out.csv")
    assert str(error.value) == (
        "9 pictures can't be read and got no prediction: elsewhere/0.png, elsewhere/1.png, elsewhere/2.png,"
        " elsewhere/3.png, elsewhere/4.png and 4 more. Paths begin in the files of the project."
    )
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize(
    ("type_", "said", "typed"),
    [
        ("text", ["b", None], ["b", None]),
        ("integer", ["12345678901234567", None], [12345678901234567, None]),
        ("boolean", ["true", "false", None], [True, False, None]),
        ("integer", [None], [None]),
        ("boolean", [None], [None]),
    ],
)
def test_a_missing_answer_is_empty_in_each_type_of_classes(
    workspace: Workspace, type_: str, said: list[str | None], typed: list[object]
) -> None:
    card = read_card(workspace.models / "shop_class")
    card = card.model_copy(update={"problem": card.problem.model_copy(update={"label_type": type_})})
    (field,) = _fields(card, pa.schema([]), every_class=False)[:1]
    values = pd.Series([np.nan if one is None else one for one in said], dtype=object)
    assert _columns(card, Predictions(values, None), [field])[0].to_pylist() == typed


@pytest.mark.parametrize("kept", [0.5, 0.97])
def test_pictures_that_were_cut_off_are_left_out_when_they_are_loaded(
    workspace: Workspace, tmp_path: Path, kept: float
) -> None:
    for name in ("whole.jpg", "cut.jpg", "cut.png"):
        picture("dots", 1).save(tmp_path / name)
    for name in ("cut.jpg", "cut.png"):
        whole = (tmp_path / name).read_bytes()
        (tmp_path / name).write_bytes(whole[: int(len(whole) * kept)])
    loaded = do(workspace, "load_images", path=str(tmp_path), name="halves", classes_from="none")
    assert loaded.values["unread"] == ["cut.jpg", "cut.png"]


def test_a_new_picture_is_no_surprise_to_a_model_of_few(workspace: Workspace, tmp_path: Path) -> None:
    picture("dots", 997).save(tmp_path / "new.png")
    path = str(tmp_path / "new.png")
    outcome = do(workspace, "predict_row", values=[{"column": "path", "value": path}], model="shop_class")
    assert outcome.values["prediction"] == "dots"
    assert "did not occur" not in outcome.text
    feature = read_card(workspace.models / "shop_class").feature("path")
    assert feature is not None
    assert feature.categories == []


def test_classes_may_stand_in_the_names(workspace: Workspace, tmp_path: Path) -> None:
    for kind in ("rolled-in_scale", "crazing"):
        for number in range(3):
            picture("plain", number).save(tmp_path / f"{kind}_{number}.jpg")
    outcome = do(workspace, "load_images", path=str(tmp_path), name="steel")
    assert outcome.values["classes"] == ["crazing", "rolled-in_scale"]
    assert workspace.rows('SELECT * FROM "steel@1" ORDER BY path LIMIT 1') == [
        ("steel/crazing_0.jpg", "crazing", 64, 64)
    ]


def test_a_pretrained_network_is_asked_where_one_is_given_and_kept_with_the_model(
    workspace: Workspace, tmp_path: Path
) -> None:
    import torch
    from transformers import ResNetConfig, ResNetModel

    torch.manual_seed(0)
    config = ResNetConfig(embedding_size=8, hidden_sizes=[8, 16], depths=[1, 1], layer_type="basic", image_size=64)
    ResNetModel(config).save_pretrained(tmp_path / "net")
    outcome = do(workspace, "train_image_model", dataset="shop", method="network", backbone=str(tmp_path / "net"))
    folder = workspace.models / outcome.values["model"]
    card = read_card(folder)
    assert card.best.startswith("network, ")
    assert {"torch", "transformers"} < set(card.versions)
    assert (folder / "predictor" / "backbone" / "config.json").is_file()


@pytest.mark.parametrize(
    ("kind", "most"), [("uint16", 65535), ("uint16", 4095), ("int32", 65535), ("uint8", 255), ("float32", 1.0)]
)
def test_greys_of_more_bits_and_shares_are_seen_as_they_are(tmp_path: Path, kind: str, most: float) -> None:
    greys = np.linspace(0, most, 64).reshape(8, 8).astype(kind)
    Image.fromarray(greys).save(tmp_path / "grey.tif")
    seen = read_picture(tmp_path / "grey.tif", 8)
    assert seen[..., 0] == pytest.approx(greys / most, abs=0.02)


def test_measures_do_not_depend_on_the_size_of_the_picture_much(tmp_path: Path) -> None:
    small = picture("stripes", 1, 160)
    small.save(tmp_path / "small.png")
    small.resize((640, 640), Image.Resampling.BICUBIC).save(tmp_path / "large.png")
    one, two = (measures(read_picture(tmp_path / name)) for name in ("small.png", "large.png"))
    assert np.isfinite(one).all()
    assert np.corrcoef(one, two)[0, 1] > 0.98


@pytest.mark.parametrize(
    ("tool", "arguments", "message"),
    [
        ("load_images", {"path": "/nowhere"}, "There is no folder or file '/nowhere'."),
        ("predict_image", {"path": "/nowhere.png"}, "The picture /nowhere.png can't be used: there is no such file."),
        ("train_image_model", {"dataset": "shop", "target": "width"}, "'width' has one value only (64)"),
        ("train_image_model", {"dataset": "shop", "method": "network"}, "No network was given."),
        ("train_image_model", {"dataset": "shop", "path": "width"}, "'width' holds no text."),
        ("highlight_words", {"text": "hello"}, "The model 'shop_class' does not read text."),
    ],
)
def test_what_does_not_fit_is_said_in_one_line(
    workspace: Workspace, tool: str, arguments: dict[str, str], message: str
) -> None:
    with pytest.raises(ToolError) as error:
        do(
            workspace,
            tool,
            **({"model": "shop_class"} if tool in ("highlight_words", "predict_image") else {}),
            **arguments,
        )
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_an_empty_folder_and_a_file_that_is_no_picture_are_said(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "notes.png").write_text("no picture")
    with pytest.raises(ToolError, match=r"^None of the 1 file in '.+' is a picture that can be read\."):
        do(workspace, "load_images", path=str(tmp_path))
    with pytest.raises(PictureError, match="it is no picture that can be read"):
        read_picture(tmp_path / "notes.png")


@pytest.mark.parametrize(
    ("tool", "request_"),
    [
        ("load_images", "Load the pictures in the folder scans"),
        ("load_images", "사진 폴더를 불러와줘"),
        ("train_image_model", "Train a model that recognises defects in the images"),
        ("train_image_model", "사진으로 불량 종류를 분류하는 모델을 학습해줘"),
        ("predict_image", "What does this picture show?"),
        ("predict_image", "이 사진은 무엇인지 예측해줘"),
    ],
)
def test_requests_call_for_the_tools(tool: str, request_: str) -> None:
    assert tool in [found.name for found in tools_asked_for(request_)]


def test_a_table_of_nothing_but_pictures_names_the_column_to_look_at(workspace: Workspace) -> None:
    with workspace.cursor() as cursor:
        frame = as_frame(cursor.execute('FROM "shop@1"').to_arrow_table())
    frame["width"] = [float(place) for place in range(len(frame))]
    with pytest.raises(OnlyReading) as error:
        detect(frame, "class")
    assert str(error.value) == (
        "Only 'path' is left to predict 'class' from, and it is the paths of pictures. Use train_image_model."
    )


def test_an_export_is_trained_again_and_predicts_pictures_without_easel(workspace: Workspace, tmp_path: Path) -> None:
    do(workspace, "calibrate_model", model="shop_class", method="platt")
    folder, mlflow = (exported(workspace, "shop_class", format, tmp_path) for format in ("folder", "mlflow"))
    assert "'platt'" in (folder / "answer.py").read_text()
    assert len(list((folder / "data" / "pictures").rglob("*.png"))) == 60
    scores = json.loads(alone(folder, "train.py").splitlines()[-1])
    assert scores["now"] == pytest.approx(scores["then"], abs=0.001)
    predicts_alike(workspace, "shop_class", folder, mlflow, tmp_path)


def exported(workspace: Workspace, model: str, format: str, place: Path) -> Path:
    """The folder that the ZIP file of a model holds."""
    outcome = do(workspace, "export_model", model=model, format=format)
    with zipfile.ZipFile(outcome.artefacts[0].path) as archive:
        archive.extractall(place)
    return place / f"{model}_{'mlflow' if format == 'mlflow' else 'export'}"


def predicts_alike(workspace: Workspace, model: str, folder: Path, mlflow: Path, tmp_path: Path) -> None:
    """The script of an export and MLflow say of new pictures what Easel itself says."""
    new = [(kind, number) for number in range(4) for kind in KINDS]
    for kind, number in new:
        picture(kind, 700 + number).save(tmp_path / f"{kind}{number}.png")
    rows = pd.DataFrame({"Path": [str(tmp_path / f"{kind}{number}.png") for kind, number in new]})
    rows.to_csv(tmp_path / "new.csv", index=False)
    rows.to_parquet(tmp_path / "new.parquet")
    predict_file(workspace, model, tmp_path / "new.csv", tmp_path / "theirs.csv")
    theirs = pd.read_csv(tmp_path / "theirs.csv")
    alone(folder, "predict.py", str(tmp_path / "new.csv"), "out.csv")
    ask_mlflow(mlflow, tmp_path / "new.parquet", tmp_path / "out.parquet")
    for made in (pd.read_csv(folder / "out.csv"), pd.read_parquet(tmp_path / "out.parquet")):
        assert made["prediction"].tolist() == theirs["prediction"].tolist()
        for kind in KINDS:
            assert made[f"probability_{kind}"].tolist() == pytest.approx(
                theirs[f"probability_{kind}"].tolist(), abs=1e-6
            )


def test_an_export_goes_on_without_pictures_that_cannot_be_read_and_names_them(
    workspace: Workspace, tmp_path: Path
) -> None:
    (lost,), (torn,) = workspace.files.rglob("dots_0.png"), workspace.files.rglob("plain_1.png")
    kept, whole = lost.rename(tmp_path / "kept.png"), torn.read_bytes()
    torn.write_bytes(whole[: len(whole) // 2])
    place, files = tmp_path / "made", workspace.files
    outcome = do(workspace, "export_model", model="shop_class")
    folder, mlflow = (exported(workspace, "shop_class", format, place) for format in ("folder", "mlflow"))
    kept.rename(lost)
    torn.write_bytes(whole)
    names = [str(one.relative_to(files)) for one in (lost, torn)]
    assert outcome.text.endswith(
        f" 2 pictures of its rows can't be read any more: {names[0]} and {names[1]}. train.py goes on without them."
    )
    assert len(list((folder / "data" / "pictures").rglob("*.png"))) == 58
    counts, scores = alone(folder, "train.py").splitlines()[-2:]
    assert sum(int(one) for one in re.findall(r"\d+", counts)) == 58
    assert json.loads(scores)["now"]["accuracy"] > 0.8
    rows = with_broken_ones(tmp_path)
    pd.read_csv(rows).to_parquet(tmp_path / "rows.parquet")
    predict_file(workspace, "shop_class", rows, tmp_path / "theirs.parquet")
    theirs = pd.read_parquet(tmp_path / "theirs.parquet")["prediction"].tolist()
    alone(folder, "predict.py", str(rows), "out.csv")
    ask_mlflow(mlflow, tmp_path / "rows.parquet", tmp_path / "out.parquet")
    for made in (pd.read_csv(folder / "out.csv"), pd.read_parquet(tmp_path / "out.parquet")):
        assert made["prediction"].astype(object).where(made["prediction"].notna(), None).tolist() == theirs
        assert made["probability_dots"].isna().tolist() == [one is None for one in theirs]


def test_a_script_names_the_pictures_that_it_passes_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scope: dict[str, Any] = {"measures": lambda picture: picture.mean(axis=(0, 1))}
    ways = {"by_texture": True, "by_network": False, "by_pixels": False}
    looking = rendered("features.j2", name="m", side=8, network_side=0, mean=(), spread=(), **ways)
    exec(looking.replace("from measures import measures\n", ""), scope)
    picture("dots", 1).save(tmp_path / "dots.png")
    rows, places = scope["features"](["", str(tmp_path / "dots.png"), "gone.png"], tmp_path)
    assert (rows.shape, places) == ((1, 3), [1])
    assert capsys.readouterr().err == "2 of 3 pictures can't be read: an empty path, gone.png\n"
    with pytest.raises(ValueError, match=r"^1 of 1 pictures can't be read: gone\.png$"):
        scope["features"](["gone.png"], tmp_path)
