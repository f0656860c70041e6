"""Fonts that a PDF carries along; the fonts are made here, so that no machine's own matter."""

import io
from pathlib import Path

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTCollection, TTFont

from tools.reporting.letters import cut_font, installed
from tools.reporting.model_pdf import report_pdf

GLYPHS = {".notdef": "", "space": " ", "ga": "가", "seo": "서", "ul": "울"}


def font(path: Path, outlines: str, *, letters: str = " 가서울", fs_type: int = 0, family: str = "Test KR") -> Path:
    """A font whose letters are circles, drawn as TrueType or as CFF does."""
    names = [name for name, letter in GLYPHS.items() if letter in letters]
    made = FontBuilder(1000, isTTF=outlines == "glyf")
    made.setupGlyphOrder(names)
    made.setupCharacterMap({ord(GLYPHS[name]): name for name in names if GLYPHS[name]})
    if outlines == "glyf":
        pens = {name: TTGlyphPen(None) for name in names}
        for pen in pens.values():
            pen.moveTo((100, 0))
            pen.qCurveTo((100, 700), (800, 700), (800, 0))
            pen.closePath()
        made.setupGlyf({name: pen.glyph() for name, pen in pens.items()})
    else:
        drawn = {name: T2CharStringPen(1000, None) for name in names}
        for curve in drawn.values():
            curve.moveTo((100, 0))
            curve.curveTo((100, 700), (800, 700), (800, 0))
            curve.closePath()
        made.setupCFF("Test", {}, {name: pen.getCharString() for name, pen in drawn.items()}, {})
    made.setupHorizontalMetrics(dict.fromkeys(names, (1000, 100)))
    made.setupHorizontalHeader(ascent=800, descent=-200)
    made.setupNameTable({"familyName": family, "styleName": "Regular", "psName": "Test"})
    made.setupOS2(fsType=fs_type)
    made.setupPost()
    made.save(path)
    return path


@pytest.mark.parametrize("outlines", ["glyf", "CFF"])
def test_a_font_is_cut_down_to_the_letters_that_are_written(tmp_path: Path, outlines: str) -> None:
    made = cut_font(set("서가≥"), "Easel-1", [font(tmp_path / "a.otf", outlines)])
    assert made is not None
    cut = TTFont(io.BytesIO(made[0]))
    assert made[1] == {"서", "가"}
    assert sorted(cut.getBestCmap()) == sorted(map(ord, " 가서"))
    assert cut["name"].getDebugName(6) == "Easel-1"
    drawn = cut["glyf"][cut.getBestCmap()[ord("서")]]
    assert (drawn.xMin, drawn.xMax, "CFF " in cut) == (100, 800, False)


def test_fonts_that_may_not_be_carried_or_lack_hangul_are_passed_over(tmp_path: Path) -> None:
    fonts = [
        font(tmp_path / "forbidden.ttf", "glyf", fs_type=2),
        font(tmp_path / "latin.ttf", "glyf", letters=" "),
        tmp_path / "gone.ttf",
    ]
    (tmp_path / "broken.ttf").write_bytes(b"no font")
    assert cut_font({"서"}, "Easel-2", [*fonts, tmp_path / "broken.ttf"]) is None
    assert cut_font({"서"}, "Easel-3", [*fonts, font(tmp_path / "good.ttf", "glyf")]) is not None


def test_of_a_collection_the_korean_face_is_taken(tmp_path: Path) -> None:
    both = TTCollection()
    both.fonts = [
        TTFont(font(tmp_path / "jp.ttf", "glyf", letters=" 가", family="Test JP")),
        TTFont(font(tmp_path / "kr.ttf", "glyf")),
    ]
    both.save(tmp_path / "both.ttc")
    made = cut_font({"서"}, "Easel-4", [tmp_path / "both.ttc"])
    assert made is not None
    assert made[1] == {"서"}


def test_the_best_font_of_the_usual_folders_comes_first(tmp_path: Path) -> None:
    for name in ("deep/NanumGothic.ttf", "other/Latin.ttf", "noto/NotoSansCJK-Regular.ttc"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).touch()
    found = [path.name for path in installed((tmp_path, tmp_path / "none"))]
    assert found == ["NotoSansCJK-Regular.ttc", "NanumGothic.ttf"]


def test_the_pdf_carries_the_letters_and_names_a_font_for_the_rest(tmp_path: Path) -> None:
    mine = font(tmp_path / "a.otf", "CFF")
    carried = report_pdf("서울", [], [mine])
    assert b"FontFile2" in carried
    assert b"HYSMyeongJo-Medium" not in carried
    some = report_pdf("서울 보고서", [], [mine])
    assert b"FontFile2" in some
    assert b"HYSMyeongJo-Medium" in some
    none = report_pdf("서울", [], [])
    assert b"FontFile2" not in none
    assert b"UniKS-UCS2-H" in none
