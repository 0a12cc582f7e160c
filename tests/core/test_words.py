from monitor.core.model import Reason
from monitor.core.words import WORDS, explain


def test_every_reason_has_words() -> None:
    assert set(WORDS) == set(Reason)


def test_words_are_sentences_that_fit_where_they_are_shown() -> None:
    for reason in Reason:
        words = explain(reason)
        assert len(words.short) <= 50, reason
        assert not words.short.endswith("."), reason
        for sentence in (words.meaning, words.first):
            assert sentence.endswith("."), reason
            assert len(sentence) <= 260, reason
