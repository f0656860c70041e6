"""What is said of a file that was loaded: its size, and everything that had to be assumed in order to read it."""

from typing import Any

from tools.dataset import Version
from tools.words import counted, listed

COUNTED = (
    ("other_encoding_lines", "line", "$ ~ in another encoding than the rest, and read as that."),
    ("mended_characters", "control character", "$ ~ read as the Windows quotes and dashes they stand for."),
    ("stray_quotes", "row", "In $ a quotation mark that nothing closes was read as a letter."),
    ("lines_above_the_table", "row", "$ of notes above the table ~ skipped."),
    ("ragged_rows", "row", "$ had more or fewer cells than the header; missing cells are empty, none was dropped."),
    ("empty_rows", "row", "$ without any value ~ left out."),
    ("blank_lines", "blank line", "$ between the rows ~ left out."),
    ("empty_columns", "column", "$ without name and values ~ left out."),
)
"""What is said of each thing that was counted: `$` is `2 rows`, `~` is `were`."""


def describe_load(version: Version, *, again: bool = False) -> str:
    """`churn: 10,000 rows and 14 columns from churn.csv (comma, UTF-8).`, then what had to be assumed."""
    source = version.step.source
    assumed = source.get("assumed", {})
    how = [assumed[key] for key in ("delimiter", "encoding") if assumed.get(key) not in (None, "none")]
    how += [f"sheet '{assumed['sheet']}'"] if "sheet" in assumed else []
    how += [f"{assumed['header_rows']} rows of names"] if "header_rows" in assumed else []
    counts = f"{counted(version.row_count, 'row')} and {counted(len(version.columns), 'column')}"
    origin = source.get("path", "a file")
    if again:
        now = "" if version.number == 1 else f"; its current version is {version.ref}"
        return f"{version.dataset} is loaded already from the same content ({origin}): {counts}{now}."
    first = f"{version.dataset}: {counts} from {origin}" + (f" ({', '.join(how)})." if how else ".")
    return " ".join([first, *_assumptions(assumed), *_aside(source)])


def _aside(source: dict[str, Any]) -> list[str]:
    """What was put aside and where it is."""
    if "aside" not in source:
        return []
    below, unread = source["assumed"].get("lines_below_the_table", 0), source["rejected"]
    parts = [f"{counted(below, 'row')} of notes below the table"] if below else []
    parts += [f"{counted(unread, 'row')} that could not be read"] if unread else []
    return [f"{' and '.join(parts)} {_were(below + unread)} kept aside in {source['aside']}."]


def _assumptions(assumed: dict[str, Any]) -> list[str]:
    """One sentence for each thing that was not plain in the file."""
    said = []
    if assumed.get("header") is False:
        said.append("The file has no header, so the columns are called column_1, column_2 and so on.")
    if "other_sheets" in assumed:
        said.append(f"Other sheets were not read: {listed(assumed['other_sheets'])}.")
    if "inside" in assumed:
        said.append(f"It was {assumed['inside']} in the archive.")
    if "other_files" in assumed:
        said.append(f"Other files in the archive were not read: {listed(assumed['other_files'])}.")
    if assumed.get("no_rows"):
        said.append("It holds no rows, only column names.")
    for key, noun, words in COUNTED:
        if count := assumed.get(key):
            said.append(words.replace("$", counted(count, noun)).replace("~", _were(count)))
    if renamed := assumed.get("renamed"):
        said.append(f"Renamed: {listed([f'{old} to {new}' for old, new in renamed.items()], 5)}.")
    if read_as := assumed.get("read_as"):
        said.append(f"Read {listed([f'{name} as {words}' for name, words in read_as.items()], 5)}.")
    if kept := assumed.get("kept_as_text"):
        said.append(f"Kept as text: {'; '.join(f'{name} ({why})' for name, why in list(kept.items())[:5])}.")
    return said


def _were(count: int) -> str:
    return "was" if count == 1 else "were"
