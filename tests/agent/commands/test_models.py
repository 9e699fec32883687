"""`deskhand models`: what is here, and how models come, get names and go."""

import json
import shutil

import pytest

from agent.cli import main
from agent.mind.models import shelf
from agent.mind.tiny import build_tiny
from agent.mind.weights import find_weights

COMMIT = "c" * 40


@pytest.fixture(scope="module")
def tiny_folder(tmp_path_factory):
    return build_tiny(tmp_path_factory.mktemp("mine") / "tiny")


@pytest.fixture
def mine(tiny_folder, tmp_path, monkeypatch):
    """A folder with a model that may be spoilt; nothing else is here."""
    monkeypatch.setenv("DESKHAND_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("agent.commands.models.all_cached", list)
    return shutil.copytree(tiny_folder, tmp_path / "mine")


@pytest.fixture
def adapter(tmp_path):
    """A folder as peft writes it."""
    import torch
    from safetensors.torch import save_file

    folder = tmp_path / "lora"
    folder.mkdir()
    about = {"peft_type": "LORA", "base_model_name_or_path": "nano", "r": 2, "target_modules": ["q_proj"]}
    (folder / "adapter_config.json").write_text(json.dumps(about))
    save_file({"base_model.model.x.lora_A.weight": torch.zeros(2, 2)}, folder / "adapter_model.safetensors")
    return folder


def kept(mine, asked=""):
    """A model as a download leaves it."""
    folder = shelf.models_root() / "fetched" / f"owner--model@{COMMIT}"
    shutil.copytree(mine, folder)
    source = shelf.Source(
        name="owner/model", hub="huggingface", asked=asked, commit=COMMIT, files={}, size=9_000_000_000
    )
    (folder / shelf.SOURCE).write_text(source.model_dump_json())
    return folder


def run(capsys, *words):
    code = main(["models", *map(str, words)])
    out, err = capsys.readouterr()
    return code, out, err


def listed(capsys):
    return {row["name"]: row for row in json.loads(run(capsys, "list", "--json")[1])}


def refused(capsys, *words):
    code, out, err = run(capsys, *words)
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert err.startswith("deskhand models: ")
    return err


def test_without_a_word_it_tells_what_is_here(mine, capsys):
    code, out, _ = run(capsys)
    assert code == 0
    assert out.startswith("nano ")
    assert "shipped" in out


def test_what_was_fetched_is_listed_with_size_commit_and_dtype(mine, capsys):
    folder = kept(mine)
    row = listed(capsys)["owner/model"]
    weights = (mine / "model.safetensors").stat().st_size
    assert (row["size"], row["revision"], row["dtype"], row["kind"]) == (weights, COMMIT, "float32", "huggingface")
    assert row["folder"] == str(folder)
    assert COMMIT[:12] in run(capsys)[1]


def test_what_is_not_whole_is_listed_and_says_how_it_goes_on(mine, capsys):
    folder = kept(mine)
    folder.rename(f"{folder}.part")
    assert "of 9.0 GB are here: download it again to go on" in listed(capsys)["owner/model"]["note"]
    assert "download it again" in run(capsys)[1]


def test_what_was_damaged_later_is_listed_and_says_so(mine, capsys):
    (kept(mine) / "model.safetensors").write_bytes(b"")
    assert "is damaged" in listed(capsys)["owner/model"]["note"]


def test_a_folder_gets_a_name_and_loses_it_again(mine, capsys):
    assert run(capsys, "import", mine)[:2] == (0, f"mine is {mine}.\n")
    assert find_weights("mine").folder == mine
    assert listed(capsys)["mine"]["kind"] == "yours"
    code, out, _ = run(capsys, "remove", "mine")
    assert (code, out) == (0, f"mine is a name no more; {mine} is still there.\n")
    assert mine.exists()
    assert "mine" not in listed(capsys)


def test_another_name_can_be_given(mine, capsys):
    assert run(capsys, "import", mine, "--name", "other")[0] == 0
    assert find_weights("other").folder == mine
    assert "is the name of" in refused(capsys, "import", mine.parent, "--name", "other")


@pytest.mark.parametrize("name", ["nano", "-x", "a/b", "..", "ü b"])
def test_names_that_cannot_be_are_refused(mine, capsys, name):
    assert "cannot be a model's name" in refused(capsys, "import", mine, f"--name={name}")


def test_a_folder_that_cannot_be_loaded_is_refused(mine, capsys):
    assert "there is no folder" in refused(capsys, "import", mine / "none")
    (mine / "tokenizer_config.json").unlink()
    assert "tokenizer_config.json missing" in refused(capsys, "import", mine)
    (mine / "model.safetensors").rename(mine / "pytorch_model.bin")
    assert "pickles, which can run code" in refused(capsys, "import", mine)


def test_a_shard_that_is_cut_short_is_refused(mine, capsys):
    with (mine / "model.safetensors").open("rb+") as file:
        file.truncate(1000)
    assert "is damaged" in refused(capsys, "import", mine)


def test_another_family_is_refused(mine, capsys):
    config = json.loads((mine / "config.json").read_text())
    (mine / "config.json").write_text(json.dumps(config | {"model_type": "llava"}))
    assert "not of Qwen3-VL's family" in refused(capsys, "import", mine)


def test_an_adapter_gets_a_name(mine, adapter, capsys):
    assert run(capsys, "adapter", adapter)[:2] == (0, f"lora is {adapter}, over nano.\n")
    row = listed(capsys)["lora"]
    assert (row["kind"], row["note"]) == ("adapter over nano", "")
    found = find_weights("lora")
    assert found.folder == find_weights("nano").folder
    assert found.adapter == adapter
    assert found.revision.startswith(find_weights("nano").revision + "+")
    assert run(capsys, "remove", "lora")[0] == 0


def test_an_adapter_over_another_base_or_another_adapter(mine, adapter, capsys):
    assert run(capsys, "adapter", adapter, "--base", mine)[0] == 0
    assert find_weights("lora").folder == mine
    assert run(capsys, "adapter", adapter, "--base", "lora", "--name", "second")[0] == 0
    with pytest.raises(Exception, match="which is an adapter itself"):
        find_weights("second")


def test_an_adapter_that_is_gone_is_told(mine, adapter, capsys):
    run(capsys, "adapter", adapter)
    shutil.rmtree(adapter)
    assert "there is no adapter in" in listed(capsys)["lora"]["note"]
    with pytest.raises(Exception, match="holds no adapter"):
        find_weights("lora")


@pytest.mark.parametrize(
    "change, says",
    [
        ({"peft_type": "IA3"}, "only LoRA can be used"),
        ({"base_model_name_or_path": None}, "name it with --base"),
    ],
)
def test_an_adapter_that_does_not_suit_is_refused(mine, adapter, capsys, change, says):
    path = adapter / "adapter_config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    assert says in refused(capsys, "adapter", adapter)


def test_an_adapter_as_a_pickle_or_without_weights_is_refused(mine, adapter, capsys):
    weights = adapter / "adapter_model.safetensors"
    shutil.copy(mine / "model.safetensors", weights)
    assert "holds no LoRA weights" in refused(capsys, "adapter", adapter)
    weights.rename(adapter / "adapter_model.bin")
    assert "as a pickle, which can run code" in refused(capsys, "adapter", adapter)
    (adapter / "adapter_model.bin").unlink()
    assert "adapter_model.safetensors is missing" in refused(capsys, "adapter", adapter)
    assert "use `deskhand models adapter" in refused(capsys, "import", adapter)
    (adapter / "adapter_config.json").unlink()
    assert "holds no adapter" in refused(capsys, "adapter", adapter)


def test_without_peft_an_adapter_says_what_it_needs(mine, adapter, capsys, monkeypatch):
    from agent.mind.load import load

    run(capsys, "adapter", adapter)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(Exception, match="pip install peft"):
        load("lora")


def test_what_was_fetched_is_removed(mine, capsys):
    folder = kept(mine)
    code, out, _ = run(capsys, "remove", f"owner/model@{COMMIT}")
    assert (code, out.startswith(f"owner/model@{COMMIT[:12]} is removed")) == (0, True)
    assert not folder.exists()
    assert shelf.kept() == []
    assert "there is no owner/model that could be removed" in refused(capsys, "remove", "owner/model")


def test_what_was_fetched_is_verified(mine, capsys):
    from agent.mind.models.fetch import digest

    folder = kept(mine)
    source = shelf.find("owner/model", None).source
    told = {path.name: digest(path, "sha256:") for path in mine.iterdir()}
    (folder / shelf.SOURCE).write_text(source.model_copy(update={"files": told}).model_dump_json())
    assert run(capsys, "verify", "owner/model")[:2] == (0, f"owner/model@{COMMIT[:12]} is as the hub told.\n")
    (folder / "config.json").write_text("{}")
    code, out, _ = run(capsys, "verify", "owner/model")
    assert (code, "is damaged: config.json; download it again" in out) == (1, True)
    assert "there is no owner/model that was fetched whole" in refused(capsys, "verify", "owner/model")


def test_a_revision_that_is_not_here_is_not_removed(mine, capsys):
    kept(mine)
    assert "there is no owner/model@other" in refused(capsys, "remove", "owner/model@other")
    assert "owner/model" in listed(capsys)


def test_what_is_not_ours_is_not_removed(mine, capsys, monkeypatch):
    from agent.mind.models.cache import Cached

    monkeypatch.setattr("agent.commands.models.all_cached", lambda: [Cached("owner/other", COMMIT, mine)])
    assert "hf cache rm model/owner/other" in refused(capsys, "remove", "owner/other")
    assert "there is no nano" in refused(capsys, "remove", "nano")
    assert listed(capsys)["owner/other"]["kind"] == "hub's cache"


def test_a_name_that_no_hub_has_is_refused_before_it_is_asked(mine, capsys):
    assert "is no hub name" in refused(capsys, "download", "just-a-word")


@pytest.mark.parametrize("gigabytes, code", [(60, 0), (1, 1)])
def test_the_advice_is_a_sentence_and_a_command(mine, capsys, monkeypatch, gigabytes, code):
    from agent.mind.recommend import Memory

    has = Memory("cuda", "bfloat16", "the GPU", gigabytes * 10**9, 80 * 10**9, ("bfloat16",))
    monkeypatch.setattr("agent.commands.models.memory", lambda: has)
    found, out, _ = run(capsys, "recommend")
    assert found == code
    assert ("\ndeskhand models download Qwen/Qwen3-VL-8B-Instruct   # 17.5 GB\n" in out) == (code == 0)
    told = json.loads(run(capsys, "recommend", "--json")[1])
    assert told["why"] in out
    assert told["precision"] == ("bfloat16" if code == 0 else "")
    assert told["free"] == gigabytes * 10**9
