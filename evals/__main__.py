"""`python -m evals`: run cases, report, compare two columns or runs, score again, list what there is.

Exit codes: 0 done, 1 cut short, broken or a significant regression, 2 wrong usage. Errors are one line on standard error.
"""

import argparse
import random
import sys
import tempfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.settings import Settings
    from evals.attempts import Attempt
    from evals.case import Case
    from evals.record import Column, RunFile

DONE, FAILED, USAGE = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code tells how it went."""
    options = _parser().parse_args(arguments)
    from assistant.settings import SettingsError, read_settings
    from automl.waiting import set_waiting
    from evals.case import CaseError
    from evals.compare import CompareError
    from evals.words import WordsError

    set_waiting()
    try:
        return int(options.command(options, read_settings()))
    except (CaseError, CompareError, SettingsError, WordsError) as error:
        print(f"evals: {error}", file=sys.stderr)
        return USAGE
    except BrokenPipeError:
        sys.stderr.close()
        return FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m evals", description="Does the whole assistant do its job?")
    commands = parser.add_subparsers(title="commands", metavar="", required=True)

    run = commands.add_parser(
        "run", help="run suites; what was run before with nothing changed is taken from the cache"
    )
    run.add_argument("suites", nargs="+", metavar="SUITE", help="a .yaml or .jsonl file, or a name that `list` shows")
    _add_list(run, "--model", "SPEC", "language models (default: local)")
    _add_list(run, "--prompt", "NAME=…", "versions of the prompts: current, NAME=PATH, NAME=git:REVISION")
    run.add_argument("--raw", action="store_true", help="the bare model too: schema and question, one SELECT, one shot")
    run.add_argument("--raw-only", action="store_true", help="the bare model alone, as a baseline to keep")
    run.add_argument("--repeats", type=_positive, default=1, metavar="K", help="attempts at each case (default: 1)")
    run.add_argument("--sample", type=_positive, metavar="N", help="so many cases at random")
    run.add_argument("--seed", type=int, default=0, metavar="S", help="of the sample (default: 0)")
    _add_list(run, "--only", "TAG|ID", "cases with one of these tags or ids")
    run.add_argument("--out", type=Path, metavar="FOLDER", help="the run's folder (default: a new one in the cache)")
    run.add_argument("--parallel", type=_positive, default=0, metavar="N", help="attempts at once (remote 4, local 1)")
    run.add_argument("--case-seconds", type=float, default=300, metavar="S", help="time of a case (default: 300)")
    run.add_argument(
        "--tokens", type=_positive, default=0, metavar="N", help="stop after so many tokens (default: never)"
    )
    run.add_argument("--sets", type=Path, metavar="FOLDER", help="where the published data sets lie")
    run.set_defaults(command=_run)

    report = commands.add_parser("report", help="runs as one HTML page and one JSON file")
    report.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    report.add_argument("--html", type=Path, metavar="FILE", help="default: report.html in the first folder")
    report.add_argument("--json", type=Path, metavar="FILE", help="default: report.json in the first folder")
    report.add_argument("--against", type=Path, metavar="FOLDER", help="the run that is the baseline")
    report.set_defaults(command=_report)

    compare = commands.add_parser("compare", help="exit 1 where the second side is significantly worse than the first")
    compare.add_argument("sides", nargs="+", metavar="FOLDER|COLUMN", help="BEFORE AFTER, or RUN COLUMN COLUMN")
    parts = ("prompt", "model", "code", "subject")
    compare.add_argument("--varies", nargs="+", choices=parts, help="what alone may differ (default: anything)")
    compare.set_defaults(command=_compare)

    score = commands.add_parser("score", help="score a run again, without running anything")
    score.add_argument("folder", type=Path, metavar="FOLDER")
    score.add_argument(
        "--fresh", action="store_true", help="by the checks that the suites have now; the run keeps them"
    )
    score.add_argument("--sets", type=Path, metavar="FOLDER", help="where the published data sets lie")
    score.set_defaults(command=_score)

    listing = commands.add_parser("list", help="suites and data sets, with the number of their cases")
    listing.add_argument("--sets", type=Path, metavar="FOLDER", help="where the published data sets lie")
    listing.set_defaults(command=_list)
    return parser


def _add_list(command: argparse.ArgumentParser, name: str, metavar: str, help: str) -> None:
    command.add_argument(name, action="extend", nargs="+", default=[], metavar=metavar, help=help)


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{value} is below 1")
    return value


# --- run -----------------------------------------------------------------------------------------------------------


def _run(options: argparse.Namespace, settings: "Settings") -> int:
    from evals import words
    from evals.attempts import attempts
    from evals.cache import Cache
    from evals.column import Cut, Limits
    from evals.record import RunFile
    from evals.run import load, run

    cases = [case for suite in options.suites for case in load(suite, options.sets)]
    cases = sampled(chosen(cases, options.only), options.sample, options.seed)
    started = datetime.now().astimezone()
    name = "+".join(Path(suite).stem for suite in options.suites) + f"-{started:%Y%m%d-%H%M%S}"
    out = options.out or settings.cache / "evals" / name
    done: list[Attempt] = []
    cut = ""
    with tempfile.TemporaryDirectory(prefix="easel-prompts-") as copies:
        versions = words.versions(options.prompt, Path(copies))
        file = RunFile(
            name=out.name,
            created=started.isoformat(timespec="seconds"),
            suites=options.suites,
            sample=options.sample,
            seed=options.seed,
            repeats=options.repeats,
            columns=_columns(options.model or [settings.model], list(versions), options),
        )
        total = len(cases) * len(file.columns) * file.repeats
        print(f"{len(cases)} cases x {len(file.columns)} columns x {file.repeats} -> {out}", flush=True)
        try:
            for record, known in run(
                file,
                cases,
                out=out,
                cache=Cache(settings.cache / "evals" / "records"),
                settings=settings,
                words=versions,
                limits=Limits(options.case_seconds, options.tokens),
                parallel=options.parallel,
                say=print,
            ):
                done += attempts(cases, [record], suites=options.suites)
                print(f"{len(done):>{len(str(total))}}/{total} {_line(done[-1], known)}", flush=True)
        except Cut as error:
            cut = str(error)
        except KeyboardInterrupt:
            cut = "stopped. The same command goes on there."
    print("\n" + table(file.columns, done))
    if cut:
        print(f"evals: {cut}", file=sys.stderr)
    return FAILED if cut or not all(attempt.counts for attempt in done) else DONE


def chosen(cases: Sequence["Case"], wanted: Iterable[str]) -> list["Case"]:
    """The cases with one of these tags or ids; all where nothing is wanted. Raises CaseError where none is left."""
    from evals.case import CaseError

    words = set(wanted)
    found = [case for case in cases if not words or words & {case.id, *case.tags}]
    if not found:
        tags = ", ".join(sorted({tag for case in cases for tag in case.tags})) or "none"
        raise CaseError(f"No case is called or tagged {' or '.join(sorted(words)) or 'anything'}. Tags: {tags}.")
    return found


def sampled(cases: Sequence["Case"], size: int | None, seed: int) -> list["Case"]:
    """So many cases at random, the same for the same seed whatever the order of the suite; in its order."""
    if size is None or size >= len(cases):
        return list(cases)
    ids = set(random.Random(seed).sample(sorted(case.id for case in cases), size))
    return [case for case in cases if case.id in ids]


def _columns(models: Sequence[str], names: Sequence[str], options: argparse.Namespace) -> list["Column"]:
    from evals.record import Column

    columns = [Column(model=model, prompt=name) for model in dict.fromkeys(models) for name in names]
    if options.raw_only:
        columns.clear()
    if options.raw or options.raw_only:
        columns += [Column(model=model, prompt="raw", subject="raw") for model in dict.fromkeys(models)]
    return columns


def _line(attempt: "Attempt", known: bool) -> str:
    """An attempt in one line: how it went, where, in what time, and the first reason."""
    from evals.attempts import label

    record, verdict = attempt.record, attempt.verdict
    how = "broken" if record.infrastructure else "passed" if verdict.passed else "FAILED"
    repeat = f" #{record.repeat + 1}" if record.repeat else ""
    time = "kept" if known else f"{attempt.seconds:.1f} s"
    reason = record.infrastructure or next(iter(verdict.reasons), "")
    return f"{how}  {record.case}{repeat}  {label(attempt.column)}  {time}" + (f"  {reason:.200}" if reason else "")


def table(columns: Sequence["Column"], attempts: Sequence["Attempt"]) -> str:
    """A line for each column: pass rate with its 95 % interval, median seconds, and what broke, apart."""
    from evals.attempts import label
    from evals.figures import figures

    rows = [["column", "passed", "rate", "95 %", "plan s", "turn s", "tokens", "broken"]]
    for column in columns:
        found = figures([attempt for attempt in attempts if attempt.column == column])
        bounds = found.clustered or found.passed.wilson
        rows.append(
            [
                label(column),
                f"{found.passed.passed}/{found.passed.of}",
                "-" if found.passed.rate is None else f"{found.passed.rate:.1%}",
                f"{bounds[0]:.1%} - {bounds[1]:.1%}" if bounds else "-",
                "-" if found.plan_seconds is None else f"{found.plan_seconds:.1f}",
                "-" if found.turn_seconds is None else f"{found.turn_seconds:.1f}",
                f"{found.tokens_read + found.tokens_written:,}",
                str(found.infrastructure),
            ]
        )
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


# --- what was run --------------------------------------------------------------------------------------------------


def _report(options: argparse.Namespace, settings: "Settings") -> int:
    from evals import report

    html = options.html or options.folders[0] / "report.html"
    json = options.json or options.folders[0] / "report.json"
    report.write(options.folders, html, json, options.against)
    print(html, json, sep="\n")
    return DONE


def _compare(options: argparse.Namespace, settings: "Settings") -> int:
    from evals.compare import compare, lines, select

    before, after = select(options.sides)
    found = compare(before, after, varies=options.varies)
    print(*lines(found), sep="\n")
    return found.exit_code


def _score(options: argparse.Namespace, settings: "Settings") -> int:
    from evals.attempts import attempts
    from evals.run import read_run, write_cases

    file, cases, records = read_run(options.folder)
    if options.fresh:
        cases = _with_new_checks(file, cases, options.sets)
        write_cases(options.folder, cases)
    scored = attempts(cases, records, suites=file.suites)
    for attempt in scored:
        print(_line(attempt, known=True))
    print("\n" + table(file.columns, scored))
    return DONE


def _with_new_checks(file: "RunFile", cases: Sequence["Case"], sets: Path | None) -> list["Case"]:
    """The run's cases as the suites have them now. Raises CaseError for one that is said in other words or is gone."""
    from evals.case import CaseError
    from evals.run import load

    now = {case.id: case for suite in file.suites for case in load(suite, sets)}
    for case in cases:
        new = now.get(case.id)
        if new is None or [(t.say, t.reply) for t in new.turns] != [(t.say, t.reply) for t in case.turns]:
            raise CaseError(f"Case {case.id} is not said as it was when this ran. Run it again.")
    return [now[case.id] for case in cases]


def _list(options: argparse.Namespace, settings: "Settings") -> int:
    from evals.case import CaseError
    from evals.run import load, own_suites
    from evals.sets import HOME, adapters

    for name in [*(file.stem for file in own_suites()), *adapters(options.sets or HOME)]:
        try:
            print(f"{name.ljust(24)} {len(load(name, options.sets)):>6}")
        except CaseError as error:
            print(f"{name.ljust(24)}      -  {error}")
    return DONE


if __name__ == "__main__":
    sys.exit(main())
