"""Read a page of the documentation as a list of things to run, and run them the way a reader would.

A page tells its test what readers need not see by comments before a block::

    <!-- test: first COMMAND -->   run this before the block (new data has come in, a colleague has merged)
    <!-- test: then COMMAND -->    run this after it (the file really is the old one)
    <!-- test: exit N -->          the block's last command ends with this code
    <!-- test: apart -->           run every line by itself, each in a fresh copy of the repository
    <!-- test: in FOLDER -->       run the block in this folder beside the repository, made if need be
    <!-- test: keys KEYS -->       the block's last command runs on a terminal, at which these keys are pressed
    <!-- test: write FILE -->      the block is this file's text; append: it goes to its end
    <!-- test: skip REASON -->     do not run the block

``bash`` blocks are run as they stand and must succeed. ``console`` blocks show ``$ command`` lines and, below each,
what it says; that is compared with what it really says, after ids, dates and times are evened out.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest
from harness.terminal import at_terminal

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"

_FENCE = re.compile(r"^( *)```([a-z]*)$")
_DIRECTIVE = re.compile(r"^ *<!-- test: ([a-z]+)(?: (.+?))? -->$")
_EVENED = (
    (re.compile(r"\x1b\[[0-9;]*[A-Za-z]"), ""),
    (re.compile(r"\b\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\dZ)?"), "DATE"),
    (re.compile(r"\b[0-9a-f]{7}\b"), "COMMIT"),
)


@dataclass(frozen=True)
class Block:
    """One fenced block: the heading above it, its language, its lines without indent, and what the test is told."""

    page: str
    line: int
    heading: str
    language: str
    text: str
    told: tuple[tuple[str, str], ...]

    def all(self, word: str) -> list[str]:
        """Every directive of this name."""
        return [value for name, value in self.told if name == word]

    def one(self, word: str) -> str | None:
        """The directive of this name, None where there is none."""
        return next(iter(self.all(word)), None)

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def blocks_of(page: Path) -> list[Block]:
    """All fenced blocks of a page, in order."""
    found: list[Block] = []
    told: list[tuple[str, str]] = []
    heading = ""
    lines = iter(enumerate(page.read_text("utf-8").splitlines(), 1))
    for number, line in lines:
        if directive := _DIRECTIVE.match(line):
            told.append((directive[1], directive[2] or ""))
        elif fence := _FENCE.match(line):
            body = list(_body(lines, len(fence[1])))
            name = page.relative_to(ROOT).as_posix()
            found.append(Block(name, number, heading, fence[2], "\n".join(body) + "\n", tuple(told)))
            told = []
        elif line.startswith("#"):
            heading = line.lstrip("# ")
        elif line.strip():
            assert not told, f"{page.name}:{number}: a test directive without a block"
    return found


def _body(lines: Iterator[tuple[int, str]], indent: int) -> Iterator[str]:
    for _, line in lines:
        if line.strip() == "```":
            return
        yield line[indent:] if line[:indent].isspace() else line


class Shell:
    """A reader at a terminal: a current folder that stays, and the words of a page that mean other places here."""

    def __init__(self, top: Path, start: Path, meaning: Mapping[str, str]) -> None:
        self.top, self.folder, self.meaning = top, start, meaning

    def try_block(self, block: Block) -> None:
        """Run a block as its page asks; fails the test where it does not do what the page says."""
        if block.one("skip") is not None:
            return
        stay = self.folder
        if (elsewhere := block.one("in")) is not None:
            self.folder = self.top / elsewhere
            self.folder.mkdir(exist_ok=True)
        for command in block.all("first"):
            self.succeed(command, block)
        if block.one("apart") is not None:
            self._apart(block)
        elif (name := block.one("write")) is not None:
            (self.folder / name).write_text(block.text)
        elif (name := block.one("append")) is not None:
            with (self.folder / name).open("a") as file:
                file.write(block.text)
        elif block.language == "console":
            self._console(block)
        elif block.language == "python":
            self._python(block)
        else:
            code, said = self.say(block.text, block.one("keys"))
            assert code == int(block.one("exit") or 0), f"{block}: exit {code}\n{block.text}\n{said}"
        for command in block.all("then"):
            self.succeed(command, block)
        if elsewhere is not None:
            self.folder = stay

    def succeed(self, command: str, block: Block) -> None:
        """Run a command that a directive names."""
        code, said = self.say(command)
        assert code == 0, f"{block}: {command}: exit {code}\n{said}"

    def say(self, script: str, keys: str | None = None) -> tuple[int, str]:
        """Run lines in bash, as they stand but for the meanings; exit code, and all they wrote.

        With ``keys`` they run on a terminal, at which these keys are pressed.
        """
        for word, place in self.meaning.items():
            script = script.replace(word, place)
        note = self.top / "folder-now"
        command = ["bash", "-c", f"set -eu -o pipefail\ntrap 'pwd >\"{note}\"' EXIT\n{script}"]
        env = {"PYTHONUNBUFFERED": "1", "COLUMNS": "200"}
        if keys is None:
            done = subprocess.run(
                command,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=120,
                check=False,
                env=os.environ | env,
            )
            code, said = done.returncode, done.stdout
        else:
            code, said = at_terminal(command, keys, cwd=self.folder, env=env)
        self.folder = Path(note.read_text().strip())
        for word, place in self.meaning.items():
            said = said.replace(place, word)
        return code, said

    def _apart(self, block: Block) -> None:
        lines = [line for line in block.text.splitlines() if line and not line.startswith("#")]
        assert lines, f"{block}: nothing to run"
        for line in lines:
            copy = self.top / "copy"
            shutil.copytree(self.folder, copy, symlinks=True)
            code, said = Shell(self.top, copy, self.meaning).say(line)
            assert code == int(block.one("exit") or 0), f"{block}: {line}: exit {code}\n{said}"
            shutil.rmtree(copy)

    def _console(self, block: Block) -> None:
        commands = re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]
        assert commands, f"{block}: a console block without a command"
        for number, text in enumerate(commands, 1):
            command, _, expected = text.partition("\n")
            last = number == len(commands)
            code, said = self.say(command, block.one("keys") if last else None)
            wanted = int(block.one("exit") or 0) if last else 0
            assert code == wanted, f"{block}: {command}: exit {code}\n{said}"
            shown = self._evened(expected)
            assert self._evened(said) == shown, f"{block}: {command} says\n{said}"

    def _python(self, block: Block) -> None:
        script = self.top / "snippet.py"
        script.write_text(block.text)
        done = subprocess.run(
            [sys.executable, str(script)],
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == int(block.one("exit") or 0), f"{block}:\n{done.stdout}\n{done.stderr}"

    @staticmethod
    def _evened(text: str) -> str:
        text = text.replace(os.environ["HOME"], "/Users/you")
        for pattern, word in _EVENED:
            text = pattern.sub(word, text)
        return "\n".join(line.rstrip() for line in text.strip("\n").splitlines())


class Walk:
    """One page tried from its first block to its last."""

    def __init__(self, page: Path) -> None:
        self.page = page

    @cached_property
    def blocks(self) -> list[Block]:
        """The blocks that are run: commands, sessions and Python; and those that are files."""
        told = {"write", "append"}
        return [
            block
            for block in blocks_of(self.page)
            if block.language in ("bash", "console", "python") or told & {name for name, _ in block.told}
        ]

    def along(self, shell: Shell) -> None:
        """Run all of them; a block that fails fails the test with its place on the page."""
        assert self.blocks, f"{self.page} has nothing to run"
        for block in self.blocks:
            try:
                shell.try_block(block)
            except subprocess.TimeoutExpired:
                pytest.fail(f"{block}: does not end")
