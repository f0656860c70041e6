"""What kind of request it is by its words, where a small model guesses: question or order, how many steps, which tools.

The rules only narrow what a model may plan. English and Korean. What the words say of arguments is in as_said.py.
"""

import re

from assistant.group_words import EACH_GROUP
from tools.number_words import SEVERAL, either

MAX_STEPS = 8
_DATA = r"(?:data\w*|files?|tables?|csv|sheets?|columns?|fields?|variables?|records?)"
_PLAIN = rf"(?:'?s|is|are|does|do|did|the|this|that|these|my|our|all|it|we|you|i|me|of|kind|sort|type|info\w*|actually|{_DATA})"
_PLACE = r"(?:in|inside|contains?|holds?|have|has|got|about|here|there|mean|cover|include)"
DESCRIBES = (
    r"^(?![\s\S]*(?:\b(?:by|per|for each|of each)\b(?! the way)|\S별(?:로)?\s))(?:"
    rf"\W*(?:(?:so|and|ok|okay|please|hey|hi|now|first)\W+)*what(?=.*\b(?:{_PLACE}|{_DATA})\b)"
    rf"(?:\s*(?:{_PLAIN}|{_PLACE})\b)*(?:\s+[\w.]+)?\W*$|[\s\S]*(?:"
    r"\bdescribe\b|\bsummar(?:y|ies|i[sz]e|i[sz]ing)\b|\boverview|\bprofil|familiar|\bexplor|\bschema\b|\bdata ?types?\b"
    r"|\b(?:basic|descriptive|key|some|the|show|get|give(?: me)?|its) (?:\w+ )?(?:stats|statistics)\b|\bstructure\b"
    r"|\b(?:take|have|get|give|first|quick|closer)\b.{0,14}\blook\b|\blook(?:s|ing)? (?:at|like|over|into|through|around|inside)\b"
    r"|\bcolumns\W*(?:$|are there|there are|do(?:es)?\b|(?:in|of) (?:this|the|my|it))"
    rf"|\b(?:about|understand\w*|know|explain|info\w*|show(?: me)?|see|check(?: out)?|inspect|review|analy[sz]e)(?: (?:about|on|of))?"
    rf" (?:(?:this|the|my|our|these|that|\w+) )?{_DATA}\W*(?:(?:please|first|for me|here)\W*)*$"
    r"|요약|개요|훑|살펴|파악|둘러|탐색|프로파일|스키마|구조|설명|(?:기초|기술|요약)\s?통계|통계(?:량|치|값)?(?: 정보)?[를을]? (?:좀 )?(?:보여|알려|뽑|내)"
    r"|(?:뭐가|무엇이|뭐|(?:무슨|어떤) (?:정보|내용|데이터|컬럼|칼럼|열|항목|자료)\S*) ?(?:들어|담겨|있|인지|야|이야|인가|포함)"
    r"|(?:무슨|어떤) (?:데이터|파일|자료|표|테이블)(?:야|이야|인지|인가|니|지|예요|입니까)"
    r"|(?:데이터|파일|테이블|자료|컬럼|칼럼|변수)\S* (?:\S+ )?(?:소개|뭐|무엇|보여|알려|정보|어떻게 생|봐)))"
)
"""A look at the data as a whole, or at a column: not particular rows, numbers or groups."""
ONLY_WHEN_SAID = {
    "ignore": r"ignor|without|exclud|except|leav\w+ out|not us|other than|(?:everything|all(?: the)?(?: other)?(?: columns?)?) but\b|\b(?:do not|don'?t|never) use\b|제외|말고|빼|없이|무시|(?:쓰|넣|사용하|보)지 ?(?:마|말)|안 ?쓰",
    "build": r"quick|fast|standard|thorough|accurate|빠르|빨리|정확",
    "reply": r"\bmean(?:s|ing)?\b|what(?:'s| is| are) (?:a |an |the )?\w+\W*$|explain|difference between|\bhelp\b|hello|\bhi\b|thank|can you do|뜻|의미|무슨|설명|안녕|고마|감사|도움|뭘 할 수",
    "seed": r"\bseed|시드|씨드",
    "export_data": r"export|save|download|write|file|내보내|저장|파일|다운로드",
    "restore_version": r"version|restore|go back|버전|되돌",
    "load_file": r"(?!)",
    "describe_data": DESCRIBES,
    "train_model": r"predict|train|build|model|forecast|classif|estimat|learn|will\b|likel|probab|risk|going to|about to|future|churn|might|\bmay\b|could|guess|expect|price the|score"
    r"|예측|학습|모델|것 같|을까|ㄹ까|할까|될까|날까|갈까|을지|할지|될지|날지|갈지|가능성|위험|추정|분류|할 것|할 사람|할 고객|떠날|이탈",
    "drop_duplicates": r"duplica|dedup|unique|distinct|repeat|same|twice|identical|redundant|중복|같은|겹치",
    "concatenate_datasets": r"append|concat|stack|below|under|union|combin|together|rows (?:of|from)|itself|once more|twice|all (?:the )?rows|합쳐|합치|이어|붙|반복|한 번 더",
    "repeat_rows": r"repeat|duplicat|replicat|cop(?:y|ies)|times|twice|thrice|double|itself|반복|복제|복사|배로|두 번|세 번|\d번",
    "limit_values": r"less|small|great|more than|larg|below|above|under|over|at most|at least|negative|limit|\bcap|clip|exceed|minimum|maximum|[<>]"
    r"|음수|작으면|크면|작은|큰|이하|이상|미만|초과|넘",
    "move_columns": r"move|order|front|first|last|before|after|beginning|sort|arrang|shift|옮|이동|순서|앞|뒤|맨",
    "split_column": r"split|separat|break|divid|apart|나눠|나누|분리|쪼개",
    "extract_date_part": r"year|quarter|month|week|\bday|hour|date|\bpart|연도|년|분기|월|주|요일|일|시간|날짜",
    "undo": r"undo|back|revert|cancel|unchanged|original|before|mistake|취소|되돌|원래|무르|이전|잘못",
    "list_steps": r"\bsteps?\b(?! (?:should|to|can|must|would|do i|are (?:needed|necessary|required)))|did|done|history|log|so far|chang|단계|기록|했|작업|이력|과정",
    "write_script": r"script|sql|code|python|notebook|jupyter|recipe|스크립트|코드|파이썬|노트북|주피터|레시피",
    "list_models": r"model|모델",
    "make_chart": r"^(?![\s\S]*\b(?:on|in|of|from) (?:the|this) chart\b)|draw|plot|graph|visuali|histogram|scatter",
}
"""Tools and optional arguments that small models use unasked: offered only where the request speaks of them.

Files are loaded by the turn itself before planning, so a plan never needs `load_file`.
"""
OPTIONS_WHEN_SAID = {
    "also": r"\band\b|,|\bboth\b|와 |과 |하고|및",
    "partial": r"partial|fewer|even (?:where|if|at)|from the start|부족|일부",
    "keep": r"\bkeep|retain|original|\bstay|\bfullest|complete|\bfirst\b|\blast\b|newest|latest|남기|남겨|유지|그대로|원래|원본|최신",
    "keep_unit": r"\bunit|단위",
    "drop_empty": r"empty|missing|\bnulls?\b|without a|빈|결측|없는",
    "fill_empty": r"fill|empty|missing|채우|채워|빈",
    "zero": r"\bzero|\b0\b|영으로|0으로",
    "depth": r"level|depth|deep|\d|단계",
    "lists": r"\blists?|array|리스트|배열|목록",
    "with_prefix": r"prefix|parent|path|접두",
    "number": r"number|index|position|place|번호|순번",
    "any_case": r"\bcase|대소문자",
    "order_by": r"\border|\bsort|\bby (?:the )?\w*(?:date|day|time|month|year|week)|\bover time|chronolog|순으로|순서|시간|날짜|정렬|일자|일 순",
    "group_by": rf"{EACH_GROUP.pattern}|\b(?:group\w*|of (?:its|their|the same))\b|그룹",
    "descending": r"descend|highest|largest|biggest|most|latest|newest|recent|revers|내림|높은|큰|많은|최근|최신|역순",
    "size": rf"\d|\b(?:{either(SEVERAL)})\b",
    "stratify_by": r"stratif|proportion|balanc|same share|\bby\b|per|each|층화|비율|별|마다",
    "how": r"random|stratif|order|time|chronolog|last|latest|\bkeys?\b|together|same|equal|width|count|quantile|inner|left|each|무작위|층화|순서|시간|같은|균등|분위|비율|키|너비|개수",
    "target": r"target|predict|label|outcome|타깃|타겟|목표|예측",
    "compare_with": r"compare|against|shift|drift|test (?:set|data)|비교|드리프트",
    "time": r"time|date|season|trend|시간|날짜|계절|추세",
    "facet": r"facet|bias|fair|panel|each|per|by|편향|공정|별|마다|각",
    "facet_value": r"facet|bias|fair|편향|공정",
    "color": r"colou?r|\bsplit by|\bby\b.*\bby\b|색",
    "y": r"\bagainst|versus|\bvs\b|\bof\b|average|mean|sum|total|scatter|line|area|box|평균|합계|대비|따라",
    "tells": r"which|name|how (?:far|long|many)|days (?:to|until|since|before)|next|이름|어떤|며칠|남은",
    "names": r"called|named|이름|라는",
    "region": r"state|region|province|county|canton|주(?:의|별)|지역",
    "typos": r"typo|misspel|spell|slip|오타|철자",
    "alike": r"\d|similar|strict|loose|threshold|유사도|비슷",
    "trusted": r"trust|reliab|authorit|official|prefer|신뢰|공식",
    "argument": r"method|column|value|argument|option|방법|컬럼|값|옵션",
    "first": r"version|@|\d|first|original|import|버전|처음|원본|단계",
    "second": r"version|@|\d|current|now|last|버전|현재|지금|마지막",
    "keys": r"\bkeys?|\bid\b|\bby\b|키|기준",
    "encoder": r"encoder|\bbert|minilm|hugging ?face|transformer|\w/\w|인코더|허깅",
    "backbone": r"backbone|resnet|pretrained|network|백본|사전 ?학습",
    "compile": r"compil|컴파일",
    "debug": r"debug|디버그",
    "header": r"header|names|first (?:row|column)|머리|이름|첫",
}
"""Options of the further tools that a small model fills unasked: offered only where the request speaks of them."""
TERMS = re.compile(
    r"median|average|\bmean\b|\bmode\b|deviation|variance|outlier|quartile|percentile|accura|precision|recall|\bf1\b|\bauc\b|\broc\b|\br2\b|rmse"
    r"|\bmap?e\b|\berror|overfit|\bleak|holdout|\bfolds?\b|validation|feature|target|\blabel|regression|classif|cluster|forecast|\bmodel|\btrain|predict"
    r"|importance|shap|baseline|confusion|threshold|probab|correlat|signific|p.?value|\bnulls?\b|missing|duplicate|\bjoin|group|pivot|\bsql\b|query"
    r"|data|csv|column|\brows?\b|chart|histogram|\bplot|easel|\bhelp\b|hello|\bhi\b|thank|can you do|who are you"
    r"|중앙값|평균|편차|분산|이상치|정확도|재현율|정밀도|모델|학습|예측|변수|특성|열\b|행\b|결측|데이터|유의|상관|차트|그래프|안녕|고마|감사|도움|할 수|누구",
    re.IGNORECASE,
)
"""Words of data and of Easel, which may be explained; anything else is a question to the data."""
CLAUSES = re.compile(
    r"[,;]|\.\s|\band\b|\bthen\b|\bafter\b|그리고|하고|한 다음|한 뒤|후에|[가-힣]고\s|서\s", re.IGNORECASE
)


QUESTION = re.compile(
    r"\?\s*$|^\W*(?:and |but |so |also )?(?:how|what|which|who|whose|when|where|why|is|are|was|were|does|do(?! (?:exactly |all )?the same\b)|did|has|have)\b"
    r"|^\W*(?:please |can you |could you )?(?:show|list|tell|give|find|compare|count|return|calculate|compute|get)\b"
    r"|(?:몇|얼마|누구|어디|어느|무엇|뭐|언제|어때|비교|알려|보여|구해|뽑아|찾아|궁금)|(?:나요|까요|가요|니|냐|지|야)\W*$",
    re.IGNORECASE,
)
"""How a question begins or ends."""
CHANGE = re.compile(
    r"\b(?:remov|delet|drop|fill|replac|renam|clean|tid(?:y|ied)|fix|repair|mend|convert|merg|join|add|append|sort|order the|keep|split|cap|clip"
    r"|filter|undo|revert|handl|tame|mask|cut|move|shift|turn|mak|creat|chang|set|get rid|trim|dedup|impute|round|extract|combine|group|put|rank"
    r"|standardi|normali|encod|bin|take out|throw|exclude|only the first|new column|column (?:called|named)|assign)"
    r"|제거|삭제|지워|지우|없애|빼|채워|채우|바꿔|바꾸|변경|변환|정리|합쳐|합치|붙여|추가|만들|정렬|남겨|남기|나눠|나누|취소(?=\s?(?:해\s?(?:줘|주|줄|라|$|[.!])|하자|시켜|좀|부탁|$|[.!]))|되돌|고쳐|손봐|잘라|묶",
    re.IGNORECASE,
)
"""Words of a change: a question without one of them is answered, and the data stay as they are."""


COMMAND = re.compile(
    r"^\W*(?:(?:please|pls|now|then|ok|okay|can you|could you|i want to|let'?s|just)[ ,]+)*"
    r"(?:drop|remove|delete|keep|retain|repeat|duplicate|set|update|reorder|append|concatenate|fill|replace|rename|convert|change|turn|add|merge|join|sort|split|dedup\w*|clean|cap"
    r"|clip|round|trim|impute|throw|get rid)\b"
    r"|(?:남겨|지워|채워|바꿔|붙여|없애|합쳐|고쳐|빼)\s?(?:줘|주세요|줄래|라)|(?:추가|삭제|제거|변경|변환|정렬)\s?(?:해|하)\s?(?:줘|주세요|줄래|라)"
    r"|(?:컬럼|열|칼럼)\S* (?:하나 )?(?:만들|추가)",
    re.IGNORECASE,
)
"""How an order to change the data begins or ends."""
TRAIN = re.compile(r"train|build|model|predict|학습|모델|예측", re.IGNORECASE)


def only_asks(request: str) -> bool:
    """Whether a request reads as a question, without a word of a change."""
    return QUESTION.search(request) is not None and CHANGE.search(request) is None


def most_steps(request: str) -> int:
    """How many steps a request can mean: one more than what joins its clauses. Small models add steps unasked."""
    return min(1 + len(CLAUSES.findall(request)), MAX_STEPS)


def is_said(name: str, request: str) -> bool:
    """Whether the request speaks of a tool or argument that is offered only then."""
    return name not in ONLY_WHEN_SAID or re.search(ONLY_WHEN_SAID[name], request, re.IGNORECASE) is not None


def is_option_said(name: str, request: str) -> bool:
    """Whether the request speaks of an option of a further tool, where that is known of the option."""
    return name not in OPTIONS_WHEN_SAID or re.search(OPTIONS_WHEN_SAID[name], request, re.IGNORECASE) is not None
