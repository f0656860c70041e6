"""A font of this machine for the letters that Latin fonts lack, cut down to those that are written, for a PDF to carry.

What is not covered: fonts that forbid to be embedded, and writing from right to left.
"""

import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

FOLDERS = (
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path.home() / ".local/share/fonts",
    Path.home() / ".fonts",
    Path("/System/Library/Fonts"),
    Path("/Library/Fonts"),
    Path.home() / "Library/Fonts",
    Path("C:/Windows/Fonts"),
)
"""Where Linux, macOS and Windows keep fonts."""
NAMES = (
    "NotoSansCJK-Regular.ttc",
    "NotoSansCJKkr-Regular.otf",
    "NotoSansKR-Regular.*",
    "NanumGothic.ttf",
    "AppleSDGothicNeo.ttc",
    "malgun.ttf",
    "NotoSansKR*.ttf",
    "UnDotum.ttf",
)
"""Fonts with Hangul that come with systems or are installed most often, the best first."""
HANGUL = ord("가")
RESTRICTED = 0x0002
"""The bit of a font's licence that forbids embedding (fsType of its OS/2 table)."""
REGULAR = 400


def installed(folders: tuple[Path, ...] = FOLDERS) -> Iterator[Path]:
    """The Korean fonts of this machine, the best first."""
    there = [folder for folder in folders if folder.is_dir()]
    for name in NAMES:
        for folder in there:
            yield from sorted(folder.rglob(name))


def cut_font(letters: set[str], name: str, fonts: Iterable[Path]) -> tuple[bytes, set[str]] | None:
    """A TrueType font of that name with those letters, and which of them it has; None where no font may be used."""
    from fontTools.ttLib import TTLibError

    for path in fonts:
        try:
            with path.open("rb") as file:
                font = _korean(file, collection=path.suffix == ".ttc")
                if font is not None:
                    had = {letter for letter in letters if ord(letter) in font.getBestCmap()}
                    return _cut(font, had, name), had
        except (TTLibError, OSError):
            continue
    return None


def _korean(file: BinaryIO, *, collection: bool) -> Any:
    """The Korean face of a file, if it has one that may be embedded."""
    from fontTools.ttLib import TTCollection, TTFont

    faces = TTCollection(file, lazy=True).fonts if collection else [TTFont(file, lazy=True)]
    for face in sorted(faces, key=lambda face: "KR" not in (face["name"].getDebugName(1) or "")):
        outlines = "glyf" in face or "CFF " in face
        if outlines and not face["OS/2"].fsType & RESTRICTED and HANGUL in face.getBestCmap():
            return face
    return None


def _cut(font: Any, letters: set[str], name: str) -> bytes:
    from fontTools.subset import Options, Subsetter
    from fontTools.varLib.instancer import instantiateVariableFont

    unused = ["GSUB", "GPOS", "GDEF", "BASE", "vhea", "vmtx"]
    subsetter = Subsetter(
        Options(layout_features=[], notdef_outline=True, drop_tables=[*Options().drop_tables, *unused])
    )
    subsetter.populate(text="".join(letters) + " ")
    subsetter.subset(font)
    if "fvar" in font:
        middle = {axis.axisTag: axis.defaultValue for axis in font["fvar"].axes}
        font = instantiateVariableFont(font, {**middle, **({"wght": REGULAR} if "wght" in middle else {})})
    if "CFF " in font:
        _as_truetype(font)
    font["name"].setName(name, 6, 3, 1, 0x409)
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()


def _as_truetype(font: Any) -> None:
    """Cubic outlines as quadratic ones: the only ones that reportlab embeds."""
    from fontTools.pens.cu2quPen import Cu2QuPen
    from fontTools.pens.ttGlyphPen import TTGlyphPen
    from fontTools.ttLib import newTable

    order, shapes, drawn = font.getGlyphOrder(), font.getGlyphSet(), {}
    for glyph in order:
        pen = TTGlyphPen(shapes)
        shapes[glyph].draw(Cu2QuPen(pen, max_err=1.0, reverse_direction=True))
        drawn[glyph] = pen.glyph()
    font["loca"], font["glyf"], font["maxp"] = newTable("loca"), newTable("glyf"), newTable("maxp")
    font["glyf"].glyphOrder, font["glyf"].glyphs = order, drawn
    zeros = "maxTwilightPoints maxStorage maxFunctionDefs maxInstructionDefs maxStackElements maxSizeOfInstructions"
    font["maxp"].tableVersion, font["maxp"].numGlyphs, font["maxp"].maxZones = 0x00010000, len(order), 1
    for field in zeros.split():
        setattr(font["maxp"], field, 0)
    font["post"].formatType, font.sfntVersion = 3.0, "\x00\x01\x00\x00"
    for table in ("CFF ", "VORG"):
        if table in font:
            del font[table]
