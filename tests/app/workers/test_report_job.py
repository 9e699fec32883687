import sys

from app.workers.child import deskhand_command, environment
from app.workers.report_job import ReportJob

WRITES = "import pathlib, sys; pathlib.Path(sys.argv[1], 'report.html').write_text('<p>')"


def test_a_report_is_made_and_handed_out(qapp, qtbot, tmp_path):
    job = ReportJob(tmp_path, [sys.executable, "-c", WRITES, str(tmp_path)])
    with qtbot.waitSignal(job.done) as done:
        job.start()
    assert done.args == [tmp_path / "report.html"]


def test_what_went_wrong_is_said(qapp, qtbot, tmp_path):
    job = ReportJob(tmp_path, deskhand_command("report", str(tmp_path)))
    with qtbot.waitSignal(job.failed, timeout=20000) as failed:
        job.start()
    assert failed.args[0].startswith("The report cannot be made. deskhand report: There is no run in")


def test_a_command_that_is_not_there_is_one_sentence(qapp, qtbot, tmp_path):
    job = ReportJob(tmp_path, ["/nowhere/deskhand"])
    with qtbot.waitSignal(job.failed) as failed:
        job.start()
    assert failed.args[0].startswith("The report cannot be made.")


def test_children_speak_utf_8_and_find_the_house(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    made = environment()
    assert made.value("PYTHONUTF8") == "1"
    assert made.value("PYTHONPATH").endswith("/elsewhere")
