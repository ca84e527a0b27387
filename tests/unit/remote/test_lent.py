"""Modules of modelport run in another interpreter that has none of its packages; no worker outlives the process that asks it."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from modelport.errors import ConfigError, ToolError
from modelport.remote import Session
from modelport.remote import session as ours

_ROOT = Path(ours.__file__).parents[1]
# What modelport needs here, and the interpreter of --python may lack.
_OURS_ALONE = ("msgspec", "onnxruntime", "jinja2", "rich", "typer")
_SOURCES = {"torch": ("onnx", "onnx_ir", "onnxscript"), "tensorflow": ("onnx_ir", "tensorflow", "keras")}


@pytest.fixture
def lent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in place of modelport's own; its modules are lent."""
    home = tmp_path / "modelport"
    home.mkdir()
    (home / "errors.py").write_text((_ROOT / "errors.py").read_text(encoding="utf-8"), encoding="utf-8")
    (home / "__init__.py").write_text("raise RuntimeError('what starts a package is not run')")
    monkeypatch.setattr(ours, "_OURS", home)
    return home


def _module(home: Path, text: str) -> None:
    (home / "lent_one.py").write_text(textwrap.dedent(text), encoding="utf-8")


def test_a_class_is_made_there_and_its_errors_arrive(lent: Path) -> None:
    _module(
        lent,
        """
        from modelport.errors import ConfigError
        class One:
            def twice(self, value): return 2 * value
            def wrong(self): raise ConfigError("no such thing", where="there", fix="leave it out")
        """,
    )
    session = Session(sys.executable)
    one = session.lend("modelport.lent_one", "One")
    assert one.twice(3) == 6
    with pytest.raises(ConfigError, match="no such thing") as caught:
        one.wrong()
    assert (caught.value.where, caught.value.fix) == ("there", "leave it out")
    session.close()
    assert not list(lent.glob("__pycache__"))


@pytest.mark.parametrize(
    ("does", "said", "fix"),
    [
        ("os.kill(os.getpid(), signal.SIGKILL)", "SIGKILL", "memory"),
        ("os.abort()", "SIGABRT", "its packages end the process"),
        ("raise SystemExit(3)", "status 3", "give a Python"),
    ],
)
def test_a_worker_that_ends(does: str, said: str, fix: str, lent: Path) -> None:
    _module(lent, f"import os, signal\nclass One:\n    def end(self):\n        {does}")
    one = Session(sys.executable).lend("modelport.lent_one", "One")
    with pytest.raises(ToolError, match=f"stopped.*{said}") as caught:
        one.end()
    assert fix in caught.value.fix


def test_a_worker_that_says_much(lent: Path) -> None:
    _module(
        lent,
        "import os\nclass One:\n    def say(self):\n        [os.write(n, b'x' * 300_000) for n in (1, 2)]\n        return 1",
    )
    assert Session(sys.executable).lend("modelport.lent_one", "One").say() == 1


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_no_worker_outlives_the_one_who_asks(ending: signal.Signals, lent: Path, tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    _module(
        lent,
        f"""
        import os, pathlib, time
        class One:
            def sleep(self):
                pathlib.Path({str(pid)!r}).write_text(str(os.getpid()))
                time.sleep(60)
        """,
    )
    # A suite that a shell runs in the background ignores SIGINT, and so would what it starts.
    asks = f"""
import signal
from pathlib import Path
signal.signal(signal.SIGINT, signal.default_int_handler)
from modelport.remote import Session, session
session._OURS = Path({str(lent)!r})
Session({sys.executable!r}).lend("modelport.lent_one", "One").sleep()
"""
    with subprocess.Popen([sys.executable, "-c", asks], cwd=_ROOT.parent, stderr=subprocess.DEVNULL) as process:
        _wait(lambda: pid.exists() and pid.read_text() != "")
        process.send_signal(ending)
        process.wait(20)
    _wait(lambda: not _runs(int(pid.read_text())))


def _wait(until) -> None:
    for _ in range(200):
        if until():
            return
        time.sleep(0.1)
    raise AssertionError("it lasts")


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("front_end", _SOURCES)
def test_sources_need_the_framework_alone(front_end: str) -> None:
    """Some of modelport's packages cannot be installed beside old frameworks."""
    program = f"""
import sys
from importlib.util import spec_from_file_location, module_from_spec
sys.path = [p for p in sys.path if p]
for name in {(*_OURS_ALONE, *_SOURCES[front_end])!r}:
    sys.modules[name] = None
spec = spec_from_file_location("worker", {str(_ROOT / "remote" / "worker.py")!r})
worker = module_from_spec(spec)
spec.loader.exec_module(worker)
worker._lent({str(_ROOT)!r}, "modelport.frontends._served_net", "ServedNet")
import modelport.frontends.{front_end}.source
assert not hasattr(sys.modules["modelport"], "convert")
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
