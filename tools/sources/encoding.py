"""Text files in any common encoding: what it is, and the file as UTF-8 for DuckDB to read.

UTF-8 that is not compressed is read where it lies. Everything else is decoded strictly, from the first byte to the
last, into a temporary copy: no character is ever replaced. A line that is not like the rest is read as a second
encoding (and counted), or put aside. Control characters that stand for Windows quotes and dashes become those.

What is not covered: encodings outside the lists below, unless they are told.
"""

import codecs
import gzip
import re
import zlib
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from tools.sources.aside import Aside
from tools.sources.guessing import fits, guess
from tools.sources.opened import refused
from tools.sources.told import NOTHING, Told
from tools.tool import ToolError

CHUNK = 1 << 20
SAMPLE = 1 << 17
BOMB_RATIO, BOMB_BYTES = 200, 2_000_000_000
"""A compressed file that grows beyond both is refused: no table compresses like that."""

BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
CONTROLS = re.compile("[\x80-\x9f]")
AS_UTF8 = re.compile(rb"\xc2[\x80-\x9f]")
WINDOWS = {code: bytes([code]).decode("cp1252", "ignore") or chr(code) for code in range(0x80, 0xA0)}
"""What C1 control characters, which no text holds, stand for where Windows text was taken for Latin-1."""
MOST_ASIDE = 1_000
NAMES = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "utf-32": "UTF-32",
    "cp949": "Korean (CP949)",
    "cp932": "Japanese (Shift-JIS)",
    "euc_jp": "Japanese (EUC-JP)",
    "gb18030": "Chinese (GB18030)",
    "big5": "Chinese (Big5)",
    "cp1251": "Cyrillic (Windows-1251)",
    "koi8_r": "Cyrillic (KOI8-R)",
    "cp1253": "Greek (Windows-1253)",
    "cp1255": "Hebrew (Windows-1255)",
    "cp1256": "Arabic (Windows-1256)",
    "cp874": "Thai (Windows-874)",
    "cp1252": "Western (Windows-1252)",
    "cp1250": "Central European (Windows-1250)",
    "latin-1": "Latin-1",
}


@dataclass(frozen=True)
class TextFile:
    """A text file that DuckDB and Python can read as UTF-8."""

    path: Path
    encoding: str
    """As people say it: `UTF-8`, `Korean (CP949)`."""
    compressed: bool
    mended: int = 0
    """Control characters that were read as the Windows characters they stand for."""
    other_lines: int = 0
    """Lines of UTF-8 text that were in another encoding."""


def as_utf8(path: Path, folder: Path, told: Told = NOTHING, aside: Aside | None = None) -> TextFile:
    """The file as UTF-8; a copy is made in the folder only where one is needed.

    Raises ToolError for binary content, broken compression and bytes that fit no encoding.
    """
    with path.open("rb") as stream:
        compressed = stream.read(2) == b"\x1f\x8b"
    with closing(_chunks(path, compressed)) as chunks:
        head = next(chunks, b"")
    if not head.strip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n"):
        raise refused(path, "it is empty.")
    encoding = _told(told.encoding) or _marked(head)
    clean, controls = (False, False) if encoding not in (None, "utf-8", "utf-8-sig") else _is_utf8(path, compressed)
    if encoding is None and clean:
        encoding = "utf-8"
    if encoding is None or encoding == "utf-8":
        refuse_binary(path, head)
    encoding = encoding or guess(_sample(path, compressed))
    if encoding in ("utf-8", "utf-8-sig") and not compressed and clean and not controls:
        return TextFile(path, NAMES[encoding], compressed)
    copy = folder / "text.csv"
    mended, other = _transcode(path, compressed, encoding, copy, aside or Aside(folder))
    if mended and encoding in ("latin-1", "iso8859-1"):
        encoding, mended = "cp1252", 0
    return TextFile(copy, NAMES.get(encoding, encoding), compressed, mended, other)


def _told(name: str | None) -> str | None:
    if name is None:
        return None
    try:
        found = codecs.lookup(name)
    except LookupError as error:
        raise ToolError(
            f"No encoding '{name}'. Known are utf-8, utf-16, cp949, shift_jis, euc_jp, gb18030, big5, cp1252, latin-1."
        ) from error
    return found.name


def refuse_binary(path: Path, head: bytes) -> None:
    """Raise where the first bytes are no text: a picture, a program, a document."""
    control = sum(byte < 9 or 13 < byte < 27 or 27 < byte < 32 for byte in head[:4096])
    if control > max(2, len(head[:4096]) // 100):
        raise refused(path, "it holds binary data, not a table. Export it as CSV, Excel, JSON or Parquet.")


def _chunks(path: Path, compressed: bool) -> Generator[bytes, None, None]:
    """The file's bytes, decompressed, in pieces; a bomb or broken compression raises."""
    size, total = path.stat().st_size, 0
    with gzip.open(path) if compressed else path.open("rb") as stream:
        try:
            while chunk := stream.read(CHUNK):
                total += len(chunk)
                if compressed and total > BOMB_BYTES and total > BOMB_RATIO * size:
                    raise refused(
                        path, f"it unpacks to more than {BOMB_RATIO} times its size. Unpack it yourself first."
                    )
                yield chunk
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise refused(path, "its compression is broken or cut short. Copy or download it again.") from error


def _marked(head: bytes) -> str | None:
    """The encoding that a byte order mark, or zeros at every second byte, give away."""
    for mark, encoding in BOMS:
        if head.startswith(mark):
            return encoding
    pairs = head[:2000]
    if len(pairs) >= 4 and pairs.count(0) > len(pairs) * 0.3:
        return "utf-16-le" if pairs[1::2].count(0) > pairs[::2].count(0) else "utf-16-be"
    return None


def _is_utf8(path: Path, compressed: bool) -> tuple[bool, bool]:
    """Whether all bytes are UTF-8, and whether control characters are among them that stand for something else."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    controls, last = False, b""
    try:
        for chunk in _chunks(path, compressed):
            decoder.decode(chunk)
            controls = controls or (not chunk.isascii() and AS_UTF8.search(last + chunk) is not None)
            last = chunk[-1:]
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False, controls
    return True, controls


def _sample(path: Path, compressed: bool) -> bytes:
    """Lines that hold bytes outside ASCII, wherever they are in the file: they alone tell encodings apart."""
    telling: list[bytes] = []
    size = 0
    with gzip.open(path) if compressed else path.open("rb") as stream:
        for line in stream:
            if not line.isascii():
                telling.append(line)
                size += len(line)
                if size > SAMPLE:
                    break
    return b"".join(telling)


def _transcode(path: Path, compressed: bool, encoding: str, target: Path, aside: Aside) -> tuple[int, int]:
    """Write the text as UTF-8; how many characters were mended, and how many lines were in a second encoding."""
    if encoding.startswith(("utf-16", "utf-32")):
        return _transcode_whole(path, compressed, encoding, target), 0
    mended = other = number = 0
    second = ""
    # A byte order mark stands before the first line only.
    codec = "utf-8" if encoding == "utf-8-sig" else encoding
    with target.open("w", encoding="utf-8", newline="") as out:
        for block in _blocks(path, compressed):
            try:
                lines, text = block.count(b"\n"), block.decode(codec)
            except UnicodeDecodeError:
                bad = b"".join(line for line in block.splitlines(keepends=True) if not fits(line, codec))
                second = second or (guess(bad) if codec == "utf-8" else codec)
                text, others, lines = _by_line(block, codec, second, number, aside, path)
                other += others
            if codec in ("utf-8", "latin-1", "iso8859-1") and CONTROLS.search(text):
                text, count = CONTROLS.subn(lambda sign: WINDOWS[ord(sign[0])], text)
                mended += count
            number += lines
            out.write(text.removeprefix("\ufeff") if number == lines else text)
    return mended, other


def _blocks(path: Path, compressed: bool) -> Generator[bytes, None, None]:
    """The file's bytes in pieces that end with a line."""
    rest = b""
    with closing(_chunks(path, compressed)) as chunks:
        for chunk in chunks:
            end = chunk.rfind(b"\n") + 1
            if not end:
                rest += chunk
                continue
            yield rest + chunk[:end]
            rest = chunk[end:]
    if rest:
        yield rest


def _by_line(block: bytes, encoding: str, second: str, number: int, aside: Aside, path: Path) -> tuple[str, int, int]:
    """A block that is not all of one encoding: its text, the lines read in the second one, and all of its lines."""
    kept: list[str] = []
    others = 0
    lines = block.split(b"\n")
    for place, line in enumerate(lines):
        end = "" if place == len(lines) - 1 else "\n"
        if fits(line, encoding):
            kept.append(line.decode(encoding) + end)
        elif second != encoding and fits(line, second):
            others += 1
            kept.append(line.decode(second) + end)
        else:
            aside.add(
                number + place + 1,
                f"not {NAMES.get(encoding, encoding)} text like the rest",
                line.decode(encoding, "backslashreplace"),
            )
            if sum(aside.counts.values()) > MOST_ASIDE:
                raise refused(
                    path,
                    f"more than {MOST_ASIDE:,} lines are not {NAMES.get(encoding, encoding)} text. Name another encoding.",
                )
    return "".join(kept), others, len(lines) - 1


def _transcode_whole(path: Path, compressed: bool, encoding: str, target: Path) -> int:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with target.open("w", encoding="utf-8", newline="") as out:
            for chunk in _chunks(path, compressed):
                out.write(decoder.decode(chunk))
            out.write(decoder.decode(b"", final=True))
    except UnicodeDecodeError as error:
        raise refused(
            path, f"a part of it is not {NAMES[encoding]} text like the rest. Save it as UTF-8 and load it again."
        ) from error
    return 0
