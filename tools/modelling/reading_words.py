"""What is said about a text or picture model: which ways were tried, what words speak for each class and in one text."""

from collections.abc import Mapping, Sequence

from automl.card import Card
from automl.reading import Trial
from tools.modelling.words import kind_words, metrics_of, percent, threshold_words
from tools.tool import Outcome, TableData
from tools.words import listed

CLASSES, WORDS = 4, 4


def compared(card: Card) -> str:
    """`It goes by words and meaning: 92.4 % right on 1,200 texts set aside for choosing. With words, 90.9 % are right.`"""
    facts = card.text
    if facts is None:
        return ""
    best, *others = facts.trials
    how = {"words": "words", "meaning": "meaning (a sentence encoder)"}.get(best.method, best.method)
    said = f"It goes by {how}: {percent(best.accuracy)} right on {facts.chosen_on:,} training texts set aside for choosing."
    told = [said, *map(_other, others)]
    if facts.skipped:
        told.append("Not tried: " + " ".join(_sentence(one) for one in facts.skipped))
    if facts.compiled is not None:
        told += [facts.compiled.words, *facts.compiled.notes]
    return " ".join(told)


def _sentence(text: str) -> str:
    return text if text.endswith(".") else f"{text}."


def text_headline(card: Card) -> str:
    """The words that speak most for the first classes, and whether texts were measured that had been learned."""
    facts = card.text
    if facts is None:
        return ""
    told = [f"{name} ({', '.join(words[:WORDS])})" for name, words in list(facts.top_words.items())[:CLASSES] if words]
    said = [f"Words that speak for a class: {', '.join(told)}."] if told else []
    if facts.seen_before:
        said.append(
            f"{facts.seen_before:,} of the texts that measured it {'is' if facts.seen_before == 1 else 'are'} in the training rows word for word, which flatters it."
        )
    return " ".join(said)


def explained_text(card: Card) -> Outcome:
    """The words that speak for each class, as far as the model reads words."""
    facts = card.text
    top = facts.top_words if facts else {}
    rows = [[name, ", ".join(words)] for name, words in top.items()]
    how = (
        "A word counts by its weight in the model."
        if top
        else "It reads whole sentences by meaning, so no word has a weight of its own: highlight_words shows them for one text."
    )
    said = [
        f"The model '{card.name}' predicts {kind_words(card)} from free text.",
        compared(card),
        text_headline(card),
        how,
    ]
    return Outcome(
        text=" ".join(filter(None, said)),
        table=TableData(columns=[card.target, "words that speak for it"], rows=rows, row_count=len(rows)),
        values={"model": card.name, "target": card.target, "impact": card.impact, "top_words": top},
    )


def chosen_words(card: Card) -> str:
    """`It goes by texture, support vectors: 99 % right in five folds. With …, 97.8 % are right.`"""
    if card.image is None:
        return ""
    best, *others = card.image.trials
    right = f"{percent(best.accuracy)} right on training pictures it had not learned from (five folds)"
    return " ".join([f"It goes by {best.method}: {right}.", *map(_other, others)])


def _other(one: Trial) -> str:
    return f"With {one.method}, {percent(one.accuracy)} are right."


def explained_image(card: Card) -> Outcome:
    """What a picture model goes by; which parts of a picture speak for an answer is told picture by picture."""
    how = "Which parts of a picture speak for its answer, predict_image draws as a heat map."
    rows = [[one.method, round(100 * one.accuracy, 1)] for one in card.image.trials] if card.image else []
    return Outcome(
        text=f"The model '{card.name}' predicts {kind_words(card)} from pictures. {chosen_words(card)} {how}",
        table=TableData(columns=["way", "right %"], rows=rows, row_count=len(rows)),
        values={"model": card.name, "target": card.target, "impact": card.impact},
    )


def tried(card: Card) -> Outcome:
    """The leaderboard of a text or picture model: what each way was worth on the rows that chose; the best is kept."""
    facts = card.text or card.image
    rows = [
        [one.method, "yes" if one.method == card.best else "", one.accuracy, one.log_loss, one.seconds]
        for one in (facts.trials if facts else [])
    ]
    got = card.scores.metrics
    words = [
        f"{len(rows)} way{'s' if len(rows) != 1 else ''} of '{card.name}', on training rows that each had not learned from.",
        compared(card),
        chosen_words(card),
        f"The best one alone was kept and then measured on {card.holdout_rows:,} rows it never saw: it is right for"
        f" {percent(got['accuracy'])} of them.",
    ]
    return Outcome(
        text=" ".join(filter(None, words)),
        table=TableData(
            columns=["candidate", "default", "accuracy", "log_loss", "seconds to fit"], rows=rows, row_count=len(rows)
        ),
        metrics=metrics_of(card),
        values={"model": card.name, "default": card.best, "best": card.best, "candidates": [row[0] for row in rows]},
    )


def taken_for(card: Card, what: str, answer: str, shares: Mapping[str, float]) -> str:
    """`The model 'm' takes it for kind = spam with a probability of 91 % (ham 9 %).`; shares stand the largest first."""
    others = [f"{name} {percent(share)}" for name, share in shares.items() if name != answer][:3]
    return (
        f"The model '{card.name}' takes {what} for {card.target} = {answer} with a probability of"
        f" {percent(shares[answer])} ({listed(others)}).{threshold_words(card)}"
    )


def _bare(word: str) -> str:
    """A word without the marks around it: ATM rather than ATM?."""
    return word.strip(".,;:!?()[]\"'…") or word


def marked(words: Sequence[tuple[str, float]], answer: str) -> str:
    """`For it speak: card, arrived. Against it: still.`"""
    ranked = sorted(words, key=lambda one: -one[1])
    most = max((abs(weight) for _, weight in words), default=0.0)
    good = [_bare(word) for word, weight in ranked if weight > 0.1 * most][:6]
    bad = [_bare(word) for word, weight in reversed(ranked) if weight < -0.1 * most][:4]
    said = f"For {answer} speak: {listed(good)}." if good else f"No word speaks clearly for {answer}."
    return said + (f" Against it: {listed(bad)}." if bad else "")
