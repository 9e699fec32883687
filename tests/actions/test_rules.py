"""What the person lays down, and what it is held against."""

import pytest

from actions.desktop import Window
from actions.geometry import Point, Rect
from actions.rules import ACTIONS_PER_MINUTE, Rule, Rules

MAIL = Window(1, "Inbox – Mail", "mail", Rect(0, 0, 100, 100))
NONE = frozenset()
COPY = frozenset({"ctrl", "c"})


@pytest.mark.parametrize(
    "rule, fits",
    [
        (Rule(application="MAIL"), True),
        (Rule(application="mai"), False),
        (Rule(title="inbox"), True),
        (Rule(title="outbox"), False),
        (Rule(region=Rect(0, 0, 10, 10)), True),
        (Rule(region=Rect(6, 0, 10, 10)), False),
        (Rule(application="mail", title="outbox"), False),
        (Rule(keys=COPY), False),
    ],
)
def test_everything_that_a_rule_gives_must_be_so(rule, fits):
    assert rule.fits(MAIL, Point(5, 5), NONE) is fits


def test_a_rule_of_keys_fits_these_keys_alone():
    rule = Rule(application="mail", keys=COPY)
    assert rule.fits(MAIL, None, COPY)
    assert not rule.fits(MAIL, None, frozenset({"ctrl"}))
    assert not rule.fits(None, None, COPY)


def test_a_region_does_not_fit_what_has_no_place():
    assert not Rule(region=Rect(0, 0, 10, 10)).fits(MAIL, None, NONE)


def test_without_rules_everything_is_admitted_and_nothing_denied():
    rules = Rules()
    assert rules.admits(None, None)
    assert rules.denies(MAIL, Point(0, 0), COPY) is None
    assert not rules.lets_through(MAIL, None, COPY)
    assert rules.actions_per_minute == ACTIONS_PER_MINUTE


def test_rules_of_keys_say_nothing_of_places():
    rules = Rules(allow=(Rule(keys=COPY),))
    assert rules.admits(None, None)
    assert rules.lets_through(MAIL, None, COPY)


def test_of_several_places_one_is_enough():
    rules = Rules(allow=(Rule(title="x"), Rule(application="mail")))
    assert rules.admits(MAIL, None)
    assert not rules.admits(None, None)


def test_the_rule_that_denies_is_told():
    bank = Rule(title="Bank", region=Rect(1, 2, 3, 4), keys=COPY)
    assert str(bank) == "windows called “Bank” in the region 1,2 3×4 in the keys ctrl+c"
    mail = Rule(application="mail")
    assert Rules(deny=(bank, mail)).denies(MAIL, Point(0, 0), NONE) is mail


def test_the_record_has_what_was_given_and_no_more():
    rules = Rules((Rule(application="mail"),), (Rule(region=Rect(1, 2, 3, 4), keys=COPY),), 30)
    assert rules.record() == {
        "allow": [{"application": "mail"}],
        "deny": [{"region": [1, 2, 3, 4], "keys": ["c", "ctrl"]}],
        "actions_per_minute": 30,
    }


@pytest.mark.parametrize(
    "rule, application, fits",
    [
        ("gimp", "Gimp-2.10", True),
        ("gimp-2.10", "Gimp-2.10", True),
        ("console", "org.gnome.Console", True),
        ("org.gnome.console", "org.gnome.Console", True),
        ("firefox", "firefox-esr", True),
        ("firefox", "firefox.exe", True),
        ("soffice", "soffice-7.4.1", True),
        ("libreoffice", "libreoffice-writer", True),
        ("kwalletmanager", "kwalletmanager5", True),
        ("gim", "Gimp-2.10", False),
        ("gnome", "org.gnome.Console", False),
        ("org", "org.gnome.Console", False),
        ("firefox-esr", "firefox", False),
        ("mail", "", False),
    ],
)
def test_what_follows_a_name_does_not_count(rule, application, fits):
    window = Window(1, "Window", application, MAIL.rect)
    assert Rule(application=rule).fits(window, None, NONE) is fits


def test_a_region_meets_what_may_be_anywhere_in_a_window():
    upper = Rule(region=Rect(0, 0, 100, 10))
    assert upper.fits(MAIL, MAIL.rect, NONE)
    assert not upper.fits(MAIL, MAIL.rect, NONE, wholly=True)
    assert not upper.fits(MAIL, Rect(0, 10, 100, 90), NONE)
    assert Rules(allow=(Rule(region=MAIL.rect),)).admits(MAIL, MAIL.rect)
    assert not Rules(allow=(upper,)).admits(MAIL, MAIL.rect)
    assert Rules(deny=(upper,)).denies(MAIL, MAIL.rect, NONE) is upper
