import subprocess
import sys
from pathlib import Path

import pytest

from app.practice.protocol import BadRequestError, Deal, read_request

ROOT = Path(__file__).resolve().parents[3]


def test_requests_are_read():
    assert read_request(b'{"deal": {"seed": 3, "family": "menu", "goals": 2}}').deal == Deal(
        seed=3, family="menu", goals=2
    )
    assert read_request(b'{"deal": {"seed": 3}}').deal == Deal(seed=3, family=None, goals=1)
    assert read_request(b'{"state": true}').state
    assert read_request(b'{"close": true}').close


@pytest.mark.parametrize(
    "line",
    [
        b"nonsense",
        b"{}",
        b"[]",
        b'{"state": false}',
        b'{"open": true}',
        b'{"state": true, "close": true}',
        b'{"deal": {"family": "press"}}',
        b'{"deal": {"seed": 1, "family": "fly"}}',
        b'{"deal": {"seed": 1, "goals": 4}}',
        b'{"deal": {"seed": 1, "goal": 1}}',
        b"\xff\xfe",
    ],
)
def test_anything_else_is_refused_in_a_sentence(line):
    with pytest.raises(BadRequestError, match=r"^\S.*\.$"):
        read_request(line)


def test_prints_from_python_and_c_stay_off_the_protocol():
    code = (
        "import os, ctypes\n"
        "from app.practice.protocol import keep_stdout, write_answer\n"
        "out = keep_stdout()\n"
        "print('python prints', flush=True); os.system('echo a child prints')\n"
        "ctypes.CDLL(None).puts(b'c prints'); ctypes.CDLL(None).fflush(None)\n"
        "write_answer(out, {'state': 'Überall'})\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True)
    assert done.stdout.decode() == '{"state": "Überall"}\n'
    assert {b"python prints", b"a child prints", b"c prints"} <= set(done.stderr.splitlines())
