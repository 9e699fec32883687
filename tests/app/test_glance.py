import json

import pytest

from app.glance import Glance, glance
from app.settings import Appearance, Settings, save


def test_the_glance_agrees_with_the_settings(tmp_path):
    path = tmp_path / "settings.json"
    save(Settings(appearance=Appearance(theme="dark", language="zh_CN")), path)
    assert glance(path) == Glance("dark", "zh_CN")


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"appearance": 3}', '{"appearance": null}', '{"appearance": {"theme": []}}', "\x00"]
)
def test_whatever_is_broken_is_the_default(tmp_path, text):
    path = tmp_path / "settings.json"
    path.write_text(text)
    assert glance(path) == Glance()


def test_one_bad_value_does_not_spoil_the_other(tmp_path):
    path = tmp_path / "settings.json"
    path.write_text(json.dumps({"appearance": {"theme": "pink", "language": "en"}}))
    assert glance(path) == Glance("system", "en")


def test_no_file_is_the_default(tmp_path):
    assert glance(tmp_path / "nothing") == Glance()
