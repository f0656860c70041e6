"""Words of requests and of names: split, without endings, English and Korean; which of them only ask.

What is not covered: other languages have no lists of asking words; a second look may doubt more of theirs.
"""

import re
from collections.abc import Collection, Iterable

_COMMON = (
    "a again all also an and anew any anything are as at average avg be been best between both by can compare compute count did "
    "but different distinct do does dont each either else ever every everything except find first for from get give given had has have highest "
    "how i if in into is it its just largest last least less list lowest many max maximum mean median me min minimum more "
    "most much my never no none nor not nothing number of on one only or other our out over overall per percent "
    "percentage please rate ratio record records row rows same share should show smallest so some something still sum "
    "table tell than that the their them then there these they this those to together too top total under unique up us "
    "use using very was we were what when where which while who whole whose why with without would yet you your above "
    "below after before during data dataset column columns value values add build chart check clean draw fix forecast "
    "good bad worst biggest lowest higher lower greater fewer fewest common often several certain kind kinds type types "
    "drop drops dropped dropping nonunique duplicate duplicates duplicated repeat repeated repetition repetitions difference minus plus intersection union "
    "null nulls nan missing empty blank observation observations entry entries frequent frequently frequency occurring occurrence occurrences popular divisible equal equals greater less contain contains start starts end ends lie lies begin begins return returns "
    "dataframe dataframes df frame frames pandas method statistic statistics general sort order ordered ascending descending alphabetical alphabetically chronological chronologically name names called "
    "histogram histograms scatter pie boxplot heatmap graph visualize visualise visualization distribution trend issues model models plot predict predicted predicts prediction problems quick remove repair standard train "
    "ok okay well so once retrain rebuild redo make makes made previous next following preceding prior listed consecutive consecutively "
    "meter meters metre metres kilometer kilometers km feet foot inch inches mile miles kilogram kilograms kg gram grams usd dollar dollars euro euros unit units "
    "identify determine display print present presented retrieve see provide examine analyze analyse calculate calculated create generate select sorted grouped period periods "
    "iqr interquartile quartile quartiles quantile quantiles percentile percentiles variance deviation deviations volatility outlier outliers correlation correlations bound bounds tuple series index "
    "want whether will busy busier busiest popularity left remain remains remaining "
    "instead rather soon probably likely might drives causes factors influences affects 곧 조만간 미리 앞으로 같은 가능성 원인 요인 "
    "가장 각 각각 간 개 건 것 결과 경우 곳 관련 구해 그럼 그리고 기준 기준으로 까지 나 내 낮은 높은 누구 누가 다 다른 대비 대한 더 "
    "데이터 데이터셋 동안 되는 되나 되지 된 두 뒤 등 때 또 또는 뭐 무엇 많은 많이 많아 많지 명 몇 모두 목록 다시 또 및 번 보다 보여 보여줘 부탁 분 "
    "비교 비교해 비율 비중 뽑아 사람 상위 하위 수 숫자 순 순서 순위 아닌 안 알고 알려 알려줘 알려주세요 어느 어디 어떤 어때 언제 얼마 "
    "얼마나 얼마야 없는 없이 에서 열 요약 원 위 아래 이상 이하 초과 미만 이 있는 있어 있나 있지 작은 큰 적은 전체 전부 제일 좀 주세요 중 중에 "
    "중앙값 줘 찾아 총 총합 최고 최대 최소 최저 컬럼 큰지 통계 평균 평균은 표 하나 하는 한 한번 합 합계 합쳐 해줘 해주세요 행 싶어 궁금 값 "
    "퍼센트 퍼센트야 퍼센트지 프로 프로야 건수 개수 횟수 인원수 명수 정리 그래프 차트 히스토그램 막대 막대그래프 박스 플롯 박스플롯 박스그림 바이올린 도표 도넛 산점도 선그래프 꺾은선 원그래프 파이 상자그림 히트맵 시각화 분포 추이 그림 그려 모델 예측 예측해 학습 만들어 나온 나와 났어 났는지 했어 했나 했는지 인가 인가요 이야 야 거야 건가 나눠 나누면 따로 별로 별"
)
COMMON = frozenset(_COMMON.split())
"""Words that ask, count or join, and name nothing that a column could hold."""
_CALENDAR = (
    "january february march april may june july august september october november december monday tuesday wednesday "
    "thursday friday saturday sunday weekend weekends weekday weekdays day days week weeks month months monthly quarter "
    "quarters year years decade decades century centuries yearly daily weekly date dates time when since until today "
    "월 일 년 날 날짜 요일 주말 평일 분기 상반기 하반기 월별 일별 연도 연도별 분기별 요일별 주별 올해 작년 지난달 이번달 기간 하루 "
    "season seasons seasonal seasonality 계절 계절성 성수기 비수기"
)
CALENDAR = frozenset(_CALENDAR.split())
"""Words that any column of dates answers."""
_FOREIGN_WORDS = (
    "der die das den dem ein eine einen einem einer eines und oder wie viele welche welcher welches welchen wer wo wann "
    "ist sind waren wurden wird haben von vom mit für auf aus bei zu zum zur nach über alle aller allen nicht gibt jede "
    "jeder jedes jeden nenne liste zeige finde gib lauten heißen deren dessen sich durchschnittliche anzahl "
    "le la les des du une et ou quel quelle quels quelles combien est sont dans avec pour par qui que sur tous toutes "
    "el los las del un una qué que cuál cuáles cuántos cuántas cuánto son con por para todos todas cada "
    "il lo gli dei delle della quale quali quanti quante sono che tutti ogni "
    "os das dos um uma qual quais quantos quantas são com seu "
    "het een hoeveel welke wat zijn van met voor uit elke"
)
_FOREIGN = frozenset(_FOREIGN_WORDS.split())
"""Function words of German, French, Spanish, Italian, Portuguese and Dutch that are no English ones."""
_ASKING = frozenset(
    (
        "welche",
        "welcher",
        "welches",
        "wer",
        "nenne",
        "zeige",
        "quels",
        "quelle",
        "combien",
        "cuántos",
        "cuántas",
        "quali",
        "quantos",
        "hoeveel",
    )
)
_ENGLISH_WORDS = (
    "the of is are was were what which who how many much and in for with by from to does do did show list give find"
)
_ENGLISH = frozenset(_ENGLISH_WORDS.split())
_PARTICLES = re.compile(
    r"(?:에서는|에서의|으로는|이라는|에서|에게|으로|까지|부터|보다|처럼|마다|별로|이랑|하고|들은|들이|들의|들을|은|는|이|가|을|를|의|에|로|와"
    r"|과|도|만|랑|별|당|율|률|수|액|들|인|한|된|할|지|고)$"
)
_PAST = re.compile(r"[가-힣]{0,2}?([가-힣])(?:어|어요|나|나요|니|지|지요|죠|는지|던|습니까|습니다|을까)?")
_SS = 20
"""The place of ㅆ among the final consonants of a Hangul syllable."""
_HANGUL = re.compile(r"[가-힣]")
_ENDS = ("ing", "ed", "es", "s", "e")
_IRREGULAR = (
    "lose loses losing lost loss losses", "win wins winning won winner winners", "sell sells selling sold sale sales", "buy buys buying bought",
    "pay pays paying paid payment payments", "bear born birth births", "die dies died dying dead death deaths", "grow grows grew grown growth",
    "spend spends spent spending", "draw draws drew drawn", "fly flies flew flown flight flights", "write writes wrote written writer writers",
    "teach teaches taught teacher teachers", "man men", "woman women", "child children", "person persons people", "leave leaves leaving left leaver leavers",
    "choose chose chosen choice choices", "begin begins began begun", "break breaks broke broken", "drive drives drove driven driver drivers",
    "give gives gave given", "hold holds held", "lead leads led", "meet meets met meeting meetings", "run runs ran running", "send sends sent",
    "speak speaks spoke spoken", "steal steals stole stolen theft thefts", "take takes took taken", "wear wears wore worn", "feed feeds fed", "shoot shoots shot",
)  # fmt: skip
_SAME = {word: forms.split()[0] for forms in _IRREGULAR for word in forms.split()}
"""Words that change within, by their first form."""


def is_foreign(text: str) -> bool:
    """Whether a text is in a European language other than English, by its function words."""
    words = split_words(text)
    foreign = [word for word in words if word in _FOREIGN]
    english = sum(word in _ENGLISH for word in words)
    return len(foreign) > max(1, english) or (not english and any(word in _ASKING for word in foreign))


def split_words(text: str) -> list[str]:
    """The words of a text or a name in small letters: `PetType` and `pet_type` are `pet`, `type`."""
    split = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|_|(?<=[가-힣])(?=[^가-힣])|(?<=[^가-힣])(?=[가-힣])", " ", text)
    return re.findall(r"[^\W_]+", split.casefold())


def stems(text: str) -> list[str]:
    """The words of a text or a name without their endings and particles."""
    return [stem(word) for word in split_words(text)]


def stem(word: str) -> str:
    """A word without its ending: `flights` -> `flight`, `지점별로` -> `지점`."""
    if _HANGUL.search(word):
        while len(word) > 2 and (shorter := _PARTICLES.sub("", word)) != word and len(shorter) >= 2:
            word = shorter
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    for end in _ENDS:
        if word.endswith(end) and len(word) - len(end) >= 3:
            return word[: -len(end)]
    return word


_ORDER = re.compile(
    r"(?:예측|학습|훈련|모델링|추정|분석|계산|평가|설명|요약|정리|비교|추천|분류)(?:하|해|할|한|시키|시켜|되|돼|된)"
    r"|(?:만들|그려|보여|알려|찾아|뽑아|구해|골라)(?:어|줘|주|봐|라|고|면|서)|(?:영향|정확|중요)(?:이|을|력|하|해|한)?(?![가-힣]*도)"
)
"""Korean words of what is to be done with data, and of what is asked of a model; they name nothing that data hold."""


def is_common(word: str) -> bool:
    """Whether a word only asks, as it is or without its particle; Korean verbs that are no noun's name nothing either."""
    if word in COMMON:
        return True
    return _HANGUL.search(word) is not None and (
        stem(word) in COMMON or _PARTICLES.sub("", word) in COMMON or _is_past(word) or _ORDER.match(word) is not None
    )


def _is_past(word: str) -> bool:
    """Whether a word is a Korean verb's past: a syllable that ends in ㅆ before the ending; 했 and 됐 follow a noun."""
    found = _PAST.fullmatch(word)
    return found is not None and (ord(found[1]) - ord("가")) % 28 == _SS and found[1] not in "했됐겠"


def is_calendar(word: str) -> bool:
    """Whether a word names a part of the calendar."""
    return word in CALENDAR or stem(word) in CALENDAR


def alike(word: str, name: str) -> bool:
    """Whether two words share their stem: customers and customer, losses and lost, 해지율 and 해지여부."""
    if _HANGUL.search(word) and _HANGUL.search(name):
        one, other = stem(word), stem(name)
        return one == other or (min(len(one), len(other)) >= 2 and (one in other or other in one))
    if _SAME.get(word, word) == _SAME.get(name, name):
        return True
    least = min(len(word), len(name), 5)
    return least >= 4 and word[:least] == name[:least]


def part_said(pattern: re.Pattern[str], request: str) -> str:
    """What stands in the one group of a pattern that was found; empty where none was."""
    found = pattern.search(request)
    return next((part for part in found.groups() if part), "") if found else ""


def all_said(parts: Iterable[str], words: Collection[str]) -> bool:
    """Whether each of the parts, such as those of a name, is alike one of the words that were said."""
    return all(any(alike(word, part) for word in words) for part in parts)
