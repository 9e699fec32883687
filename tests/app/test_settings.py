import json

import pytest

from agent.intents import Capture
from app.settings import Appearance, Models, Settings, load, save


@pytest.fixture
def path(tmp_path):
    return tmp_path / "deskhand" / "settings.json"


def test_without_a_file_there_are_the_defaults(path):
    assert load(path).settings == Settings()
    assert load(path).trouble == ""


def test_what_is_saved_is_what_is_loaded(path):
    settings = Settings(appearance=Appearance(theme="dark", language="zh_CN"), models=Models(name="/models/四"))
    assert save(settings, path) == ""
    assert load(path).settings == settings
    assert [file.name for file in path.parent.iterdir()] == ["settings.json"]


@pytest.mark.parametrize("broken", ["", "{", "[]", '{"appearance": {"theme": "pink"}}', "\x00\x01", '{"version": 2}'])
def test_a_broken_file_is_kept_and_told_of(path, broken):
    path.parent.mkdir()
    path.write_text(broken, encoding="utf-8")
    loaded = load(path)
    assert loaded.settings == Settings()
    aside = path.with_name("settings.broken.json")
    assert str(aside) in loaded.trouble
    assert aside.read_text(encoding="utf-8") == broken
    assert not path.exists()


def test_what_a_newer_version_wrote_beside_is_passed_over(path):
    path.parent.mkdir()
    path.write_text(json.dumps({"appearance": {"theme": "dark", "glow": 3}, "flying": True}), encoding="utf-8")
    assert load(path).settings.appearance.theme == "dark"


def test_a_place_that_cannot_be_written_is_one_sentence(tmp_path):
    file = tmp_path / "file"
    file.write_text("")
    assert save(Settings(), file / "settings.json").startswith("The settings cannot be saved in")
    assert load(tmp_path).trouble.startswith("The settings cannot be read")


def test_a_run_begins_as_the_settings_say():
    settings = Settings()
    runs = settings.runs.model_copy(update={"mode": "free", "capture": Capture(kind="window", name="Desk")})
    start = settings.model_copy(update={"runs": runs, "models": Models(name="x/y", keep_minutes=5)}).start("press Save")
    assert start.keep_minutes == 5
    assert (start.task, start.model, start.mode, start.capture.name) == ("press Save", "x/y", "free", "Desk")


def test_the_newest_model_is_first_and_old_ones_go():
    models = Models(keep_minutes=7)
    for name in "abcdefgha":
        models = models.used(name)
    assert (models.name, models.keep_minutes) == ("a", 7)
    assert models.recent == ("a", "h", "g", "f", "e", "d")
