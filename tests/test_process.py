"""The only starter of programs: nothing outlives it, nothing hangs it, every failure has its class."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hotpass import process
from hotpass.errors import ReadError, ToolFailedError, ToolMissingError, ToolTimeoutError
from hotpass.process import Finished, run

ENVIRONMENT = {"PATH": os.environ["PATH"]}


def python(code: str, *, cwd: Path, **options: object) -> Finished:
    return run([sys.executable, "-c", code], cwd=cwd, env=ENVIRONMENT, **options)  # type: ignore[arg-type]


def alive(number: int) -> bool:
    """Whether a process exists that is no zombie."""
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def gone(number: int) -> bool:
    deadline = time.monotonic() + 5
    while alive(number) and time.monotonic() < deadline:
        time.sleep(0.01)
    return not alive(number)


def written(file: Path) -> int:
    """A number that another process writes into a file."""
    deadline = time.monotonic() + 10
    while not (file.exists() and file.read_text().endswith("\n")):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return int(file.read_text())


@pytest.fixture
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that ignores SIGTERM gets less time than in earnest."""
    monkeypatch.setattr(process, "_GRACE_SECONDS", 0.3)


def test_what_a_program_said_and_its_code_are_returned(tmp_path: Path) -> None:
    done = python(
        r"import sys; sys.stdout.buffer.write(b'\xff\0'); sys.stderr.write('no'); sys.exit(3)", cwd=tmp_path
    )
    assert (done.code, done.out, done.err) == (3, b"\xff\0", "no")
    assert done.argv[0] == sys.executable
    assert done.command.startswith(f"{sys.executable} -c")


def test_bytes_that_are_no_text_in_the_talk_do_no_harm(tmp_path: Path) -> None:
    done = python(r"import sys; sys.stderr.buffer.write(b'\xff!')", cwd=tmp_path)
    assert done.err == "\ufffd!"


def test_standard_input_is_given_whole_and_then_closed(tmp_path: Path) -> None:
    data = os.urandom(1 << 20)
    done = python("import sys; sys.stdout.buffer.write(sys.stdin.buffer.read())", cwd=tmp_path, stdin=data)
    assert done.out == data
    assert python("import sys; print(repr(sys.stdin.read()))", cwd=tmp_path).out.strip() == b"''"


def test_a_program_that_does_not_read_its_input_is_no_failure(tmp_path: Path) -> None:
    assert python("pass", cwd=tmp_path, stdin=b"x" * (1 << 20)).code == 0


def test_much_on_both_outputs_does_not_block(tmp_path: Path) -> None:
    done = python("import sys; sys.stderr.write('e' * 300000); sys.stdout.write('o' * 300000)", cwd=tmp_path)
    assert (len(done.out), len(done.err)) == (300_000, 300_000)


def test_a_program_sees_the_folder_and_environment_it_is_given_and_no_other(tmp_path: Path) -> None:
    done = run(
        [sys.executable, "-c", "import os; print(os.getcwd()); print(sorted(os.environ))"],
        cwd=tmp_path,
        env={"ONLY": "x", "LC_ALL": "C.UTF-8"},
    )
    assert done.out.decode().split("\n")[:2] == [str(tmp_path.resolve()), "['LC_ALL', 'ONLY']"]


def test_words_are_not_read_by_a_shell(tmp_path: Path) -> None:
    words = ["$(touch x)", "`touch x`", "; touch x", "a b", "", "*", "--", "\n"]
    done = run(
        [sys.executable, "-c", "import sys; sys.stdout.write(repr(sys.argv[1:]))", *words],
        cwd=tmp_path,
        env=ENVIRONMENT,
    )
    assert done.out.decode() == repr(words)
    assert list(tmp_path.iterdir()) == []


def test_a_program_that_is_not_there_is_named(tmp_path: Path) -> None:
    """Case 41."""
    with pytest.raises(ToolMissingError) as caught:
        run(["no-such-program"], cwd=tmp_path, env=ENVIRONMENT)
    assert (caught.value.exit_code, caught.value.tool) == (5, "no-such-program")


def test_the_path_is_that_of_the_environment_given(tmp_path: Path) -> None:
    with pytest.raises(ToolMissingError):
        run(["git", "--version"], cwd=tmp_path, env={"PATH": str(tmp_path)})


@pytest.mark.parametrize(("text", "mode"), [("x", 0o644), ("#!/no/such/interpreter\n", 0o755)])
def test_a_file_that_is_no_program_counts_as_missing(tmp_path: Path, text: str, mode: int) -> None:
    """Case 41."""
    tool = tmp_path / "git"
    tool.write_text(text)
    tool.chmod(mode)
    with pytest.raises(ToolMissingError):
        run(["git"], cwd=tmp_path, env={"PATH": str(tmp_path)})


def test_a_program_that_cannot_run_here_is_an_error_of_the_tool(tmp_path: Path) -> None:
    """Case 41: for example one for another kind of machine."""
    tool = tmp_path / "git"
    tool.write_bytes(b"\x7fELF garbage")
    tool.chmod(0o755)
    with pytest.raises(ToolFailedError) as caught:
        run(["git"], cwd=tmp_path, env={"PATH": str(tmp_path)})
    assert caught.value.exit_code == 5
    assert "git" in str(caught.value)


@pytest.mark.parametrize("kind", ["missing", "a file"])
def test_a_folder_that_is_none_is_not_mistaken_for_a_missing_program(tmp_path: Path, kind: str) -> None:
    place = tmp_path / "place"
    if kind == "a file":
        place.write_text("x")
    with pytest.raises(ReadError) as caught:
        run(["git", "--version"], cwd=place, env=ENVIRONMENT)
    assert caught.value.path == str(place)


@pytest.mark.slow
def test_a_program_that_hangs_is_ended_in_its_time(tmp_path: Path) -> None:
    """Case 41."""
    begun = time.monotonic()
    with pytest.raises(ToolTimeoutError) as caught:
        python(
            "import os, time; open('pid', 'w').write(f'{os.getpid()}\\n'); time.sleep(60)",
            cwd=tmp_path,
            timeout=1.0,
        )
    assert time.monotonic() - begun < 5
    assert caught.value.exit_code == 5
    assert gone(written(tmp_path / "pid"))


@pytest.mark.slow
@pytest.mark.usefixtures("patience")
def test_a_program_that_will_not_end_is_ended_with_its_children(tmp_path: Path) -> None:
    code = (
        "import os, signal, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "child = os.fork()\n"
        "open('child' if child == 0 else 'pid', 'w').write(f'{os.getpid()}\\n')\n"
        "time.sleep(60)"
    )
    with pytest.raises(ToolTimeoutError):
        python(code, cwd=tmp_path, timeout=1.5)
    assert gone(written(tmp_path / "pid"))
    assert gone(written(tmp_path / "child"))


def test_an_interrupt_ends_the_program_first(tmp_path: Path) -> None:
    """Case 6: what Hotpass started does not outlive it."""

    def interrupt() -> None:
        written(tmp_path / "pid")
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        python(
            "import os, time; open('pid', 'w').write(f'{os.getpid()}\\n'); time.sleep(60)",
            cwd=tmp_path,
        )
    thread.join()
    assert gone(written(tmp_path / "pid"))


def test_a_program_has_a_group_of_its_own_unless_it_may_ask_at_the_terminal(tmp_path: Path) -> None:
    code = "import os; print(os.getpgrp())"
    assert int(python(code, cwd=tmp_path).out) != os.getpgrp()
    # A session's leader has the first terminal that it opens.
    leader, terminal = pty.openpty()
    asker = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from hotpass import process\n"
        f"os.open({os.ttyname(terminal)!r}, os.O_RDWR)\n"
        f"done = process.run([sys.executable, '-c', {code!r}], cwd=Path('/'), env=os.environ, terminal=True)\n"
        "print(os.getpgrp(), int(done.out))"
    )
    done = subprocess.run(
        [sys.executable, "-c", asker], start_new_session=True, capture_output=True, check=True
    )
    os.close(terminal)
    os.close(leader)
    ours, of_the_child = done.stdout.split()
    assert ours == of_the_child


def test_only_the_descriptors_that_are_named_are_inherited(tmp_path: Path) -> None:
    with open(tmp_path / "a", "w") as kept, open(tmp_path / "b", "w") as closed:
        code = (
            "import os\n"
            f"for number in ({kept.fileno()}, {closed.fileno()}):\n"
            "    try: os.fstat(number); print('open')\n"
            "    except OSError: print('closed')"
        )
        done = python(code, cwd=tmp_path, keep=(kept.fileno(),))
    assert done.out.split() == [b"open", b"closed"]


@pytest.fixture
def told() -> Iterator[list[str]]:
    """What listeners were told."""
    lines: list[str] = []
    process.listeners.append(lines.append)
    yield lines
    process.listeners.remove(lines.append)


def test_every_program_that_is_started_is_told(tmp_path: Path, told: list[str]) -> None:
    run([sys.executable, "-c", "pass"], cwd=tmp_path, env=ENVIRONMENT)
    assert told == [f"{sys.executable} -c pass"]


def test_no_other_module_starts_programs() -> None:
    """CONVENTIONS 6."""
    source = Path(process.__file__).parent
    found = subprocess.run(
        [
            "grep",
            "-rlE",
            r"\b(subprocess|os\.system|os\.popen|os\.exec|os\.spawn|pty\.spawn)\b",
            source,
            "--include=*.py",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.stdout.split() == [process.__file__]
