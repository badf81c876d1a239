"""The verbs that look after releases: ``trust``, ``withdraw``, ``fetch``, ``clean``, ``hook``. One short function each."""

from __future__ import annotations

import argparse
import sys
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

from hotpass import versioning, workflows
from hotpass.cli.commands import WhichReleaseError
from hotpass.cli.screen import Screen
from hotpass.cli.surroundings import listen, project_of
from hotpass.errors import IntegrityError, RefusedError, UsageError
from hotpass.report import document, keeping, text

AddVerb = Callable[[str, str, str], argparse.ArgumentParser]
"""Makes the parser of a verb from its name, what it does, and examples."""

_TRUST_EXAMPLES = """examples:
  hotpass trust
  hotpass trust --yes
  hotpass trust --list
  hotpass trust --revoke
"""
_WITHDRAW_EXAMPLES = """examples:
  hotpass withdraw refined_data@1.0.0 --reason "Phones of the northern list are wrong"
"""
_FETCH_EXAMPLES = """examples:
  hotpass fetch
  hotpass fetch refined_data@^1.2
  hotpass fetch refined_data --to draft.xlsx
  hotpass fetch refined_data@^1 --from https://example.org/team/project.git --to refined_data.xlsx
"""
_CLEAN_EXAMPLES = """examples:
  hotpass clean
  hotpass clean --yes
  hotpass clean --remote
"""
_HOOK_EXAMPLES = """examples:
  hotpass hook raw-data data/north.csv notes.txt
  hotpass hook agreement
  hotpass hook profile profiles/ours.yaml
"""


class NotConfirmedError(RefusedError):
    """Something was asked that needs a yes, and none was given."""

    what: str
    command: str

    def __str__(self) -> str:
        return f"not confirmed: {self.what}"

    @property
    def hint(self) -> str:
        """The command that says yes."""
        return f"when you have looked at what is listed: {self.command}"


class TwoWishesError(UsageError):
    """Options that exclude one another were given."""

    first: str
    second: str

    def __str__(self) -> str:
        return f"{self.first} and {self.second} exclude one another"

    @property
    def hint(self) -> str:
        """What to do."""
        return "give one of them"


class WhatToFetchError(UsageError):
    """An option needs one dataset, and none was named."""

    option: str

    def __str__(self) -> str:
        return f"{self.option} needs a dataset"

    @property
    def hint(self) -> str:
        """How to name one."""
        return f"hotpass fetch DATASET@VERSION {self.option} …"


class WhereToFetchError(UsageError):
    """Data of another repository was asked for, and no place for it named."""

    def __str__(self) -> str:
        return "--from needs --to: there is no store here that it could go into"

    @property
    def hint(self) -> str:
        """How to name one."""
        return "hotpass fetch DATASET@VERSION --from GIT-URL --to PATH"


def add_verbs(add: AddVerb) -> None:
    """Add the verbs to the command line."""
    parser = add("trust", "accept this clone's settings that can run programs", _TRUST_EXAMPLES)
    parser.add_argument("--yes", action="store_true", help="accept what is listed without being asked")
    parser.add_argument("--list", action="store_true", help="list what was accepted, in every clone")
    parser.add_argument("--revoke", action="store_true", help="take back what was accepted for this clone")
    parser.set_defaults(run=trust)
    parser = add("withdraw", "keep a release, and let ranges and latest pass it by", _WITHDRAW_EXAMPLES)
    parser.add_argument("release", metavar="DATASET@X.Y.Z", help="the release, by its exact number")
    parser.add_argument("--reason", metavar="TEXT", required=True, help="why nobody should choose it")
    parser.set_defaults(run=withdraw)
    parser = add("fetch", "bring the data of releases from where it was published", _FETCH_EXAMPLES)
    parser.add_argument(
        "release",
        metavar="DATASET[@RANGE]",
        nargs="?",
        help="every release that fits, latest: the newest; DATASET alone: all, and the work tree's version",
    )
    parser.add_argument(
        "--from", dest="source", metavar="GIT-URL", help="of another repository: its address, or a folder"
    )
    parser.add_argument(
        "--to",
        metavar="PATH",
        help="write the data of the newest that fits there (DATASET: the work tree's version)",
    )
    parser.add_argument("--remote-name", metavar="R", help="the remote (default: the repository's own)")
    parser.set_defaults(run=fetch)
    parser = add("clean", "list what no release and no work tree needs; --yes removes it", _CLEAN_EXAMPLES)
    parser.add_argument("--remote", action="store_true", help="look at the remote instead of the store")
    parser.add_argument("--remote-name", metavar="R", help="at this one (default: the repository's own)")
    parser.add_argument("--yes", action="store_true", help="remove what is listed")
    parser.set_defaults(run=clean)
    parser = add("hook", "look at what is about to be committed: what pre-commit runs", _HOOK_EXAMPLES)
    parser.add_argument(
        "check",
        choices=tuple(_CHECKS),
        help="raw-data: no data in git; agreement: staged pointers and records agree; profile: profiles can be read",
    )
    parser.add_argument("files", metavar="FILE", nargs="*", help="the files, from the repository's root")
    parser.set_defaults(run=hook)


def trust(options: Namespace, screen: Screen) -> int:
    """``hotpass trust``."""
    listen(options)
    given = [f"--{name}" for name in ("yes", "list", "revoke") if getattr(options, name)]
    if len(given) > 1:
        raise TwoWishesError(given[0], given[1])
    if options.list:
        clones = versioning.list_trusted()
        if screen.json:
            screen.data(document.value_document("trust", trusted=[vars(clone) for clone in clones]))
        else:
            screen.lines(keeping.trusted_lines(clones))
        return 0
    project = project_of(options)
    if options.revoke:
        shown = versioning.revoke_trust(project)
    else:
        shown = versioning.examine_trust(project)
        if not shown.trusted:
            shown = _accepted(project, shown, options, screen)
    if screen.json:
        screen.data(document.result_document("trust", shown))
    elif options.revoke or shown.trusted:
        screen.lines(keeping.trust_lines(shown))
    return 0


def withdraw(options: Namespace, screen: Screen) -> int:
    """``hotpass withdraw``."""
    listen(options)
    name, wanted = versioning.parse_release_name(options.release)
    if wanted is None:
        raise WhichReleaseError(name)
    done = versioning.withdraw(project_of(options), name, wanted, options.reason)
    if screen.json:
        screen.data(document.result_document("withdraw", done))
    else:
        screen.lines(keeping.withdrawn_lines(done))
    return 0


def fetch(options: Namespace, screen: Screen) -> int:
    """``hotpass fetch``."""
    listen(options)

    def announce(restored: versioning.Restored) -> None:
        if screen.json:
            screen.data(document.result_document("fetch", restored))
            return
        screen.lines(text.restored_lines(restored))
        for note in restored.notes:
            screen.talk(f"note: {note}")

    name, wanted = versioning.parse_release_name(options.release) if options.release else (None, None)
    if name is None and (options.source or options.to):
        raise WhatToFetchError("--from" if options.source else "--to")
    if options.source is not None:
        if options.to is None:
            raise WhereToFetchError
        wanted = wanted or versioning.Wanted.parse("latest")
        place = versioning.ForeignSource(options.source, options.remote_name, options.lock_timeout)
        versioning.fetch_from(place, str(name), wanted, Path(options.to), announce)
        return 0
    project = versioning.with_remote(project_of(options), options.remote_name)
    if options.to is not None:
        versioning.restore_to(project, str(name), wanted, Path(options.to), announce)
        return 0
    return _fetched(project, name, wanted, screen)


def _fetched(
    project: versioning.Project, name: str | None, wanted: versioning.Wanted | None, screen: Screen
) -> int:
    def announce(fetched: versioning.Fetched) -> None:
        if screen.json:
            screen.data(document.result_document("fetch", fetched))
            return
        screen.lines(keeping.fetched_lines(fetched, screen.paint))
        for note in fetched.notes:
            screen.talk(f"note: {note}")

    fetched = versioning.fetch_versions(project, name, wanted, announce)
    return 0 if fetched.is_whole else IntegrityError.exit_code


def clean(options: Namespace, screen: Screen) -> int:
    """``hotpass clean``."""
    listen(options)

    def announce(cleaned: versioning.Cleaned) -> None:
        if screen.json:
            screen.data(document.result_document("clean", cleaned))
            return
        screen.lines(keeping.cleaned_lines(cleaned))
        if cleaned.unneeded and not cleaned.removed:
            command = "hotpass clean --remote" if options.remote else "hotpass clean"
            screen.talk(f"nothing was removed; to remove it: {command} --yes")

    if options.remote_name is not None and not options.remote:
        raise TwoWishesError("--remote-name", "the store")
    project = versioning.with_remote(project_of(options), options.remote_name)
    clean = versioning.clean_remote if options.remote else versioning.clean_store
    clean(project, announce, remove=options.yes)
    return 0


def hook(options: Namespace, screen: Screen) -> int:
    """``hotpass hook``."""
    listen(options)
    find, failure = _CHECKS[options.check]
    faults = find(options)
    if screen.json:
        screen.data(
            document.value_document("hook", check=options.check, faults=[vars(one) for one in faults])
        )
    elif faults:
        screen.lines(text.inert(f"{fault.path}: {fault.reason}") for fault in faults)
    return failure if faults else 0


_CHECKS: dict[str, tuple[Callable[[Namespace], tuple[workflows.Fault, ...]], int]] = {
    "raw-data": (
        lambda options: workflows.find_raw_data(project_of(options), options.files),
        RefusedError.exit_code,
    ),
    "agreement": (
        lambda options: workflows.find_disagreements(project_of(options)),
        IntegrityError.exit_code,
    ),
    "profile": (lambda options: workflows.find_bad_profiles(options.files), UsageError.exit_code),
}


def _accepted(
    project: versioning.Project, shown: versioning.Trust, options: Namespace, screen: Screen
) -> versioning.Trust:
    if shown.settings and not options.yes:
        if not screen.json:
            # Whoever is asked has to see what for, quiet or not.
            screen.data("\n".join(keeping.trust_lines(shown)))
        if screen.json or not _says_yes("trust these settings?"):
            raise NotConfirmedError("these settings are not trusted", "hotpass trust --yes")
    return versioning.accept_trust(project, shown)


def _says_yes(question: str) -> bool:
    """Ask at a terminal; nobody there means no."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    sys.stderr.write(f"{question} [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")
