"""`deskhand practice`: the score is of real desks on a real X screen, whatever the mind claims."""

import json
import os
import subprocess
import sys

from agent.evaluate.score import FAMILIES

LIE = '<tool_call>\n{"name": "computer_use", "arguments": {"action": "terminate", "status": "success"}}\n</tool_call>'


def test_a_mind_that_claims_success_and_does_nothing_scores_nothing(tmp_path):
    script, score = tmp_path / "script.json", tmp_path / "score.json"
    script.write_text(json.dumps([LIE] * len(FAMILIES)))
    options = ["--seed", "3", "--count", "1", "--model", f"scripted:{script}", "--into", str(score)]
    home = os.environ | {"DESKHAND_HOME": str(tmp_path)}
    said = subprocess.check_output([sys.executable, "-m", "agent.cli", "practice", *options], env=home, text=True)
    printed = json.loads(said)
    assert printed["families"] == dict.fromkeys(FAMILIES, 0.0)
    assert printed["claimed_wrong"] == 1.0
    assert json.loads(score.read_text()) == {"seed": 3, "count": 1} | printed
