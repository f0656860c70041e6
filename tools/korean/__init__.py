"""What Easel says, in Korean: every text is written in English by its tool and put into Korean on its way to a person."""

from tools.korean.language import is_korean
from tools.korean.markup import markup_in_korean, words_in_korean
from tools.korean.sentences import entries, in_korean, phrase_in_korean

__all__ = ["entries", "in_korean", "is_korean", "markup_in_korean", "phrase_in_korean", "words_in_korean"]
