"""The words that stand on a practice desk: interface words, and made-up words that no list holds."""

from collections.abc import Iterable
from random import Random

INTERFACE = tuple(
    (
        "Save Close Cancel Apply Delete Edit Copy Paste Print Send Reply Search Find Next Back Start Stop Pause Play "
        "Help About Login Logout Name Email Phone City Street Country Date Time Title Notes Price Amount Total Order Item "
        "Colour Size Weight Height Width Font Theme Sound Video Image Photo Music Map Route Home Work School Office "
        "Friend Family Group Team Admin Guest User Member Owner Buyer Seller Red Green Blue Black White Yellow Orange "
        "Purple Small Medium Large Fast Slow High Low Left Right Top Bottom Down Monday Tuesday Friday Sunday January "
        "March April June July Apple Banana Cherry Lemon Mango Peach Plum Grape Coffee Tea Milk Water Bread Cheese Rice "
        "Sugar Import Export Upload Refresh Reset Submit Accept Decline Share Follow Archive Filter Sort Rename Move "
        "Lock Unlock File View Tools Window Format Insert Options Account Address Basket Battery Bold Border Browse "
        "Budget Calendar Camera Cash Channel Chart Chat Check Clear Client Cloud Code Column Comment Contact Create "
        "Currency Custom Daily Default Details Device Discount Display Draft Drive Enable Error Event Expert "
        "Extra Final Finish Folder Footer Forward Frame Free Gallery Header Hide History Hotel Index Invoice Join "
        "Keyboard Label Language Layout Letter Level Library Link List Local Location Manual Margin Message Mobile "
        "Model Mouse Mute Network News Night Number Offline Online Package Page Paper Partner Password Payment Person "
        "Picture Plan Point Policy Portrait Preview Private Profile Project Public Quality Quick Quit Random Rate Read "
        "Record Redo Region Remove Repeat Report Request Resume Retry Review Room Scan Season Secret Select Server "
        "Service Session Shift Ship Shop Show Sign Silent Simple Skip Source Speed Split Square Stamp Status Store Style "
        "Subject Summary Support Swap Switch Table Target Task Text Ticket Today Token Track Travel Undo Update "
        "Urgent Value Vendor Version Visit Volume Weekly Welcome Wide Wizard Yearly Zoom"
    ).split()
)
_CONSONANTS, _VOWELS, _LETTERS, _DIGITS = "bcdfghjklmnprstvwz", "aeiou", "abcdefghijklmnopqrstuvwxyz", "0123456789"


def made_up(rng: Random, shortest: int = 3, longest: int = 8) -> str:
    """A pronounceable lower-case word of `shortest` to `longest` letters, one letter in five drawn from all 26."""
    length = rng.randint(shortest, longest)
    letters = []
    for index in range(length):
        usual = _CONSONANTS if index % 2 == length % 2 else _VOWELS
        letters.append(rng.choice(usual if rng.random() < 0.8 else _LETTERS))
    return "".join(letters)


def label(rng: Random, longest: int = 8) -> str:
    """A label of 3 to `longest` letters with a capital: an interface word or a made-up one, half and half."""
    if rng.random() < 0.5:
        word = rng.choice(INTERFACE)
        if len(word) <= longest:
            return word
    return made_up(rng, 3, longest).capitalize()


def labels(rng: Random, count: int, taken: Iterable[str] = (), longest: int = 8) -> list[str]:
    """`count` labels of which no two, and none of `taken`, are equal when case is ignored."""
    seen = {word.lower() for word in taken}
    found: list[str] = []
    while len(found) < count:
        word = label(rng, longest)
        if word.lower() not in seen:
            seen.add(word.lower())
            found.append(word)
    return found


def typed(rng: Random) -> str:
    """A word to type: 2 to 8 letters and digits, UPPER, lower or Capital, half of them made up."""
    kind = rng.random()
    if kind < 0.5:
        word = rng.choice(INTERFACE).lower()
    elif kind < 0.8:
        word = made_up(rng, 2, 8)
    else:
        word = "".join(rng.choice(_LETTERS + _DIGITS) for _ in range(rng.randint(2, 8)))
    return cased(rng, word)


def cased(rng: Random, word: str) -> str:
    """The word as UPPER, lower or Capital, a third each."""
    return rng.choice((str.upper, str.lower, str.capitalize))(word)


def printed(rng: Random) -> str:
    """A word as pages print it: every case, and digits often enough to be learned."""
    kind = rng.random()
    if kind < 0.25:
        return cased(rng, rng.choice(INTERFACE))
    if kind < 0.35:
        return "".join(rng.choice(_DIGITS) for _ in range(rng.randint(2, 6)))
    if kind < 0.45:
        return "".join(rng.choice(_LETTERS + _LETTERS.upper() + _DIGITS) for _ in range(rng.randint(3, 8)))
    return cased(rng, made_up(rng))
