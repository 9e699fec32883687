"""What is typed: texts of many scripts, and random mixtures of them."""

import random
from collections.abc import Iterator

_MANY = "".join(chr(0x4E00 + 37 * number % 8000) for number in range(120))
"""More characters than a keyboard has keys to spare."""
TEXTS = (
    _MANY,
    "The quick brown fox, 0123456789.",
    "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
    "你好，世界！今天天气怎么样？",
    "こんにちは、カタカナと漢字。",
    "안녕하세요 세계",
    "Grüße aus Köln: ÄÖÜ äöü ß ẞ",
    "Ça été naïf, où l’œuvre « d’été » coûte 5 €",
    "Žluťoučký kůň, łódź, Đặng, İstanbul, ñandú",
    "decomposed: e\u0301 n\u0303 o\u0308",
    "Съешь же ещё этих мягких французских булок",
    "Ελληνικά: ξεσκεπάζω την ψυχοφθόρα",
    "שלום עולם, مرحبا بالعالم",
    "😀🎉🚀 👍🏽 👩\u200d💻 🇩🇪 ☺️",
    "→ ≤ ≥ ≠ ∑ √ ∞ © ® ™ § ¶ • … — – “ ” „ ‘ ’ « »",
    "^ ` ´ ~ ¨ ^a `e ´i ~n ¨u a^ e` i´ n~ u¨",
    "one\ntwo\nthree",
    "a\tb\tc",
    "\tindented\n\t\ttwice\n",
    "trailing newline\n",
    "two trailing newlines\n\n",
    " leading and trailing spaces  ",
    "no-break\u00a0space, thin\u202fspace, soft\u00adhyphen, zero\u200bwidth",
    "नमस्ते दुनिया, สวัสดีชาวโลก, ⠓⠑⠇⠇⠕ 𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𠮷野家",
    "user@example.com https://example.org/?q=1&r=[2]#x {a|b} \\o/ ~",
    "aAbBcC zZyYqQwWmM ,;.:-_<>|",
    "mixed: a你b😀c\tñ\nд → 100 % §3",
)
_ALPHABETS = (
    "abcdefghijklmnopqrstuvwxyz",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
    "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
    "äöüßéèêëàâçñøåłžščřąęőű€£¥",
    "天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏闰余成岁律吕调阳",
    _MANY,
    "あいうえおカキクケコ가나다라마",
    "😀🎉🚀🐍🌍💡",
    "абвгдежзийклмнαβγδεζηθ",
    " \n\t",
)


def texts(seed: int, count: int) -> Iterator[str]:
    """So many texts in any order: two of three are written ones, as long as there are more of those."""
    dice = random.Random(seed)
    written = dice.sample(TEXTS, min(len(TEXTS), count - count // 3))
    drawn = (
        "".join(dice.choice(dice.choice(_ALPHABETS)) for _ in range(dice.randint(1, 60)))
        for _ in range(count - len(written))
    )
    yield from dice.sample(chosen := [*written, *drawn], len(chosen))
