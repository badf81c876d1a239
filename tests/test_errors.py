"""The error tree as a table: exit code, sentence and hint of every class are promises to users and programs."""

from __future__ import annotations

import importlib
import json
import pickle
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

import hotpass
from hotpass import errors
from hotpass.cli.commands import WhichReleaseError
from hotpass.cli.keeping import NotConfirmedError, TwoWishesError, WhatToFetchError, WhereToFetchError
from hotpass.cli.parser import CommandLineError
from hotpass.cli.refining import WithoutEffectError
from hotpass.compare.errors import UnknownKeyError
from hotpass.config import SettingsError
from hotpass.errors import (
    HotpassError,
    NoRoomError,
    ReadError,
    ToolFailedError,
    ToolMissingError,
    ToolTimeoutError,
    ToolTooOldError,
    WriteError,
)
from hotpass.refine.duplicates import DecisionsContradictError, DecisionsDamagedError
from hotpass.refine.export import WorkbookLimitError
from hotpass.refine.profiles.errors import ProfileError, UnknownProfileError
from hotpass.tables.errors import (
    EncryptedBookError,
    LimitError,
    NothingThereError,
    QueryError,
    UndecidedTextError,
    UnevenLinesError,
    UnreadableTableError,
)
from hotpass.versioning.catalogue import AllWithdrawnError
from hotpass.versioning.cleaning import (
    MissingTagsError,
    ShallowCloneError,
    UnknownNeedsError,
    UnseenBranchError,
)
from hotpass.versioning.errors import (
    AllowLowerError,
    AlreadyNamedError,
    AmbiguousDatasetError,
    BadDatasetNameError,
    BadDescriptionError,
    BadMetadataError,
    BadPathError,
    BadReleaseNameError,
    BadRemoteError,
    BadTargetError,
    BadVersionError,
    BareRepositoryError,
    BranchNamedLikeTagError,
    BumpTooLowError,
    ChangedWhileReadingError,
    DamagedConfigError,
    DamagedJournalError,
    DamagedListingError,
    DamagedObjectError,
    DamagedPointerError,
    DamagedRecordError,
    DataChangedError,
    DataMissingError,
    DetachedHeadError,
    DvcBusyError,
    DvcIgnoredError,
    DvcLockDamagedError,
    DvcMissingError,
    DvcYamlOutError,
    GitTrackedError,
    IgnoredElsewhereError,
    IgnoredPointerError,
    IndexLockedError,
    InNestedProjectError,
    LockedError,
    LostError,
    LostGitObjectError,
    MissingObjectError,
    NameTakenError,
    NestedProjectError,
    NoDatasetsError,
    NoIdentityError,
    NoLocksError,
    NoRecordError,
    NoRepositoryError,
    NoSuchContentError,
    NotAboveError,
    NotADvcFolderError,
    NotComparedError,
    NotInitialisedError,
    NotThatKindError,
    OpenStoreError,
    OtherRepositoryError,
    OutsideError,
    OverlapError,
    PathMissingError,
    PendingConflictError,
    ProgramSettingsError,
    RecordMismatchError,
    RefsMovedError,
    RemoteTakenError,
    RemoteUnusableError,
    SecretInConfigError,
    SigningError,
    TagDisagreesError,
    TagExistsError,
    TagMovedError,
    TagsMissingError,
    TargetExistsError,
    UnknownDatasetError,
    UnknownVersionError,
    UnmergedError,
    UnmergedFileError,
    UnsafeFileError,
    UnsavedError,
    UntrustedRepositoryError,
    UnversionedError,
    VersionTakenError,
    WhichDatasetError,
)
from hotpass.versioning.foreign import BadSourceError, ForeignProgramsError, SourceUnusableError
from hotpass.versioning.needs import UnseenWorktreeError
from hotpass.versioning.remotes.errors import (
    DetachedPublishError,
    GitServerError,
    NoGitRemoteError,
    NoRemoteError,
    PushRefusedError,
    RaceLostError,
    ReleasesLostError,
    RemoteFullError,
    RemoteGoneError,
    RemoteProofError,
    RemoteRefusedError,
    RemoteTimeoutError,
    TrackedSecretError,
    UnknownRemoteError,
)
from hotpass.versioning.trust import TrustFileError
from hotpass.versioning.trusting import NothingToTrustError, TrustChangedError
from hotpass.versioning.withdrawing import NotExactError, OddSettingsError, WithdrawnAlreadyError
from hotpass.workflows.demo.story import (
    NotEmptyError,
    ProofFailedError,
    StepFailedError,
    UnexpectedVersionError,
)
from hotpass.workflows.errors import (
    BadArchiveError,
    BadKeyError,
    BadOutputError,
    BadQueryError,
    EditedOutputError,
    ForbiddenQueryError,
    LineageMissingError,
    NeedsRepositoryError,
    NeedsTerminalError,
    NoInputsError,
    NoKeyError,
    NoReleaseError,
    NoSuchColumnError,
    NoSuchOrganisationError,
    NoSuchRecordError,
    NoSuchSideError,
    NoSuchTableError,
    NotAReleaseError,
    NothingToCompareError,
    NothingToReplayError,
    NotProvedError,
    NotRefinedError,
    OutsidePlaceError,
    QualityGateError,
    TargetIsDataError,
    WhichTableError,
)
from hotpass.workflows.events import StrangersAddressError


@dataclass(frozen=True)
class Row:
    """One error as it is made, and what it then says."""

    error: HotpassError
    exit_code: int
    sentence: str
    hint: str

    @property
    def name(self) -> str:
        return type(self.error).__name__


# ARCHITECTURE, "Exit codes".
BASES = {
    HotpassError: 1,
    errors.UsageError: 2,
    errors.NotFoundError: 3,
    errors.ToolError: 5,
    errors.NotReadyError: 6,
    errors.RemoteError: 7,
    errors.ConflictError: 8,
    errors.IntegrityError: 9,
    errors.RefusedError: 10,
    errors.QualityError: 11,
}

ROWS = [
    Row(
        WhichReleaseError(name="x"),
        2,
        "which version of x?",
        "write x@X.Y.Z; git tag -l 'x-v*' lists them",
    ),
    Row(
        CommandLineError(reason="the reason", command="hotpass version"),
        2,
        "the reason",
        "hotpass version --help",
    ),
    Row(
        SettingsError(source=".gitignore", line=3, name="x", reason="the reason", near="remote_name"),
        2,
        ".gitignore:3: x: the reason",
        "did you mean remote_name?",
    ),
    Row(
        BadVersionError(text="v1"),
        2,
        "not a version: 'v1'",
        "versions are X.Y.Z: three numbers without leading zeros, at most nine digits each",
    ),
    Row(
        BadDatasetNameError(name="a b", reason="the reason"),
        2,
        "not a dataset name: 'a b': the reason",
        "name it with --dataset NAME",
    ),
    Row(
        BadReleaseNameError(text="x@"),
        2,
        "not a release: 'x@'",
        "write DATASET@X.Y.Z, for example refined_data@1.0.0",
    ),
    Row(
        BadDescriptionError(reason="the reason"),
        2,
        "the description cannot be used: the reason",
        "say in a few words what changed: --description TEXT",
    ),
    Row(
        AllowLowerError(reason="needs a reason"),
        2,
        "--allow-lower needs a reason",
        "a lower bump than the data asks for is allowed with: --tag --allow-lower --description WHY",
    ),
    Row(
        BadMetadataError(reason="the reason"),
        2,
        "the metadata cannot be written as JSON: the reason",
        "use texts, finite numbers, booleans, None, lists and dictionaries with text keys",
    ),
    Row(
        BadPathError(path="dist/x.csv", reason="the reason"),
        2,
        "dist/x.csv cannot be a dataset: the reason",
        "rename it or choose another path",
    ),
    Row(
        BadTargetError(path="dist/x.csv"),
        2,
        "dist/x.csv is no place for data",
        "choose a path outside .git and .dvc",
    ),
    Row(
        BadRemoteError(name="x", reason="the reason"),
        2,
        "remote 'x' cannot be added: the reason",
        "for example: hotpass version --init --remote s3://my-bucket/hotpass-data",
    ),
    Row(
        NotAboveError(dataset="x", version="1.0.1", current="1.1.0"),
        2,
        "1.0.1 is not above the current version 1.1.0 of x",
        "choose a higher one, or --force; to release 1.1.0 itself: hotpass version --tag --dataset x",
    ),
    Row(
        WhichDatasetError(names=("a", "b")),
        2,
        "which dataset? there are 2",
        "add --dataset with one of: a, b",
    ),
    Row(
        UnknownDatasetError(name="sale", near=("sales",), known=("sales", "x")),
        3,
        "unknown dataset 'sale', did you mean 'sales'?",
        "known datasets: sales, x",
    ),
    Row(
        NoDatasetsError(),
        3,
        "nothing is tracked here yet",
        "track a file or folder: hotpass version --add PATH",
    ),
    Row(
        UnknownVersionError(dataset="x", version="1.0.1", known=("1.0.0", "1.0.1")),
        3,
        "dataset 'x' has no version 1.0.1",
        "known versions: 1.0.0, 1.0.1",
    ),
    Row(
        NoRecordError(dataset="x", where="the work tree"),
        3,
        "x has no version record: the work tree",
        "hotpass history x lists the releases; hotpass version --tag makes one with a record",
    ),
    Row(
        NoSuchSideError("refined_dat", ("refined_data",)),
        3,
        "'refined_dat' is no dataset here, and there is no file or folder of that name",
        "did you mean refined_data?",
    ),
    Row(
        NeedsRepositoryError("x@1.0.0", "there is no repository around this folder"),
        6,
        "'x@1.0.0' is no file or folder here, and for a dataset of that name: there is no repository around this folder",
        "run it inside the repository, or name it with --repo-root DIR",
    ),
    Row(
        NothingToCompareError("x", is_dataset=True),
        2,
        "compare x with what?",
        "hotpass compare x@latest compares its newest release with the work tree",
    ),
    Row(
        NoReleaseError("x"),
        3,
        "x has no release yet",
        "make one: hotpass version --set 1.0.0 --tag --dataset x",
    ),
    Row(
        BadKeyError("the key has 2 column(s) (a, b), and 1 value(s) were given"),
        2,
        "the key has 2 column(s) (a, b), and 1 value(s) were given",
        "name the key's columns with --key COL,COL and give a value for each: VALUE,VALUE",
    ),
    Row(
        NoKeyError("x.csv"),
        2,
        "no column of x.csv is unique and without blanks",
        "say which columns tell its rows apart: --key COL,COL",
    ),
    Row(
        NoSuchRecordError("x", ("id",), ("7",), "found"),
        3,
        "no release of x has a record with id = '7'",
        "the key is id (found); name other columns with --key COL,COL",
    ),
    Row(
        NoSuchColumnError("fone", ("phone",), ("id", "phone")),
        3,
        "no column 'fone', did you mean 'phone'?",
        "columns: id, phone",
    ),
    Row(
        BadQueryError('syntax error at or near "x"', 2),
        2,
        'query, line 2: syntax error at or near "x"',
        "it is one SELECT in DuckDB's SQL; a release is a table: FROM 'refined_data@1.0.0'",
    ),
    Row(
        ForbiddenQueryError("read_csv()"),
        10,
        "a query only reads releases: read_csv() is refused",
        "select from releases alone: FROM 'refined_data@1.0.0'; for a list of rows there are VALUES and range()",
    ),
    Row(
        NotAReleaseError("x.csv"),
        10,
        "a query reads releases and datasets, no files: 'x.csv'",
        "track it first: hotpass version --add PATH",
    ),
    Row(
        WhichTableError("x@1.0.0", ("A", "B")),
        2,
        "which table of x@1.0.0? there are 2",
        "name one: 'x@1.0.0!A', 'x@1.0.0!B'",
    ),
    Row(
        NoSuchTableError("x@1.0.0", "C", ("A", "B")),
        3,
        "x@1.0.0 has no table 'C'",
        "tables: A, B",
    ),
    Row(
        TargetIsDataError("dist/x.csv", "it is a dataset, or in one"),
        10,
        "will not write dist/x.csv: it is a dataset, or in one",
        "name another file",
    ),
    Row(
        NoSuchContentError(path="dist/x.csv", md5="0cc175b9c0f1b6a831c399e269772661"),
        3,
        "no release has the bytes of dist/x.csv (0cc175b9c0f1b6a831c399e269772661)",
        "hotpass compare DATASET@latest FILE shows how it differs from a release; git fetch --tags brings those made elsewhere",
    ),
    Row(
        UnversionedError(dataset="x"),
        3,
        "x has no version yet",
        "give it one: hotpass version --set 1.0.0 --dataset x",
    ),
    Row(
        PathMissingError(path="dist/x.csv"),
        3,
        "there is nothing at dist/x.csv",
        "check the path; it is taken from the current directory",
    ),
    Row(
        DataMissingError(dataset="x", path="dist/x.csv"),
        3,
        "the data of x is not here: dist/x.csv",
        "bring it back first: dvc pull, or hotpass restore DATASET@X.Y.Z",
    ),
    Row(
        ToolMissingError(tool="git"),
        5,
        "git not found on PATH",
        "install git and run the same command again",
    ),
    Row(
        ToolTooOldError(tool="git", found="2.20.1", needed="2.36"),
        5,
        "git 2.20.1 is too old: 2.36 or newer is needed",
        "install git 2.36 or newer and run the same command again",
    ),
    Row(
        ToolTimeoutError(command="git tag", seconds=30.0),
        5,
        "git tag did not finish within 30 s",
        "look for a prompt or a hanging network drive, then run the same command again",
    ),
    Row(
        ToolFailedError(command="git tag", code=128, message="warning: a\nfatal: b\n"),
        5,
        "git tag failed with exit code 128: fatal: b",
        "run it by hand to see more: git tag",
    ),
    Row(
        DvcMissingError(),
        5,
        "DVC not installed: uv sync --extra versioning",
        "uv sync --extra versioning",
    ),
    Row(
        NoRepositoryError(path="here"),
        6,
        "not inside a git repository: here",
        "make one with git init, or name it with --repo-root DIR",
    ),
    Row(
        BareRepositoryError(path="here"),
        6,
        "this repository has no work tree: here",
        "run Hotpass in a clone: git clone URL DIR",
    ),
    Row(
        UntrustedRepositoryError(path="here"),
        6,
        "git does not trust the repository at here: it belongs to another user",
        "if you do: git config --global --add safe.directory here",
    ),
    Row(
        NestedProjectError(path="sub"),
        6,
        "sub is a DVC project in a sub-directory, which Hotpass does not version",
        "use Hotpass at the root of a repository, with one DVC project there",
    ),
    Row(
        NotInitialisedError(root="the-root"),
        6,
        "DVC is not initialised in this repository",
        "hotpass version --init",
    ),
    Row(
        NotADvcFolderError(path=".dvc"),
        6,
        ".dvc is no folder that DVC could use",
        "move it away, then: hotpass version --init",
    ),
    Row(
        DamagedConfigError(path=".dvc/config", reason="the reason"),
        6,
        ".dvc/config cannot be read: the reason",
        "mend it by hand, or: git checkout HEAD -- .dvc/config",
    ),
    Row(
        NoIdentityError(),
        6,
        "git does not know your name and e-mail address",
        "git config user.name NAME; git config user.email ADDRESS",
    ),
    Row(
        SigningError(reason="the reason"),
        6,
        "git is set to sign and cannot: the reason",
        "mend user.signingKey, or: git config tag.gpgSign false",
    ),
    Row(
        NoLocksError(reason="the reason"),
        6,
        "the file system of this repository has no working locks: the reason",
        "move the repository to a local disk",
    ),
    Row(
        TagsMissingError(dataset="x"),
        6,
        "tags not available for x: this clone does not have the history",
        "git fetch --tags --unshallow (in a full clone: git fetch --tags)",
    ),
    Row(
        RemoteUnusableError(remote="storage", reason="the reason"),
        7,
        "the remote 'storage' could not be asked: the reason",
        "check the network, the address and the permissions: dvc remote list",
    ),
    Row(
        NoRemoteError(),
        6,
        "no remote configured: dvc remote add -d storage <remote-url>",
        "dvc remote add -d storage <remote-url>",
    ),
    Row(
        UnknownRemoteError(remote="prod", known=("storage",)),
        3,
        "there is no remote 'prod'",
        "known remotes: storage; add it: dvc remote add prod <remote-url>",
    ),
    Row(
        RemoteRefusedError(remote="storage", reason="the reason"),
        7,
        "the remote 'storage' refused: the reason",
        "nothing is lost; check rights and credentials of the remote, then run the same command again",
    ),
    Row(
        RemoteTimeoutError(remote="storage", reason="sending", seconds=60.0),
        7,
        "the remote 'storage' did not answer within 60 s while sending",
        "check the network, or give it more time: HOTPASS_REMOTE_TIMEOUT=300",
    ),
    Row(
        RemoteFullError(remote="storage", reason="No space left on device", needed=20, free=10),
        7,
        "the remote 'storage' is full: 20 bytes are still to be sent, 10 are free",
        "free space there, then run the same command again: it goes on where it stopped",
    ),
    Row(
        RemoteGoneError(remote="storage", place="/mnt/share", reason="nothing is there"),
        7,
        "the remote 'storage' is not where it was: nothing is there: /mnt/share",
        "is it mounted? If it is to begin anew there: hotpass publish --create-remote",
    ),
    Row(
        NoGitRemoteError(),
        6,
        "no git remote: there is nowhere to publish branch and tags to",
        "git remote add origin <git-url>",
    ),
    Row(
        GitServerError(remote="origin", reason="the reason"),
        7,
        "the git remote 'origin' could not be asked: the reason",
        "check the network and your rights: git ls-remote origin; then run the same command again",
    ),
    Row(
        PushRefusedError(remote="origin", ref="main", reason="[remote rejected] (protected)"),
        7,
        "the git remote 'origin' refused main: [remote rejected] (protected); nothing of it moved",
        "is the branch protected? Merge it by a pull request, then: hotpass publish --tag-only",
    ),
    Row(
        RaceLostError(remote="origin", ref="main", reason="the branch there has commits that are not here"),
        8,
        "somebody was faster: main on 'origin': the branch there has commits that are not here; "
        "nothing there or here was changed",
        "git pull --no-rebase --tags origin main, then run the same command again",
    ),
    Row(
        DetachedPublishError(),
        10,
        "HEAD is detached: there is no branch to publish",
        "git switch BRANCH, or publish the tags alone: hotpass publish --tag-only",
    ),
    Row(
        ReleasesLostError(lost=("refined_data@1.0.0: 1 object(s), first 0",), remote="storage"),
        9,
        "lost: refined_data@1.0.0: 1 object(s), first 0: no good copy here or on 'storage'; no tag was pushed",
        "look for another clone or remote that has them: hotpass verify shows each version and place",
    ),
    Row(
        RemoteProofError(remote="storage", objects=("0", "1")),
        9,
        "the remote 'storage' does not hold what was sent: 2 object(s), 0, 1; no tag was pushed",
        "run the same command again; if it fails again, do not trust that remote",
    ),
    Row(
        TrackedSecretError(path=".dvc/config", names=("remote storage.password",)),
        10,
        ".dvc/config is kept by git and holds a secret: remote storage.password",
        "move it: dvc remote modify --local NAME OPTION VALUE, dvc remote modify --unset NAME OPTION, commit,"
        " and change the secret: git keeps the old one in its history",
    ),
    Row(
        TagMovedError(tag="data-v1.0.0", was="a" * 40, now="b" * 40),
        9,
        "tag moved: data-v1.0.0 was aaaaaaaaaaaa now bbbbbbbbbbbb",
        "a release is for ever: ask who moved it. To take the server's: git tag -d data-v1.0.0 && "
        "hotpass verify && git fetch --tags",
    ),
    Row(
        LockedError(holder="bump (process 5 on host, for 2 s)", seconds=30.0),
        8,
        "the repository is locked by bump (process 5 on host, for 2 s); waited 30 s",
        "wait for it, or give it longer: --lock-timeout SECONDS",
    ),
    Row(
        DvcBusyError(holder="bump (process 5 on host, for 2 s)", seconds=30.0),
        8,
        "DVC is at work in this repository (bump (process 5 on host, for 2 s)); waited 30 s",
        "wait for it, or give it longer: --lock-timeout SECONDS",
    ),
    Row(
        DvcLockDamagedError(path=".dvc/tmp/rwlock"),
        8,
        "DVC's lock file is damaged: .dvc/tmp/rwlock",
        "a killed dvc left it so; hotpass doctor --fix removes it when no dvc is running",
    ),
    Row(
        IndexLockedError(path=".git/index.lock"),
        8,
        "git's index is locked: .git/index.lock",
        "wait for the other git; if none is running, remove that file and run the same command again",
    ),
    Row(
        RefsMovedError(names=("refs/heads/main", "refs/tags/x-v1.0.1"), reason="the reason"),
        8,
        "git did not move refs/heads/main, refs/tags/x-v1.0.1: the reason",
        "nothing was changed; run the same command again",
    ),
    Row(
        PendingConflictError(ref="refs/heads/main", new="abc"),
        8,
        "an interrupted release cannot be finished: refs/heads/main has moved since",
        "look at git show abc; to give it up, remove hotpass/pending.json in the git directory",
    ),
    Row(
        VersionTakenError(dataset="x", version="1.0.1", tag="x-v1.0.1"),
        8,
        "x 1.0.1 is released already and never changes (x-v1.0.1)",
        "choose another version: hotpass version --bump patch --dataset x",
    ),
    Row(
        TagExistsError(tag="x-v1.0.1", reason="the reason"),
        8,
        "there is a tag x-v1.0.1 already, the reason",
        "if it is yours to give up: git tag -d x-v1.0.1",
    ),
    Row(
        BranchNamedLikeTagError(tag="x-v1.0.1"),
        8,
        "a branch is named like the tag x-v1.0.1",
        "rename it: git branch -m x-v1.0.1 NEW-NAME",
    ),
    Row(
        UnmergedError(path="dist/x.csv.dvc", ours="a1", theirs="b2"),
        8,
        "dist/x.csv.dvc is in a merge conflict: ours a1, theirs b2",
        "choose a side: git checkout --ours -- dist/x.csv.dvc (or --theirs), then git add -- dist/x.csv.dvc",
    ),
    Row(
        NotThatKindError(path="dist"),
        8,
        "git holds dist as the other of file and folder",
        "commit that first: git rm -r --cached -- dist && git commit",
    ),
    Row(
        UnmergedFileError(path=".gitignore"),
        8,
        ".gitignore is in a merge conflict",
        "settle it first, then: git add -- .gitignore",
    ),
    Row(
        AmbiguousDatasetError(name="x", pointers=("a.dvc", "b/a.dvc")),
        8,
        "2 datasets are named 'x': a.dvc, b/a.dvc",
        "name one of them: hotpass version --add PATH --dataset OTHER-NAME",
    ),
    Row(
        NameTakenError(name="x", other="y", path="dist/x.csv"),
        8,
        "the name 'x' is taken by 'y' (dist/x.csv)",
        "choose another: --dataset NAME",
    ),
    Row(
        AlreadyNamedError(path="dist/x.csv", name="x"),
        8,
        "dist/x.csv is tracked as 'x' already",
        "leave --dataset out, or use --dataset x",
    ),
    Row(
        RemoteTakenError(name="x"),
        8,
        "there is a remote 'x' with another address",
        "choose another name with --remote-name, or change it: dvc remote modify x url URL",
    ),
    Row(
        ChangedWhileReadingError(path="dist/x.csv"),
        8,
        "dist/x.csv changed while it was read",
        "nothing was kept; close the program that writes it and run the same command again",
    ),
    Row(
        RecordMismatchError(path="dist/x.csv", reason="the reason"),
        8,
        "the version of dist/x.csv cannot be recorded: the reason",
        "set the version first: DVCManager(root).set_version(version, dataset)",
    ),
    Row(
        DamagedPointerError(path="dist/x.csv.dvc", reason="the reason"),
        9,
        "dist/x.csv.dvc is damaged: the reason",
        "make it anew from the data: hotpass version --add dist/x.csv --repair",
    ),
    Row(
        DamagedRecordError(path="dist/x.csv.version.json", reason="the reason"),
        9,
        "dist/x.csv.version.json is damaged: the reason",
        "take the committed one: git checkout HEAD -- dist/x.csv.version.json; "
        "or make it anew: hotpass version --add dist/x.csv --repair",
    ),
    Row(
        DamagedListingError(md5="0cc175b9c0f1b6a831c399e269772661", reason="the reason"),
        9,
        "a directory listing is damaged: the reason",
        "nothing was written; bring the object back with dvc fetch, or restore another version",
    ),
    Row(
        DamagedObjectError(md5="0cc175b9c0f1b6a831c399e269772661", reason="the reason"),
        9,
        "the stored object 0cc175b9c0f1b6a831c399e269772661 is damaged: the reason",
        "nothing was written; no remote could replace it",
    ),
    Row(
        MissingObjectError(md5="0cc175b9c0f1b6a831c399e269772661"),
        9,
        "the store has no object 0cc175b9c0f1b6a831c399e269772661",
        "dvc fetch",
    ),
    Row(
        LostGitObjectError(commit="3d7e", path="dist"),
        9,
        "git cannot read dist of the commit 3d7e",
        "nothing was written; see what is lost: git fsck; get it from a clone that has it: git fetch --refetch",
    ),
    Row(
        DamagedJournalError(path="pending.json", reason="the reason"),
        9,
        "pending.json: the reason",
        "look at it, then remove it; the data and every release are untouched by it",
    ),
    Row(
        LostError(dataset="x", version="1.0.1", count=2, first="0cc1"),
        9,
        "lost: no copy found of 2 object(s) of x@1.0.1, first 0cc1",
        "look for another clone or remote that has them: dvc fetch -r NAME",
    ),
    Row(
        TagDisagreesError(tag="x-v1.0.1", pointer="dist/x.csv.dvc"),
        9,
        "the tag x-v1.0.1 does not agree with its commit (dist/x.csv.dvc)",
        "look at it: git show x-v1.0.1",
    ),
    Row(
        ProofFailedError(path="dist/x.csv", version="1.0.1", expected="e", found="f"),
        9,
        "dist/x.csv has not the bytes of 1.0.1: md5 f, expected e",
        "this should not happen; please report it with the output above",
    ),
    Row(
        UnexpectedVersionError(found="2.0.0", expected="1.1.0"),
        9,
        "the demonstration made 2.0.0 where 1.1.0 belongs",
        "this should not happen; please report it with the output above",
    ),
    Row(
        SecretInConfigError(names=("remote a.password",)),
        10,
        ".dvc/config holds a secret and would be committed: remote a.password",
        "move it: dvc remote modify --local NAME OPTION VALUE, then dvc remote modify --unset NAME OPTION",
    ),
    Row(
        UnsafeFileError(path="dist/x.csv", reason="the reason", cure="the cure"),
        10,
        "dist/x.csv cannot be versioned: the reason",
        "the cure",
    ),
    Row(
        OpenStoreError(path="the-store", mode="0755"),
        10,
        "the store the-store is open to others (mode 0755), and private_store is set",
        "close it: chmod 700 the-store",
    ),
    Row(
        OutsideError(path="dist/x.csv", root="the-root"),
        10,
        "dist/x.csv is not inside the-root",
        "copy the data into the repository, or name another with --repo-root DIR",
    ),
    Row(
        InNestedProjectError(path="dist/x.csv", project="sub"),
        10,
        "dist/x.csv belongs to the DVC project in sub",
        "track it there, or move the data out of it",
    ),
    Row(
        OtherRepositoryError(path="dist/x.csv", repository="sub"),
        10,
        "dist/x.csv belongs to another git repository: sub",
        "track it there: hotpass version --repo-root sub --add dist/x.csv",
    ),
    Row(
        GitTrackedError(path="dist/x.csv", count=2),
        10,
        "dist/x.csv is tracked by git already (2 file(s))",
        "take it out of git and keep the file: git rm -r --cached -- dist/x.csv",
    ),
    Row(
        OverlapError(path="dist/x.csv", other="y", place="dist"),
        10,
        "dist/x.csv overlaps with the dataset 'y' (dist)",
        "track one of the two",
    ),
    Row(
        DvcYamlOutError(path="dist/x.csv", file="dvc.yaml"),
        10,
        "dist/x.csv is an output in dvc.yaml",
        "dvc repro and dvc commit version it; copy it to another path to release it",
    ),
    Row(
        DvcIgnoredError(path="dist/x.csv"),
        10,
        "dist/x.csv is left out by .dvcignore",
        "remove the rule that matches it from .dvcignore",
    ),
    Row(
        IgnoredElsewhereError(path="dist/x.csv.dvc", source="/etc/gitignore", pattern="dist/"),
        10,
        "dist/x.csv.dvc would be ignored by a rule outside the repository: 'dist/' in /etc/gitignore",
        "remove that rule, or move the data to a folder that is not ignored",
    ),
    Row(
        IgnoredPointerError(path="dist/x.csv.dvc", source=".gitignore", reason="the reason"),
        10,
        "the ignore rules do not allow dist/x.csv.dvc: the reason (.gitignore)",
        "nothing was changed; move the data to a folder that is not ignored",
    ),
    Row(
        DetachedHeadError(tag="x-v1.0.1"),
        10,
        "HEAD is detached: no branch would hold the commit of x-v1.0.1",
        "git switch -c NAME first",
    ),
    Row(
        BumpTooLowError(
            dataset="x",
            version="1.0.1",
            given="patch",
            since="1.0.0",
            asked="major",
            reasons=("major: 2 rows removed", "minor: a", "patch: b", "patch: c"),
            command="hotpass version --bump major --tag --dataset x",
        ),
        10,
        "x 1.0.1 is too low: a patch after 1.0.0, and the data asks for a major "
        "(major: 2 rows removed; minor: a; patch: b; and 1 more)",
        "hotpass version --bump major --tag --dataset x (or --allow-lower --description WHY, which the tag will say)",
    ),
    Row(
        NotComparedError(dataset="x", since="1.0.0", reason="the reason"),
        10,
        "the bump of x cannot be worked out: 1.0.0 cannot be compared with (the reason)",
        "choose it yourself: hotpass version --bump patch|minor|major --dataset x",
    ),
    Row(
        DataChangedError(dataset="x", version="1.0.1", path="dist/x.csv"),
        10,
        "x is 1.0.1, changed since: dist/x.csv has other bytes",
        "give them a number of their own: hotpass version --bump patch --tag --dataset x",
    ),
    Row(
        UnsavedError(path="dist/x.csv", files=("x.csv", "y.csv")),
        10,
        "dist/x.csv has data that is stored nowhere: x.csv, y.csv",
        "keep it as a version: hotpass version --bump patch; or --force, which stores it first and prints its name",
    ),
    Row(
        TargetExistsError(path="dist/x.csv", kind="a file"),
        10,
        "dist/x.csv exists already: a file",
        "choose a new path; --force overwrites a single file and stores it first",
    ),
    Row(
        ProgramSettingsError(remote="storage", options=("configpath",)),
        10,
        "the remote 'storage' can run programs by configpath",
        "look at .dvc/config; if you trust it: hotpass trust",
    ),
    Row(
        TrustFileError(path="/Users/you/trusted.json", reason="others can write it"),
        10,
        "/Users/you/trusted.json says what is trusted and cannot be believed: others can write it",
        "chmod 700 its folder and 600 the file, or remove it and run hotpass trust again: /Users/you/trusted.json",
    ),
    Row(
        TrustChangedError(root="/project"),
        8,
        "the settings of /project changed while you looked at them",
        "look again: hotpass trust",
    ),
    Row(
        NothingToTrustError(root="/project"),
        3,
        "no setting of /project can run a program",
        "there is nothing to accept; hotpass trust --list shows what you accepted elsewhere",
    ),
    Row(
        NotExactError(dataset="refined_data", wanted="^1"),
        2,
        "^1 can choose several versions of refined_data; one is meant here",
        "write refined_data@X.Y.Z; hotpass history refined_data lists them",
    ),
    Row(
        WithdrawnAlreadyError(dataset="refined_data", version="1.0.0", reason="wrong", file="hotpass.toml"),
        8,
        "refined_data 1.0.0 is withdrawn already: wrong",
        "to give another reason, change the line in hotpass.toml",
    ),
    Row(
        OddSettingsError(file="hotpass.toml", table="datasets.a.withdrawn", line='"1.0.0" = "wrong"'),
        10,
        "hotpass.toml is written in a form to which nothing can be added safely",
        'write it by hand, into the table [datasets.a.withdrawn]: "1.0.0" = "wrong"',
    ),
    Row(
        AllWithdrawnError(dataset="refined_data", wanted="^1", versions=("1.0.0", "1.1.0")),
        3,
        "every version of 'refined_data' that ^1 could choose is withdrawn",
        "name one exactly: refined_data@1.1.0; hotpass history refined_data says why",
    ),
    Row(
        SourceUnusableError(source="https://example.org/x.git", reason="the reason"),
        7,
        "cannot read the git repository https://example.org/x.git: the reason",
        "check the address, the network and your access: git ls-remote ADDRESS",
    ),
    Row(
        BadSourceError(source="-x"),
        2,
        "no address of a git repository: '-x'",
        "give a folder, https://…, ssh://… or user@host:path",
    ),
    Row(
        ForeignProgramsError(source="../other", remote="storage", options=("configpath",)),
        10,
        "the remote 'storage' of ../other can run programs by configpath",
        "git clone it, look at its .dvc/config, and there: hotpass trust, then hotpass fetch",
    ),
    Row(
        MissingTagsError(where="origin", count=3, first="data-v1.0.0"),
        10,
        "origin has the tag data-v1.0.0 and 2 more, which this clone lacks: what it needs is not known",
        "git fetch --tags origin",
    ),
    Row(
        ShallowCloneError(root="/project"),
        10,
        "/project is a shallow clone: what its releases need is not known",
        "git fetch --tags --unshallow",
    ),
    Row(
        TagMovedError(tag="data-v1.0.0", was="a" * 40, now="b" * 40),
        9,
        "tag moved: data-v1.0.0 was aaaaaaaaaaaa now bbbbbbbbbbbb",
        "a release is for ever: ask who moved it. To take the server's: git tag -d data-v1.0.0 && hotpass verify && git fetch --tags",
    ),
    Row(
        UnknownNeedsError(md5="0.dir", reason="the reason"),
        10,
        "what 0.dir needs cannot be told, so nothing is removed: the reason",
        "hotpass verify says which release it belongs to",
    ),
    Row(
        UnseenWorktreeError(path="/mnt/other"),
        10,
        "the work tree /mnt/other cannot be looked at, so what it needs is not known",
        "mount it, or if it is gone for good: git worktree prune",
    ),
    Row(
        WhatToFetchError(option="--to"),
        2,
        "--to needs a dataset",
        "hotpass fetch DATASET@VERSION --to …",
    ),
    Row(
        WhereToFetchError(),
        2,
        "--from needs --to: there is no store here that it could go into",
        "hotpass fetch DATASET@VERSION --from GIT-URL --to PATH",
    ),
    Row(
        UnseenBranchError(remote="origin", branch="main"),
        10,
        "origin has news of the branch main: what it needs is not known",
        "git fetch origin",
    ),
    Row(
        NotConfirmedError(what="these settings are not trusted", command="hotpass trust --yes"),
        10,
        "not confirmed: these settings are not trusted",
        "when you have looked at what is listed: hotpass trust --yes",
    ),
    Row(
        TwoWishesError(first="--yes", second="--list"),
        2,
        "--yes and --list exclude one another",
        "give one of them",
    ),
    Row(
        NotEmptyError(directory="there"),
        10,
        "there is not an empty folder",
        "name a folder that is empty or does not exist, or none for a temporary one: hotpass demo",
    ),
    Row(
        DecisionsDamagedError(line=3, problem="the answer is 'perhaps'", columns="a,b"),
        6,
        "the file of decisions, line 3: the answer is 'perhaps'",
        "mend the line; the columns are a,b",
    ),
    Row(
        DecisionsContradictError(left="list:1", right="list:2"),
        8,
        "records list:1 and list:2 are said to be different, and the same by way of other decisions",
        "take one of the decisions about these records out of the file of decisions",
    ),
    Row(
        WriteError(path="dist/x.csv", reason="the reason", file_system="/mnt"),
        1,
        "cannot write dist/x.csv: the reason (file system of /mnt)",
        "nothing was changed; free space or mend the permissions, then run the same command again",
    ),
    Row(
        NoRoomError(path="dist", needed=5_000, free=4_000, file_system="/mnt"),
        1,
        "no room at dist: 5000 bytes are needed, 4000 are free (file system of /mnt)",
        "nothing was changed; free space there, then run the same command again",
    ),
    Row(
        ReadError(path="dist/x.csv", reason="the reason"),
        1,
        "cannot read dist/x.csv: the reason",
        "mend the permissions or the path, then run the same command again",
    ),
    Row(
        ProfileError("list.yaml", 3, "a field", "emial", ("email",)),
        2,
        "list.yaml, line 3: expected a field, found 'emial'",
        "did you mean 'email'?",
    ),
    Row(
        ProfileError("list.yaml", 3, "a number"),
        2,
        "list.yaml, line 3: expected a number",
        "mend the profile at that line",
    ),
    Row(
        UnknownProfileError("avaition", ("aviation", "generic")),
        3,
        "there is no profile 'avaition'",
        "name a YAML file, or one of aviation, generic",
    ),
    Row(
        UnknownKeyError(("idd",), ("id", "phone")),
        2,
        "no table has the key column idd",
        "did you mean id?",
    ),
    Row(
        QueryError(message="Binder Error: no such column\n\nLINE 1: SELECT x"),
        1,
        "Binder Error: no such column",
        "mend the statement",
    ),
    Row(
        NothingThereError(name="list.csv"),
        3,
        "there is no file or folder list.csv",
        "look at the spelling, and at the folder you are in",
    ),
    Row(
        UnreadableTableError(name="list.xlsx", reason="the reason"),
        9,
        "cannot read list.xlsx: the reason",
        "open it in the program that made it and save it again, or restore an older version",
    ),
    Row(
        EncryptedBookError(name="list.xlsx"),
        9,
        "list.xlsx is encrypted",
        "save a copy without the password",
    ),
    Row(
        UndecidedTextError(name="list.csv", line=3, reason="the reason"),
        9,
        "list.csv, line 3: the reason",
        "mend the file at that place",
    ),
    Row(
        UnevenLinesError(name="list.csv", reason="line 3 has 4 cells where the header has 3"),
        9,
        "list.csv: line 3 has 4 cells where the header has 3",
        "read it carefully (ReadOptions.careful), which mends and reports such lines",
    ),
    Row(
        LimitError(name="list.xlsx", limit="cells", allowed=1000, found="it has 2,000 cells"),
        10,
        "list.xlsx: it has 2,000 cells, more than the limit cells = 1,000 allows",
        "if the file is trusted, raise limit_cells in hotpass.toml",
    ),
    Row(
        WorkbookLimitError(sheet="Data", what="rows", found=2_000_000, most=1_048_575),
        1,
        "sheet Data does not fit into a workbook: 2,000,000 rows, where 1,048,575 have room",
        "write it as Parquet or CSV: --output-path FILE.parquet",
    ),
    Row(
        StepFailedError(command="git tag", code=128, said="a\nb", directory="there"),
        1,
        "the demonstration stopped: git tag ended with 128: b",
        "what was made so far is in there",
    ),
    Row(
        QualityGateError(rules=("phones are valid", "names"), report="refined.html"),
        11,
        "the refined data breaks phones are valid; names; nothing was written",
        "refined.html shows the rows; mend the lists or the profile's rule, then run it again",
    ),
    Row(
        QualityGateError(rules=("names",)),
        11,
        "the refined data breaks names; nothing was written",
        "hotpass refine --dry-run --report FILE.html shows the rows",
    ),
    Row(
        NoInputsError(folder="data", left_out=("a.xlsx: it is empty",)),
        3,
        "nothing to refine in data: a.xlsx: it is empty",
        "put spreadsheets there, or name another folder: --input-dir DIR",
    ),
    Row(
        BadOutputError(path="x.doc", reason="the reason"),
        2,
        "cannot write refined data to x.doc: the reason",
        "name a file that ends in .xlsx, .parquet or .csv: --output-path FILE",
    ),
    Row(
        BumpTooLowError(
            dataset="x",
            version="1.0.1",
            given="patch",
            since="1.0.0",
            asked="minor",
            reasons=("minor: 2 rows added",),
            command="hotpass refine --bump minor --tag",
        ),
        10,
        "x 1.0.1 is too low: a patch after 1.0.0, and the data asks for a minor (minor: 2 rows added)",
        "hotpass refine --bump minor --tag",
    ),
    Row(
        OutsidePlaceError("refine.output_path", "/x.csv", "HOTPASS_REFINE_OUTPUT_PATH"),
        10,
        "refine.output_path leads out of the repository, to /x.csv",
        "name it yourself if you mean it: --output-path FILE",
    ),
    Row(
        StrangersAddressError("http://x:y@lineage.example", "HOTPASS_LINEAGE_TO"),
        10,
        "this repository's settings would send lineage to http://***@lineage.example",
        "name the server in your environment if you trust it: HOTPASS_LINEAGE_TO=ADDRESS",
    ),
    Row(
        NotRefinedError(path="dist/x.xlsx"),
        10,
        "dist/x.xlsx is no refined dataset, and its bytes are kept nowhere else",
        "keep it first: hotpass version --add dist/x.xlsx; or write elsewhere: --output-path FILE",
    ),
    Row(
        EditedOutputError(path="dist/x.xlsx"),
        10,
        "dist/x.xlsx was saved by another program since it was refined, and its bytes are kept nowhere else",
        "keep it first: hotpass version --add dist/x.xlsx; or move it away; mend the lists, not the output",
    ),
    Row(
        NotProvedError(path="x.xlsx", reason="the reason"),
        9,
        "x.xlsx was not replaced: the new one does not read back (the reason)",
        "the file that was there stands; please report this",
    ),
    Row(
        NoSuchOrganisationError(id="org-1", near=("org-2",)),
        3,
        "no organisation has the id 'org-1'",
        "did you mean 'org-2'?",
    ),
    Row(
        WithoutEffectError(option="--tag", reason="the reason", command="hotpass refine"),
        2,
        "--tag would have no effect: the reason",
        "hotpass refine",
    ),
    Row(
        NeedsTerminalError(path="decisions.csv"),
        2,
        "review needs a terminal",
        "write decisions to decisions.csv by hand; hotpass review --json lists the pairs with its columns",
    ),
    Row(
        LineageMissingError(),
        5,
        "openlineage-python not installed: uv sync --extra lineage",
        "or leave lineage.to out of the settings",
    ),
    Row(
        NothingToReplayError(place="archives", reason="the reason"),
        3,
        "nothing to replay in archives: the reason",
        "name folders, zip or tar files by date (2024-01-31.zip), or a dataset: --from DATASET@RANGE",
    ),
    Row(
        BadArchiveError(path="a.zip", reason="the reason"),
        9,
        "a.zip cannot be unpacked: the reason",
        "put a whole archive in its place, then run the same command again",
    ),
]

EVERY_ROW = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)


def classes(base: type[HotpassError] = HotpassError) -> Iterator[type[HotpassError]]:
    """Every error class of the project."""
    for child in base.__subclasses__():
        if child.__module__.startswith("hotpass."):
            yield child
            yield from classes(child)


def test_every_error_class_has_a_row() -> None:
    for module in pkgutil.walk_packages(hotpass.__path__, "hotpass."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    missing = set(classes()) - set(BASES) - {type(row.error) for row in ROWS}
    assert not missing, f"say in ROWS what these mean to a user: {sorted(kind.__name__ for kind in missing)}"


@pytest.mark.parametrize(("kind", "code"), BASES.items(), ids=lambda value: getattr(value, "__name__", ""))
def test_the_exit_codes_are_those_of_the_architecture(kind: type[HotpassError], code: int) -> None:
    assert kind.exit_code == code
    assert (errors.DIFFERENCES_FOUND, errors.INTERRUPTED, errors.TERMINATED) == (4, 130, 143)


@EVERY_ROW
def test_code_sentence_and_hint_are_as_promised(row: Row) -> None:
    assert (row.error.exit_code, str(row.error), row.error.hint) == (row.exit_code, row.sentence, row.hint)


@EVERY_ROW
def test_the_code_is_that_of_the_branch_of_the_tree(row: Row) -> None:
    branch = next(kind for kind in type(row.error).__mro__ if kind in BASES)
    assert BASES[branch] == row.exit_code


@EVERY_ROW
def test_an_error_says_one_line_and_a_next_step(row: Row) -> None:
    """Promise 10."""
    for said in (row.sentence, row.hint):
        assert said
        assert "\n" not in said
        assert said == said.strip()
        assert not re.search(r"\b(Errno|Traceback|object at 0x)", said)


@EVERY_ROW
def test_the_facts_are_plain_json(row: Row) -> None:
    facts = row.error.facts
    assert json.loads(json.dumps(facts, allow_nan=False)) == facts
    assert set(facts) == set(type(row.error)._names)


@EVERY_ROW
def test_the_facts_are_in_args_in_the_order_of_the_fields(row: Row) -> None:
    names = type(row.error)._names
    assert row.error.args == tuple(getattr(row.error, name) for name in names)
    again = type(row.error)(*row.error.args)
    assert (str(again), again.facts) == (row.sentence, row.error.facts)


@EVERY_ROW
def test_an_error_comes_back_whole_from_another_process(row: Row) -> None:
    """Pools of workers carry errors by pickle."""
    again = pickle.loads(pickle.dumps(row.error))
    assert (type(again), str(again), again.hint) == (type(row.error), row.sentence, row.hint)


def test_an_error_is_made_like_a_dataclass() -> None:
    by_position, by_name = (
        WriteError("x", "full", "/mnt"),
        WriteError(path="x", reason="full", file_system="/mnt"),
    )
    assert by_position.args == by_name.args == ("x", "full", "/mnt")
    assert WriteError("x", "full").file_system == ""
    for wrong in (WriteError, lambda: WriteError("x"), lambda: WriteError("a", "b", "c", "d")):  # type: ignore[call-arg]
        with pytest.raises(TypeError, match="WriteError takes path, reason, file_system"):
            wrong()  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        WriteError(path="x", reason="y", colour="red")  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        WriteError("x", "y", path="z")  # type: ignore[misc]


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (WriteError("x", "No space left on device"), "cannot write x: No space left on device"),
        (UnknownDatasetError("x"), "unknown dataset 'x'"),
        (BadRemoteError("", "it is empty"), "the remote cannot be added: it is empty"),
        (UnsavedError("x.csv", ("",)), "x.csv has changes that are stored nowhere"),
        (ToolFailedError("git x", 1, ""), "git x failed with exit code 1: no message"),
        (SettingsError("HOTPASS_X", 0, "x", "unknown"), "HOTPASS_X: x: unknown"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, HotpassError) else "",
)
def test_sentences_with_less_to_say(error: HotpassError, sentence: str) -> None:
    assert str(error) == sentence


@pytest.mark.parametrize(
    ("error", "hint"),
    [
        (UnknownDatasetError("x"), "track one first: hotpass version --add PATH"),
        (UnknownVersionError("x", "1.0.0"), "known versions: none yet"),
        (SettingsError("x.toml", 3, "y", "unknown"), "hotpass doctor lists every setting"),
        (
            RefsMovedError(("refs/heads/main",), "Unable to create '/x/main.lock': File exists."),
            "nothing was changed; if no other git is at work, remove that file and run the same command again",
        ),
        (
            RefsMovedError(
                ("refs/tags/x-v1.0.0",), "'refs/tags/x-v1.0.0/y' exists; cannot create 'refs/tags/x-v1.0.0'"
            ),
            "nothing was changed; if that tag is yours to give up: git tag -d x-v1.0.0/y",
        ),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, HotpassError) else "",
)
def test_hints_with_less_to_go_by(error: HotpassError, hint: str) -> None:
    assert error.hint == hint
