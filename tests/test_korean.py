"""What Easel says in Korean: its sentences with names and numbers unchanged, particles, pages, and which language is meant."""

import re
from pathlib import Path

import pytest

from tools.korean import in_korean, is_korean, markup_in_korean
from tools.korean.particles import with_particles
from tools.korean.sentences import entries, phrase_in_korean, sentence

CODE = re.sub(
    r"""["']\s*\n\s*f?["']""",
    "",
    "\n".join(
        path.read_text(encoding="utf-8")
        for floor in ("assistant", "tools", "automl")
        for path in sorted((Path(__file__).parent.parent / floor).rglob("*"))
        if path.suffix in (".py", ".js", ".j2")
    ),
)
"""All that may say something, its strings of several lines joined."""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("나이을/를", "나이를"),
        ("수익을/를", "수익을"),
        ("'지점'이/가", "'지점'이"),
        ("age을/를", "age을(를)"),
        ("3으로/로 12으로/로 8으로/로", "3으로 12로 8로"),
        ("서울으로/로 부산으로/로 제주으로/로", "서울로 부산으로 제주로"),
        ("40 %이/가", "40%가"),
        ("fee으로/로", "fee(으)로"),
        ("매출(KRW)은/는", "매출(KRW)은"),
        ("수와/과 월과/와", "수와/과 월과"),
    ],
)
def test_a_particle_is_chosen_by_the_sound_before_it(before: str, after: str) -> None:
    assert with_particles(before) == after


@pytest.mark.parametrize(
    ("request_", "korean"),
    [
        ("지점별 매출을 알려줘", True),
        ("customer_id별 total_amount 평균", True),
        ("members 데이터로 churn 예측 모델 만들어줘", True),
        ("월별 매출", True),
        ("show 매출 by 지역", False),
        ("what is the average 매출 for each 지역?", False),
        ("keep rows where city is '서울 강남구 역삼동'", False),
        ("How good is it?", False),
        ("ok", False),
    ],
)
def test_a_request_is_korean_by_its_sentence_and_not_by_its_names(request_: str, korean: bool) -> None:
    assert is_korean(request_) is korean


@pytest.mark.parametrize(
    ("english", "korean"),
    [
        ("1 row", "1행"),
        ("12,345 rows", "12,345행"),
        ("done, 1,200 -> 1,100 rows, 0.5 s", "완료, 1,200행 → 1,100행, 0.5초"),
        ("nobody wrote this sentence down", "nobody wrote this sentence down"),
        (
            "Not used: 사번 and 연봉 (removed before the model was built).",
            "쓰지 않은 열: 사번, 연봉 (학습 전에 제거됨).",
        ),
        ("Not used: note (you asked to leave it out).", "쓰지 않은 열: note (빼 달라고 요청함)."),
        ("Not used: a and b (you asked to leave them out).", "쓰지 않은 열: a, b (빼 달라고 요청함)."),
        (
            "Not used: 사번 (a running number), and 연봉 (removed before the model was built).",
            "쓰지 않은 열: 사번 (일련번호), 연봉 (학습 전에 제거됨).",
        ),
        ("", ""),
    ],
)
def test_a_sentence_keeps_its_names_and_numbers(english: str, korean: str) -> None:
    assert in_korean(english) == korean


def test_a_place_that_the_english_has_not_is_refused() -> None:
    with pytest.raises(ValueError, match="the Korean has places that the English has not: b"):
        sentence("Added {a}.", "{b}을/를 더했습니다.")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Right for 5 %, 3 to 7, of b: 2 rows.", "b의 5%(3~7)를 맞힘: 2행."),
        ("Right for 5 % of b: 1 row.", "b의 5%를 맞힘: 1행."),
        ("Right for 5 % of b: c, d and e.", "b의 5%를 맞힘: c, d, e."),
    ],
)
def test_what_may_be_left_out_and_words_within_words(said: str, told: str) -> None:
    one = sentence("Right for {p}[, {a:n} to {b:n},] of {c}: {rest:w}.", "{c}의 {p}[({a}~{b})]을/를 맞힘: {rest}.")
    found = one.pattern.fullmatch(said)
    assert found is not None
    assert one.told(found) == told


def test_the_words_of_a_page_are_put_over_and_its_data_stay() -> None:
    page = '<p title="Plan">Plan</p><p translate="no"><b>Plan</b></p><td>Plan</td><i>Plan</i>'
    assert markup_in_korean(page) == '<p title="계획">계획</p><p translate="no"><b>Plan</b></p><td>Plan</td><i>계획</i>'


ENTRIES = list(entries())


def test_no_sentence_is_written_down_twice() -> None:
    """But for what stands within sentences, which may be other words there: `month` is a length, or a part of a date."""
    english = [(file == "words", one) for file, one, _ in ENTRIES]
    assert sorted({one for one in english if english.count(one) > 1}) == []


def test_every_sentence_is_still_said_somewhere() -> None:
    """Of its longest fixed part two words in a row stand in the code, or all by themselves: else the entry is old."""
    old, words_of_code = [], set(re.findall(r"[^\W_]+", CODE.casefold()))
    for _, english, korean in ENTRIES:
        words = sentence(english, korean).anchor.split()
        few = min(2, len(words))
        runs = [" ".join(words[at : at + few]).strip(" .,:;()'") for at in range(len(words) - few + 1)]
        apart = set(re.findall(r"[^\W_]+", " ".join(words).casefold()))
        if not any(run in CODE for run in runs) and not apart <= words_of_code:
            old.append(english)
    assert old == []


@pytest.mark.parametrize("file", sorted({file for file, _, _ in ENTRIES}))
def test_every_sentence_of_a_file_is_put_over_whole(file: str) -> None:
    """With plain values in its places it is found as itself, and no place is left; thousands, so one test a file."""
    assert [english for where, english, _ in ENTRIES if where == file and not _is_whole(file, english)] == []


def _is_whole(file: str, english: str) -> bool:
    filled = re.sub(r"\{(\w+)(?::([nwlckr]))?\}", lambda place: "7" if place[2] == "n" else "x_y", english)
    short = re.sub(r"\[[^\]]*\]", "", filled).replace("(s)", "")
    told = {
        said: phrase_in_korean(said) if file == "words" else in_korean(said)
        for said in (short, re.sub(r"[\[\]]", "", filled.replace("(s)", "s")))
    }
    return all(
        (korean != said or ":w" in english) and not re.search(r"[\[\]{}]", korean) for said, korean in told.items()
    )
