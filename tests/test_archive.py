"""ZIP files as other systems write them: names without UTF-8, folders parted by backslashes, pictures of other kinds."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from PIL import Image

from tools import call
from tools.sources.archive import open_zip
from tools.tool import Job, ToolError
from tools.workspace import Workspace


def zipped(path: Path, files: Mapping[bytes, bytes]) -> Path:
    """A ZIP file whose names are these bytes, not marked as UTF-8."""
    held = io.BytesIO()
    stand_ins = {name: bytes([65 + place]) * len(name) for place, name in enumerate(files)}
    with zipfile.ZipFile(held, "w") as archive:
        for name, content in files.items():
            archive.writestr(stand_ins[name].decode(), content)
    whole = held.getvalue()
    for name, stand_in in stand_ins.items():
        whole = whole.replace(stand_in, name)
    path.write_bytes(whole)
    return path


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        ("고양이/사진 1.png", "cp949"),
        ("강아지와 고양이/우리 집.png", "utf-8"),
        ("ねこの写真/これはペンです.png", "cp932"),
        ("café/plage.png", "cp437"),
        ("cats/1.png", "ascii"),
    ],
)
def test_names_in_a_zip_file_are_read_as_they_were_written(tmp_path: Path, name: str, encoding: str) -> None:
    path = zipped(tmp_path / "old.zip", {name.encode(encoding): b"x" * 9})
    with open_zip(path) as archive:
        assert archive.namelist() == [name]
        assert archive.read(name) == b"x" * 9


def picture(shade: int) -> bytes:
    held = io.BytesIO()
    Image.new("RGB", (8, 8), (shade, 0, 0)).save(held, "png")
    return held.getvalue()


def test_a_zip_file_of_korean_windows_gives_its_classes_and_says_what_it_does_not_read(tmp_path: Path) -> None:
    names = ["고양이\\사진 1.png", "강아지\\사진 1.png", "강아지\\사진 2.heic", "설명.txt"]
    path = zipped(tmp_path / "pets.zip", {name.encode("cp949"): picture(place) for place, name in enumerate(names)})
    with Workspace(tmp_path / "project") as workspace:
        outcome = call(Job(workspace), "load_images", {"path": str(path)})
        assert workspace.rows('SELECT path, class FROM "pets@1" ORDER BY ALL') == [
            ("pets/강아지/사진 1.png", "강아지"),
            ("pets/고양이/사진 1.png", "고양이"),
        ]
    assert outcome.text == (
        "Loaded 2 pictures of pets.zip as pets. Their classes are the folders they lie in: 강아지 and 고양이. 1 file is a"
        " picture of a kind that is not read (.heic): save them as JPEG or PNG, then load them again."
    )


def test_a_folder_of_nothing_but_other_pictures_says_so(tmp_path: Path) -> None:
    (tmp_path / "phone").mkdir()
    for number in range(2):
        (tmp_path / "phone" / f"{number}.HEIC").write_bytes(b"x")
    with Workspace(tmp_path / "project") as workspace, pytest.raises(ToolError) as error:
        call(Job(workspace), "load_images", {"path": str(tmp_path / "phone")})
    assert str(error.value) == (
        "'phone' holds no picture. Readable are .jpg, .jpeg, .jfif, .png, .bmp, .gif, .tif, .tiff, .webp. 2 files are"
        " pictures of a kind that is not read (.heic): save them as JPEG or PNG, then load them again."
    )
