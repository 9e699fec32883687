"""What a model folder says about itself."""

import pytest

from agent.errors import ModelError
from agent.mind.profile import Capture, Profile, read_profile


def test_a_folder_that_says_nothing_gets_what_suits_qwen(tmp_path):
    assert read_profile(tmp_path) == Profile(capture=None, dialect="computer_use", frame_tokens=2048)


def test_a_folder_may_want_a_window_of_its_size(tmp_path):
    (tmp_path / "deskhand.json").write_text('{"capture": {"kind": "window", "width": 352, "height": 256}, "since": 1}')
    assert read_profile(tmp_path).capture == Capture(kind="window", width=352, height=256)


@pytest.mark.parametrize("units", ["grid", "pixel", "unit"])
def test_a_folder_declares_what_its_numbers_count(tmp_path, units):
    (tmp_path / "deskhand.json").write_text(f'{{"coordinates": "{units}"}}')
    assert read_profile(tmp_path).coordinates == units


@pytest.mark.parametrize("dialect", ["computer_use", "ui_tars", "holo"])
def test_a_folder_declares_how_it_is_asked_to_call(tmp_path, dialect):
    (tmp_path / "deskhand.json").write_text(f'{{"dialect": "{dialect}"}}')
    assert read_profile(tmp_path).dialect == dialect


@pytest.mark.parametrize(
    "config, said, units",
    [
        ('{"model_type": "qwen2_5_vl"}', "{}", "pixel"),
        ('{"model_type": "qwen2_5_vl"}', '{"coordinates": "grid"}', "grid"),
        ('{"model_type": "qwen2_vl"}', "{}", "grid"),
        ('{"model_type": "qwen3_5"}', "{}", "grid"),
        ("[", "{}", "grid"),
    ],
)
def test_places_are_in_pixels_where_the_architecture_is_one_of_pixels(tmp_path, config, said, units):
    (tmp_path / "config.json").write_text(config)
    (tmp_path / "deskhand.json").write_text(said)
    assert read_profile(tmp_path).coordinates == units


@pytest.mark.parametrize(
    "text",
    ["{", '{"coordinates": "miles"}', '{"dialect": "klingon"}', '{"capture": {"kind": "window", "width": -3}}', "[]"],
)
def test_what_is_not_understood_is_said_in_one_sentence(tmp_path, text):
    (tmp_path / "deskhand.json").write_text(text)
    with pytest.raises(ModelError, match=r"deskhand\.json says what this version does not understand") as caught:
        read_profile(tmp_path)
    assert "\n" not in str(caught.value)
