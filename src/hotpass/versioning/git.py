"""Git: each question once, asked of the git program, named by the shape of the answer."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache, cached_property
from pathlib import Path

from hotpass.errors import ToolFailedError, ToolTooOldError
from hotpass.files import sync_directory, writing
from hotpass.process import Finished, run
from hotpass.values import frozen
from hotpass.versioning.errors import (
    BareRepositoryError,
    NoIdentityError,
    NoRepositoryError,
    RefsMovedError,
    SigningError,
    UntrustedRepositoryError,
)
from hotpass.versioning.gitobjects import GitObject, Kind, Oid, git_object, pack

GIT_NEEDED = (2, 36)
"""The oldest git: the first that can be told what to make durable (core.fsync), and knows ``--batch-command``."""

NO_OBJECT = Oid("0" * 40)
"""What git calls "no such ref" in a transaction."""

# `git rev-parse --local-env-vars`, and what else would make git act on another repository or read paths otherwise.
_FOREIGN = [
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_CONFIG",
    "GIT_CONFIG_PARAMETERS",
    "GIT_CONFIG_COUNT",
    "GIT_OBJECT_DIRECTORY",
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_GRAFT_FILE",
    "GIT_INDEX_FILE",
    "GIT_INDEX_VERSION",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_REPLACE_REF_BASE",
    "GIT_PREFIX",
    "GIT_SHALLOW_FILE",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
    "GIT_QUARANTINE_PATH",
    "GIT_EDITOR",
    "GIT_LITERAL_PATHSPECS",
    "GIT_GLOB_PATHSPECS",
    "GIT_NOGLOB_PATHSPECS",
    "GIT_ICASE_PATHSPECS",
    "GIT_EXTERNAL_DIFF",
    "LANGUAGE",
]
_FATAL = 128
_SECONDS = 600.0  # the longest that git may take: its folder may be on a slow network drive
_COMMITTER = "GIT_COMMITTER_IDENT"
_DURABLE = ("-c", "core.fsync=all", "-c", "core.fsyncMethod=fsync")


def clean_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """An environment in which git acts on the repository it is told, asks nothing and speaks English."""
    kept = {
        name: value
        for name, value in environment.items()
        if name not in _FOREIGN and not name.startswith(("GIT_CONFIG_KEY_", "GIT_CONFIG_VALUE_", "LC_"))
    }
    return kept | {
        "LC_ALL": "C",
        "GIT_PAGER": "cat",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_LITERAL_PATHSPECS": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_OPTIONAL_LOCKS": "0",
    }


@frozen
class Head:
    """Where HEAD stands: the branch's full ref (None: detached) and the commit (None: none yet)."""

    branch: str | None
    commit: Oid | None


@frozen
class RefChange:
    """One ref's move, with the value it must have before (NO_OBJECT: must not exist)."""

    name: str
    old: Oid
    new: Oid


@frozen
class TagRef:
    """A tag as it stands in the repository; ``commit`` is None where it leads to no commit."""

    name: str
    object: Oid
    annotated: bool
    commit: Oid | None
    date: str
    author: str
    message: str


@frozen
class Found:
    """What a name such as ``HEAD:path`` leads to; ``data`` is None where only that was asked."""

    oid: Oid
    kind: str
    data: bytes | None = None


@frozen
class IgnoreRule:
    """The rule that makes git ignore a path: the file it stands in, its line number, its text."""

    source: str
    line: int
    pattern: str


@frozen
class Git:
    """One work tree. Never uses the current directory.

    ``top`` is the work tree's root, ``directory`` its git directory, ``common`` the one that all worktrees
    share. ``keep`` are file descriptors that every git started here inherits.
    """

    top: Path
    directory: Path
    common: Path
    object_format: str = "sha1"
    keep: tuple[int, ...] = ()

    @classmethod
    def find(cls, start: Path) -> Git:
        """The work tree around a folder; raises NotReadyError with the cure where there is none."""
        argv = ["git", "-C", str(start), "rev-parse", "--is-bare-repository", "--show-toplevel"]
        done = _run([*argv, "--absolute-git-dir", "--git-common-dir", "--show-object-format"], Path("/"))
        if done.code == _FATAL:
            if "dubious ownership" in done.err:
                raise UntrustedRepositoryError(str(start))
            if "must be run in a work tree" in done.err:
                raise BareRepositoryError(str(start))
            raise NoRepositoryError(str(start))
        answer = os.fsdecode(done.out).split("\n")[:-1]
        if done.code != 0 or len(answer) != 5 or answer[4] not in ("sha1", "sha256"):
            # An old git answers a question that it does not know by repeating it.
            require_git()
            raise ToolFailedError("git rev-parse", done.code, done.err or "an answer that is none")
        bare, top, directory, common, form = answer
        if bare == "true":
            raise BareRepositoryError(str(start))
        return cls(Path(top), Path(directory), Path(os.path.normpath(os.path.join(start, common))), form)

    def holding(self, *descriptors: int) -> Git:
        """The same, with descriptors that each started git keeps open (the lock)."""
        return replace(self, keep=descriptors)

    def _git(
        self,
        *args: str,
        stdin: bytes = b"",
        ok: Sequence[int] = (0,),
        index: Path | None = None,
        environment: Mapping[str, str] | None = None,
        terminal: bool = False,
        durable: bool = True,
    ) -> Finished:
        extra = dict(environment or {})
        if index is not None:
            extra["GIT_INDEX_FILE"] = str(index)
        argv = ["git", *(_DURABLE if durable else ("-c", "core.fsync=none")), *args]
        done = _run(argv, self.top, stdin=stdin, extra=extra, keep=self.keep, terminal=terminal)
        if done.code not in ok:
            raise ToolFailedError("git " + " ".join(args[:3]), done.code, done.err)
        return done

    # --- reading -------------------------------------------------------------------------------------------

    def head(self) -> Head:
        """Branch and commit of HEAD."""
        # Both by one question; only before the first commit, or where HEAD leads to no commit, there are two.
        done = self._git("rev-parse", "-q", "HEAD^{commit}", "--symbolic-full-name", "HEAD", ok=(0, 1, 128))
        answer = os.fsdecode(done.out).split("\n")
        if done.code == 0 and len(answer) == 3 and answer[1].startswith("refs/heads/"):
            return Head(answer[1], Oid(answer[0]))
        done = self._git("symbolic-ref", "-q", "HEAD", ok=(0, 1))
        branch = done.out.decode("utf-8", "surrogateescape").strip() or None
        if branch is not None and not branch.startswith("refs/"):
            raise ToolFailedError("git symbolic-ref HEAD", done.code, "no branch in its answer")
        return Head(branch, self.commit("HEAD"))

    def commit(self, name: str) -> Oid | None:
        """The commit that a full ref name or id leads to, or None."""
        done = self._git(
            "rev-parse", "-q", "--verify", "--end-of-options", f"{name}^{{commit}}", ok=(0, 1, 128)
        )
        return Oid(done.out.decode().strip()) if done.code == 0 else None

    def ref(self, name: str) -> Oid:
        """The object a full ref name holds; NO_OBJECT where there is none."""
        done = self._git("rev-parse", "-q", "--verify", "--end-of-options", name, ok=(0, 1, 128))
        return Oid(done.out.decode().strip()) if done.code == 0 else NO_OBJECT

    def refs(self, names: Sequence[str]) -> dict[str, Oid]:
        """The object of each of these full ref names that exists, by one question."""
        done = self._git("for-each-ref", "--format=%(objectname) %(refname)", "--", *names)
        lines = os.fsdecode(done.out).splitlines()
        found = {name: Oid(oid) for oid, _, name in (line.partition(" ") for line in lines)}
        return {name: found[name] for name in names if name in found}

    def blob(self, rev: str, path: str) -> bytes | None:
        """The bytes of a file in a commit (full ref or id), or None."""
        done = self._git("cat-file", "blob", f"{rev}:{path}", ok=(0, 128))
        return done.out if done.code == 0 else None

    def blobs(self, names: Sequence[str]) -> list[bytes | None]:
        """The bytes of each of these blobs (``REV:PATH``), by one question; None where there is none."""
        fit = [name for name in names if "\n" not in name]
        done = self._git("cat-file", "--batch", stdin=b"".join(os.fsencode(name) + b"\n" for name in fit))
        found: dict[str, bytes | None] = {}
        at = 0
        for name in fit:
            line = done.out.index(b"\n", at)
            head = done.out[at:line].split(b" ")
            at = line + 1
            if len(head) == 3 and head[2].isdigit():
                end = at + int(head[2])
                found[name] = done.out[at:end] if head[1] == b"blob" else None
                at = end + 1
            else:
                found[name] = None
        return [found.get(name) for name in names]

    def blob_bytes(self, oid: Oid) -> bytes:
        """The bytes of a blob."""
        return self._git("cat-file", "blob", oid).out

    def look_up(self, names: Sequence[str], whole: Sequence[str] = ()) -> dict[str, Found]:
        """What each of these names leads to, by one question; of ``whole`` the bytes too. Those that lead nowhere are left out.

        A name is what ``git rev-parse`` takes: an id, ``REV:path``, ``:STAGE:path``.
        """
        asked = [(name, False) for name in names] + [(name, True) for name in whole]
        # A question is a line, and no object has a name of two.
        asked = [(name, data) for name, data in asked if "\n" not in name]
        lines = (b"%s %s\n" % (b"contents" if data else b"info", os.fsencode(name)) for name, data in asked)
        out = self._git("cat-file", "--batch-command", stdin=b"".join(lines)).out
        found, at = {}, 0
        for name, data in asked:
            line, _, _ = out[at : at + 8192].partition(b"\n")
            at += len(line) + 1
            facts = re.fullmatch(rb"([0-9a-f]{40}|[0-9a-f]{64}) ([a-z]+) (\d+)", line)
            if facts is None:
                # The last is said of another repository's commit, by a git that is newer than 2.50.
                if not line.endswith((b" missing", b" ambiguous", b" submodule")):
                    raise ToolFailedError("git cat-file", 0, "an answer that is none")
                continue
            end = at + int(facts[3])
            found[name] = Found(Oid(facts[1].decode()), facts[2].decode(), out[at:end] if data else None)
            at = end + 1 if data else at
        return found

    def tree_pointers(self, rev: str) -> list[str]:
        """Every ``.dvc`` file in a commit."""
        done = self._git("ls-tree", "-r", "-z", "--full-tree", rev)
        return [
            path for _, kind, _, path in _tree_lines(done.out) if kind == "blob" and path.endswith(".dvc")
        ]

    def index_blobs(self, paths: Iterable[str]) -> dict[str, list[tuple[str, Oid, int]]]:
        """Mode, blob id and stage of each of these paths in the user's index; several while unmerged."""
        found: dict[str, list[tuple[str, Oid, int]]] = {}
        wanted = list(paths)
        if not wanted:
            return found
        for entry in self._git("ls-files", "-z", "--stage", "--", *wanted).out.split(b"\0")[:-1]:
            facts, _, path = entry.partition(b"\t")
            mode, oid, stage = facts.decode().split()
            found.setdefault(os.fsdecode(path), []).append((mode, Oid(oid), int(stage)))
        return found

    def tracked(self, path: str) -> list[str]:
        """What the index holds at or below a path."""
        return _names(self._git("ls-files", "-z", "--cached", "--", path).out)

    def files_named(self, *names: str) -> list[str]:
        """Files of the work tree, tracked or new and not ignored, whose path ends in one of these names."""
        # Literal pathspecs know no wildcards, so this one question is asked with globs.
        done = self._git(
            "ls-files",
            *("-z", "--cached", "--others", "--exclude-standard", "--deduplicate", "--"),
            *(f":(glob)**/{name}" for name in names),
            environment={"GIT_LITERAL_PATHSPECS": "0"},
        )
        return sorted(set(_names(done.out)))

    def excluded_below(self, path: str, rules: str, patterns: Sequence[str] = ()) -> list[str]:
        """The files at or below a path that ignore files named ``rules`` (git's syntax), or these patterns, leave out."""
        more = (f"--exclude={pattern}" for pattern in patterns)
        done = self._git(
            *("ls-files", "-z", "--others", "--ignored", f"--exclude-per-directory={rules}"),
            *(*more, "--", path),
        )
        return _names(done.out)

    def ignore_rule(self, path: str) -> IgnoreRule | None:
        """The rule by which git ignores a path, or None; tracked paths are asked as if they were not."""
        return self.ignore_rules(path).get(path)

    def ignore_rules(self, *paths: str) -> dict[str, IgnoreRule]:
        """The rule by which git ignores each of these paths, by one question; paths that it does not ignore are left out."""
        # A name that begins with a colon would be pathspec magic.
        query = b"".join(b"./" + os.fsencode(path) + b"\0" for path in paths)
        options = ("-z", "-v", "-n", "--no-index", "--stdin")
        # The one command that refuses literal pathspecs; wildcards in its input mean nothing to it anyway.
        environment = {"GIT_LITERAL_PATHSPECS": "0"}
        done = self._git("check-ignore", *options, stdin=query, ok=(0, 1), environment=environment)
        parts = done.out.split(b"\0")
        if len(parts) != 4 * len(paths) + 1:
            raise ToolFailedError("git check-ignore", done.code, "an answer that is none")
        found = {}
        for number, path in enumerate(paths):
            source, line, pattern = parts[4 * number : 4 * number + 3]
            text = os.fsdecode(pattern)
            if source and not text.startswith("!"):
                found[path] = IgnoreRule(os.fsdecode(source), int(line), text)
        return found

    def tags(self, dataset: str = "") -> list[TagRef]:
        """Every tag, or those that a dataset's releases can have, by one question however many there are."""
        fields = [
            "refname",
            "objecttype",
            "objectname",
            "*objecttype",
            "*objectname",
            "taggerdate:iso-strict",
            "taggername",
            "contents",
        ]
        form = "".join(f"%({field})%00" for field in fields)
        # for-each-ref takes whole path parts or a glob; the glob also finds other datasets' tags: callers parse names.
        where = f"refs/tags/{dataset}[-@]v*" if dataset else "refs/tags/"
        parts = (
            self._git("for-each-ref", f"--format={form}", where).out.decode("utf-8", "replace").split("\0")
        )
        return [_tag(parts[at : at + len(fields)]) for at in range(0, len(parts) - 1, len(fields))]

    def differs_from_head(self, paths: Iterable[str]) -> list[str]:
        """Those of these paths whose work-tree bytes are not HEAD's."""
        return _names(self._git("diff", "--name-only", "-z", "--no-ext-diff", "HEAD", "--", *paths).out)

    def ref_trees(self) -> dict[str, Oid]:
        """Every ref that leads to files (a commit, a tag of one, a tree), by its full name, and the object it holds."""
        form = "--format=%(objectname) %(objecttype) %(*objecttype) %(refname)"
        lines = os.fsdecode(self._git("for-each-ref", form).out).splitlines()
        found = {}
        for line in lines:
            oid, kind, peeled, name = line.split(" ", 3)
            if "blob" not in (kind, peeled):
                found[name] = Oid(oid)
        return found

    def stashed(self) -> set[Oid]:
        """The commits of every stash: each one's work tree, index and new files."""
        if self.ref("refs/stash") == NO_OBJECT:
            return set()
        done = self._git("log", "-g", "--format=%H %P", "refs/stash", "--")
        return {Oid(oid) for oid in done.out.decode().split()}

    def tree_files(self, rev: str) -> dict[str, Oid]:
        """Every file in a commit or tree, and its blob."""
        done = self._git("ls-tree", "-r", "-z", "--full-tree", rev)
        return {path: oid for _, kind, oid, path in _tree_lines(done.out) if kind == "blob"}

    def index_files(self) -> list[tuple[str, str, Oid]]:
        """Path, mode and blob of every entry of the user's index, each side of an unmerged one."""
        found = []
        for entry in self._git("ls-files", "-z", "--stage").out.split(b"\0")[:-1]:
            facts, _, path = entry.partition(b"\t")
            mode, oid, _ = facts.decode().split()
            found.append((os.fsdecode(path), mode, Oid(oid)))
        return found

    def history_blobs(self) -> dict[Oid, str]:
        """Every blob of every commit that a ref leads to, with a path that it had."""
        done = self._git(
            "rev-list", "--objects", "--all", "--filter=object:type=blob", "--filter-provided-objects"
        )
        pairs = (line.partition(" ") for line in os.fsdecode(done.out).splitlines())
        return {Oid(oid): path for oid, _, path in pairs if path}

    def worktrees(self) -> list[tuple[Path, Oid | None]]:
        """Every work tree of the repository, present or not, and the commit that its HEAD is at."""
        found: list[tuple[Path, Oid | None]] = []
        for entry in self._git("worktree", "list", "--porcelain", "-z").out.split(b"\0\0"):
            facts = dict(os.fsdecode(line).partition(" ")[::2] for line in entry.split(b"\0") if line)
            if "worktree" in facts and "bare" not in facts:
                head = facts.get("HEAD", "")
                place = self._main_worktree(Path(facts["worktree"]))
                found.append((place, Oid(head) if head.strip("0") else None))
        return found

    def _main_worktree(self, listed: Path) -> Path:
        """Where a listed work tree is: of one whose git directory lies elsewhere (a submodule's) git names that."""
        if os.path.realpath(listed) != os.path.realpath(self.common):
            return listed
        if self.directory == self.common:
            return self.top
        return Path(os.path.normpath(self.common / self.setting("core.worktree")))

    def is_shallow(self) -> bool:
        """True in a clone that was made with ``--depth``."""
        return (self.common / "shallow").exists()

    @cached_property
    def _variables(self) -> dict[str, str]:
        """Who would sign a commit, and git's settings of a single line, by one question; empty where git cannot tell all."""
        done = self._git("var", "-l", ok=(0, 128))
        out = done.out.decode("utf-8", "surrogateescape") if done.code == 0 else ""
        pairs = (line.partition("=") for line in out.split("\n"))
        return {name: value if equals else "true" for name, equals, value in pairs}

    @cached_property
    def signs(self) -> tuple[bool, bool]:
        """Whether the user's settings ask for signed commits, and for signed tags."""
        known = self._variables
        if _COMMITTER in known and not {"commit.gpgsign", "tag.gpgsign"} & known.keys():
            return False, False
        pattern = r"^(commit|tag)\.gpgsign$"
        done = self._git("config", "--type=bool", "-z", "--get-regexp", pattern, ok=(0, 1))
        values = dict(entry.split("\n", 1) for entry in done.out.decode().split("\0")[:-1])
        return values.get("commit.gpgsign") == "true", values.get("tag.gpgsign") == "true"

    def check_identity(self) -> None:
        """Raise NoIdentityError where git would not know whom to name in a commit or a tag."""
        # Asked for by their use: they are kept for commit and tag.
        _ = self.author, self.committer

    @cached_property
    def author(self) -> str:
        """Name, address and time as git would write them; raises NoIdentityError."""
        return self._identity("AUTHOR")

    @cached_property
    def committer(self) -> str:
        """Name, address and time as git would write them; raises NoIdentityError."""
        return self._identity("COMMITTER")

    def _identity(self, role: str) -> str:
        known, found = self._variables, self._variables.get(f"GIT_{role}_IDENT", "")
        given = all(
            os.environ.get(f"GIT_{role}_{part.upper()}")
            or known.get(f"{role.lower()}.{part}")
            or known.get(f"user.{part}")
            for part in ("name", "email")
        )
        # Where somebody gave both, that is it; otherwise git guesses, and says for one alone whether it would use that.
        if given and re.fullmatch(r"[^<>\n]*[^<>\s][^<>\n]* <[^<>\s]+> \d+ [+-]\d{4}", found):
            return found
        done = self._git("var", f"GIT_{role}_IDENT", ok=(0, 128))
        if done.code != 0:
            raise NoIdentityError
        return done.out.decode("utf-8", "surrogateescape").strip()

    def contains(self, newer: str, older: Oid) -> bool:
        """Whether a commit is in the history of another; False where it is not known here."""
        done = self._git("merge-base", "--is-ancestor", older, newer, ok=(0, 1, 128))
        return done.code == 0

    # --- talking to servers ----------------------------------------------------------------------------------

    def remotes(self) -> list[str]:
        """The names of git's remotes."""
        return os.fsdecode(self._git("remote").out).split("\n")[:-1]

    def setting(self, name: str) -> str:
        """The value of one of git's settings, empty where it is not set."""
        done = self._git("config", "--get", "--", name, ok=(0, 1))
        return os.fsdecode(done.out).rstrip("\n")

    def talk(self, *args: str, timeout: float) -> Finished:
        """Run a command that talks to a server, whatever its exit code; a passphrase may be asked for.

        Raises ToolTimeoutError after ``timeout`` seconds.
        """
        argv = ["git", *_DURABLE, *args]
        return _run(argv, self.top, keep=self.keep, terminal=True, timeout=timeout)

    # --- writing objects: nothing points at them yet ---------------------------------------------------------

    def object(self, kind: Kind, data: bytes) -> GitObject:
        """These bytes as an object of this repository; it is stored nowhere."""
        return git_object(kind, data, self.object_format)

    def blob_id(self, data: bytes) -> Oid:
        """The id git would give these bytes as a blob."""
        return self.object("blob", data).oid

    def write_blob(self, data: bytes) -> Oid:
        """Store bytes as they are, no filters."""
        blob = self.object("blob", data)
        self.write_objects([blob])
        return blob.oid

    def write_objects(self, objects: Sequence[GitObject]) -> None:
        """Store objects, durably, each under the name that follows from its bytes."""
        if not objects:
            return
        self._git("unpack-objects", "-q", stdin=pack(objects, self.object_format))
        # An exit code is no proof: what is named by a release must be there.
        names = {each.oid: each.kind for each in objects}
        found = self.look_up([*names])
        if {name: each.kind for name, each in found.items()} != names:
            raise ToolFailedError("git unpack-objects", 0, "it did not store what it was told to")

    def commit_object(self, tree: Oid, parent: Oid | None, message: str) -> GitObject:
        """A commit without a signature, as bytes."""
        lines = [f"tree {tree}", *([f"parent {parent}"] if parent else [])]
        lines += [f"author {self.author}", f"committer {self.committer}", "", message]
        return self.object("commit", "\n".join(lines).encode("utf-8", "surrogateescape"))

    def tag_object(self, name: str, commit: Oid, message: str) -> GitObject:
        """An annotated tag without a signature, as bytes."""
        head = f"object {commit}\ntype commit\ntag {name}\ntagger {self.committer}\n\n"
        return self.object("tag", (head + message).encode("utf-8", "surrogateescape"))

    def sign_commit(self, tree: Oid, parent: Oid | None, message: str) -> Oid:
        """Store a commit that git signs, of a tree that is stored."""
        options = [*(["-p", parent] if parent else []), "-S"]
        encoding = ("-c", "i18n.commitEncoding=UTF-8")
        done = self._git(
            *(*encoding, "commit-tree", tree, *options, "-F", "-"), stdin=message.encode(), terminal=True
        )
        commit = self._oid(done)
        if not self._is_signed("commit", commit, {}):
            raise SigningError(done.err.strip().splitlines()[0] if done.err.strip() else "no message")
        return commit

    def sign_tag(self, name: str, commit: Oid, message: str, scratch: Path) -> Oid:
        """Store an annotated tag that git signs, without its ref."""
        return self._signed_tag(name, commit, message, scratch, self.common / "objects")

    def check_signing(self, scratch: Path) -> None:
        """Sign something that is thrown away, where the settings ask for signatures; raises SigningError."""
        if any(self.signs):
            objects = scratch / "objects"
            with _private_repository(scratch, self.common):
                place = {"GIT_DIR": str(scratch), "GIT_OBJECT_DIRECTORY": str(objects)}
                tree = self._oid(self._git("mktree", environment=place))
                commit = self._oid(self._git("commit-tree", tree, "-m", "trial", environment=place))
                self._sign("trial", commit, "trial\n", place)

    def _signed_tag(self, name: str, commit: Oid, message: str, scratch: Path, objects: Path) -> Oid:
        # `git tag` cannot sign without making the ref. In a private repository that shares the objects it makes
        # the ref there, and the object, which is all that is wanted, here.
        with _private_repository(scratch, self.common):
            place = {"GIT_DIR": str(scratch), "GIT_OBJECT_DIRECTORY": str(objects)}
            self._sign(name, commit, message, place)
            return self._oid(self._git("rev-parse", f"refs/tags/{name}", environment=place))

    def _sign(self, name: str, commit: Oid, message: str, place: Mapping[str, str]) -> None:
        done = self._git(
            *("tag", "-s", "--cleanup=verbatim", "-F", "-", name, commit),
            stdin=message.encode(),
            ok=range(256),
            environment=place,
            terminal=True,
        )
        # git 2.39 exits 0, and leaves a tag without a signature, where an ssh key cannot be loaded.
        if done.code != 0 or not self._is_signed("tag", f"refs/tags/{name}", place):
            raise SigningError(done.err.strip().splitlines()[0] if done.err.strip() else "no message")

    def _is_signed(self, kind: str, name: str, place: Mapping[str, str]) -> bool:
        head, _, message = self._git("cat-file", kind, name, environment=place).out.partition(b"\n\n")
        return b"\ngpgsig" in head or b"\n-----BEGIN " in message

    # --- moving refs and the index ---------------------------------------------------------------------------

    def move_refs(self, changes: Sequence[RefChange], reason: str) -> None:
        """Move refs together or not at all; raises RefsMovedError where one is not at its old value."""
        if not changes:
            return
        none = "0" * len(changes[0].new)  # as long as the repository's ids are
        moves = (f"update {c.name} {c.new} {none if c.old == NO_OBJECT else c.old}" for c in changes)
        lines = ["start", *moves, "prepare", "commit", ""]
        done = self._git(
            "update-ref", "-m", reason, "--stdin", stdin="\n".join(lines).encode(), ok=range(256)
        )
        names = tuple(change.name for change in changes)
        if done.code != 0:
            detail = done.err.strip().splitlines()[0] if done.err.strip() else "no message"
            raise RefsMovedError(names, detail)
        # An exit code is no proof: what is reported as released must be there. A ref that has just moved is a
        # file; where git keeps refs otherwise, it is asked.
        wanted = {change.name: change.new for change in changes}
        if not all(self._is_file(name, oid) for name, oid in wanted.items()) and self.refs(names) != wanted:
            raise RefsMovedError(names, "git update-ref ended well and did nothing")
        for folder in {(self.common / name).parent for name in names}:
            # git makes a ref's bytes durable, not its name; in a table of refs there is no such folder.
            if folder.is_dir():
                with writing(folder):
                    sync_directory(folder)

    def _is_file(self, name: str, oid: Oid) -> bool:
        try:
            return (self.common / name).read_bytes().strip() == oid.encode()
        except OSError:
            return False

    def set_index(self, index: Path, entries: Mapping[str, Oid]) -> None:
        """Set some entries of an index file, every other entry as it was."""
        lines = b"".join(
            b"100644 %s\t%s\0" % (oid.encode(), os.fsencode(path)) for path, oid in entries.items()
        )
        self._git("update-index", "-z", "--add", "--index-info", stdin=lines, index=index)

    def stage(self, paths: Sequence[str]) -> None:
        """``git add`` of these paths, even where a rule ignores them."""
        self._git("add", "-f", "--", *paths)

    def index_path(self) -> Path:
        """The user's index file."""
        return self.directory / "index"

    @staticmethod
    def _oid(done: Finished) -> Oid:
        text = done.out.decode("utf-8", "replace").strip()
        if re.fullmatch(r"[0-9a-f]{40}|[0-9a-f]{64}", text) is None:
            command = "git " + " ".join(done.argv[1 + len(_DURABLE) :][:3])
            raise ToolFailedError(command, done.code, "no object's id in its answer")
        return Oid(text)


def git_version() -> str:
    """What ``git --version`` says, without its first words; raises ToolError."""
    done = _run(["git", "--version"], Path("/"))
    found = re.fullmatch(r"git version (\d+\.\d+.*)", done.out.decode("utf-8", "replace").strip())
    if done.code != 0 or found is None:
        raise ToolFailedError("git --version", done.code, done.err or "no version in its answer")
    return found[1]


def require_git() -> None:
    """Raise ToolTooOldError for a git that would not make durable what it is told to; asked once a process."""
    _check_version(shutil.which("git"))


@cache
def _check_version(_program: str | None) -> None:
    version = git_version()
    if tuple(map(int, version.split(".")[:2])) < GIT_NEEDED:
        raise ToolTooOldError("git", version, ".".join(map(str, GIT_NEEDED)))


def _run(  # noqa: PLR0913  # as process.run, with what is git's own
    argv: Sequence[str],
    cwd: Path,
    *,
    stdin: bytes = b"",
    extra: Mapping[str, str] | None = None,
    keep: Sequence[int] = (),
    terminal: bool = False,
    timeout: float | None = None,
) -> Finished:
    environment = clean_environment(os.environ) | dict(extra or {})
    return run(
        argv, cwd=cwd, env=environment, stdin=stdin, timeout=timeout or _SECONDS, keep=keep, terminal=terminal
    )


class _private_repository:  # noqa: N801  # used as a context manager, named like one
    """A git directory for one command, which reads the settings of the real one and is removed afterwards."""

    def __init__(self, place: Path, common: Path) -> None:
        self.place, self.common = place, common

    def __enter__(self) -> None:
        shutil.rmtree(self.place, ignore_errors=True)
        for folder in ("refs", "objects"):
            (self.place / folder).mkdir(parents=True)
        (self.place / "HEAD").write_text("ref: refs/heads/none\n")
        quoted = str(self.common / "config").replace("\\", "\\\\").replace('"', '\\"')
        (self.place / "config").write_text(f'[include]\n\tpath = "{quoted}"\n[core]\n\tbare = true\n')

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self.place, ignore_errors=True)


def _names(out: bytes) -> list[str]:
    return [os.fsdecode(name) for name in out.split(b"\0")[:-1]]


def _tree_lines(out: bytes) -> Iterator[tuple[str, str, Oid, str]]:
    for line in out.split(b"\0")[:-1]:
        facts, _, path = line.partition(b"\t")
        mode, kind, oid = facts.decode().split()
        yield mode, kind, Oid(oid), os.fsdecode(path)


def _tag(parts: Sequence[str]) -> TagRef:
    name, kind, oid, peeled_kind, peeled, date, author, message = parts
    annotated = kind == "tag"
    target = (peeled_kind, peeled) if annotated else (kind, oid)
    commit = Oid(target[1]) if target[0] == "commit" else None
    return TagRef(
        name.lstrip("\n").removeprefix("refs/tags/"), Oid(oid), annotated, commit, date, author, message
    )
