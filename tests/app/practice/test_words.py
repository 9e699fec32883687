from random import Random

from app.practice import words


def test_interface_words_are_labels_once_each():
    assert all(word.isalpha() and 3 <= len(word) <= 8 and word == word.capitalize() for word in words.INTERFACE)
    assert len(set(words.INTERFACE)) == len(words.INTERFACE)


def test_words_that_thoughts_begin_with_are_no_labels():
    verbs = {"Press", "Tick", "Click", "Type", "Choose", "Open", "Pick", "Done", "Failed", "Ready", "In"}
    assert not verbs & set(words.INTERFACE)


def test_half_of_the_labels_are_made_up():
    rng = Random(1)
    made_up = sum(words.label(rng) not in words.INTERFACE for _ in range(4000))
    assert 0.45 < made_up / 4000 < 0.6


def test_labels_differ_when_case_is_ignored():
    found = words.labels(Random(2), 60, taken=["SAVE"])
    assert len({word.lower() for word in [*found, "save"]}) == 61
    assert all(3 <= len(word) <= 8 and word.isalpha() for word in found)


def test_typed_words_have_every_case_and_digits():
    rng = Random(3)
    typed = [words.typed(rng) for _ in range(2000)]
    assert all(2 <= len(word) <= 8 and word.isalnum() for word in typed)
    for kind in (str.isupper, str.islower, str.istitle):
        assert sum(map(kind, typed)) > 300
    assert any(char.isdigit() for word in typed for char in word)


def test_printed_words_use_every_letter_and_digit():
    rng = Random(4)
    seen = {char for _ in range(3000) for char in words.printed(rng)}
    assert seen == set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
