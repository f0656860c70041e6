"""Which encoding a text without a mark is in: the one in which its foreign characters are words of one script."""

from collections import Counter

EAST_ASIAN = ("cp932", "euc_jp", "cp949", "gb18030", "big5")
COMMON = {"cp932": 0.15, "euc_jp": 0.15, "cp949": 0.8, "gb18030": 0.8, "big5": 0.8}
SINGLE_BYTE = ("cp1251", "koi8_r", "cp1253", "cp1255", "cp1256", "cp874")
WESTERN = ("cp1252", "cp1250", "latin-1")
MOSTLY = 0.8
"""A file of which so many lines with foreign letters are UTF-8 is UTF-8 with odd lines."""
SCRIPTS: dict[str, tuple[tuple[int, int], ...]] = {
    "cp949": ((0xAC00, 0xD7A3), (0x3131, 0x318E)),
    "cp932": ((0x3040, 0x30FF), (0x4E00, 0x9FFF), (0x3000, 0x303F), (0xFF00, 0xFF60)),
    "euc_jp": ((0x3040, 0x30FF), (0x4E00, 0x9FFF), (0x3000, 0x303F), (0xFF00, 0xFF60)),
    "gb18030": ((0x4E00, 0x9FFF), (0x3000, 0x303F), (0xFF00, 0xFF60)),
    "big5": ((0x4E00, 0x9FFF), (0x3000, 0x303F), (0xFF00, 0xFF60)),
    "cp1251": ((0x0410, 0x044F), (0x0401, 0x0401), (0x0451, 0x0451)),
    "koi8_r": ((0x0410, 0x044F), (0x0401, 0x0401), (0x0451, 0x0451)),
    "cp1253": ((0x0386, 0x03CE),),
    "cp1255": ((0x05D0, 0x05EA),),
    "cp1256": ((0x0621, 0x06D5),),
    "cp874": ((0x0E01, 0x0E5B),),
}


def guess(sample: bytes) -> str:
    """The encoding in which the sample's foreign characters are words of one script; else a Western one.

    Pairs of bytes come first, as nearly any byte is a letter of a one-byte alphabet, but few pairs are common ones.
    """
    lines = sample.splitlines()
    if sum(fits(line, "utf-8") for line in lines) >= MOSTLY * len(lines):
        return "utf-8"
    for name in EAST_ASIAN:
        if _script_share(sample, name) > 0.8 and _common_share(sample, name) >= COMMON[name]:
            return name
    letters = Counter(byte for byte in sample if byte > 127)
    # One sign over and over is a broken character, not a language.
    varied = len(letters) > 5 and max(letters.values()) < 0.5 * letters.total()
    fitting = {name: share for name in SINGLE_BYTE if varied and (share := _script_share(sample, name)) > 0.8}
    if fitting:
        from charset_normalizer import from_bytes

        near = [name for name, share in fitting.items() if share > max(fitting.values()) - 0.1]
        best = from_bytes(sample, cp_isolation=near).best() if len(near) > 1 else None
        return str(best.encoding) if best is not None and best.encoding in near else near[0]
    for name in WESTERN:
        try:
            sample.decode(name)
        except UnicodeDecodeError:
            continue
        return name
    return "latin-1"


def fits(line: bytes, encoding: str) -> bool:
    """Whether the bytes can be read in the encoding."""
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _script_share(sample: bytes, encoding: str) -> float:
    """How many of the characters outside ASCII are letters of the encoding's script; 0 where it does not decode."""
    try:
        text = sample.decode(encoding)
    except UnicodeDecodeError:
        return 0.0
    foreign = [ord(letter) for letter in text if ord(letter) > 127]
    inside = sum(any(low <= letter <= high for low, high in SCRIPTS[encoding]) for letter in foreign)
    # In these, a word needs two high bytes even where it has one syllable; an accented letter alone has one.
    paired = encoding in ("cp949", "euc_jp", "gb18030")
    whole = sum(chr(letter).encode(encoding)[1:2] >= b"\xa1" for letter in foreign) if paired else 0
    return inside / len(foreign) * (whole / len(foreign) if paired else _neighbours(text)) if foreign else 0.0


def _common_share(sample: bytes, encoding: str) -> float:
    """How many of the characters outside ASCII are the script's everyday ones: kana, Hangul, frequent Chinese."""
    foreign = [letter for letter in sample.decode(encoding) if ord(letter) > 127]
    if encoding in ("cp932", "euc_jp"):
        return sum(0x3040 <= ord(letter) <= 0x30FF for letter in foreign) / len(foreign)
    low, high = {"cp949": (0xA1, 0xFE), "gb18030": (0xA1, 0xD7), "big5": (0xA1, 0xC6)}[encoding]
    return sum(low <= letter.encode(encoding)[0] <= high for letter in foreign) / len(foreign)


def _neighbours(text: str) -> float:
    """The share of foreign letters that stand next to another one: words of a script come in runs, accents alone."""
    foreign = [ord(letter) > 127 for letter in text]
    total = sum(foreign)
    beside = sum(
        here and (foreign[place - 1 : place] == [True] or foreign[place + 1 : place + 2] == [True])
        for place, here in enumerate(foreign)
    )
    return beside / total if total else 0.0
