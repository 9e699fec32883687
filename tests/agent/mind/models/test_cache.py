"""What the hub's own library fetched, from the very server of these tests, is found where it is."""

import json
import os
import subprocess
import sys
from pathlib import Path

NAME = "owner/Qwen3-VL-tiny"
ROOT = Path(__file__).resolve().parents[4]


def in_python(code):
    """Its own process: the library reads where its cache is as it is imported."""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=os.environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_the_library_fetches_from_this_server_and_its_cache_is_used(hub):
    code = f"import json, huggingface_hub; print(json.dumps(huggingface_hub.snapshot_download({NAME!r})))"
    folder = in_python(code)
    asked = len(hub.asked)
    code = f"import json; from agent.mind.weights import find_weights as f; w = f({NAME!r}); print(json.dumps([str(w.folder), w.revision]))"
    assert in_python(code) == [folder, hub.commit]
    code = "import json; from agent.mind.models.cache import all_cached; print(json.dumps([[c.name, c.commit] for c in all_cached()]))"
    assert in_python(code) == [[NAME, hub.commit]]
    assert len(hub.asked) == asked


def test_a_cache_that_is_not_whole_is_fetched_by_us(hub):
    code = f"import json, huggingface_hub; print(json.dumps(huggingface_hub.snapshot_download({NAME!r}, allow_patterns='*.json')))"
    folder = in_python(code)
    code = f"import json; from agent.mind.weights import find_weights as f; print(json.dumps(str(f({NAME!r}).folder)))"
    assert in_python(code) != folder


def test_without_a_cache_there_is_nothing(hub):
    assert (
        in_python("import json; from agent.mind.models.cache import all_cached; print(json.dumps(all_cached()))") == []
    )
