"""Every way in which versioning refuses or fails: facts, a sentence, the next command."""

from __future__ import annotations

import re

from hotpass.errors import (
    ConflictError,
    IntegrityError,
    NotFoundError,
    NotReadyError,
    RefusedError,
    RemoteError,
    ToolError,
    UsageError,
)


class BadVersionError(UsageError):
    """A text is no version X.Y.Z."""

    text: str

    def __str__(self) -> str:
        return f"not a version: {self.text!r}"

    @property
    def hint(self) -> str:
        return "versions are X.Y.Z: three numbers without leading zeros, at most nine digits each"


class BadDatasetNameError(UsageError):
    """A text is no name that a dataset may have."""

    name: str
    reason: str

    def __str__(self) -> str:
        return f"not a dataset name: {self.name!r}: {self.reason}"

    @property
    def hint(self) -> str:
        return "name it with --dataset NAME"


class BadReleaseNameError(UsageError):
    """A text names neither a dataset nor a release."""

    text: str

    def __str__(self) -> str:
        return f"not a release: {self.text!r}"

    @property
    def hint(self) -> str:
        return "write DATASET@X.Y.Z, for example refined_data@1.0.0"


class BadDescriptionError(UsageError):
    """A description cannot be used."""

    reason: str

    def __str__(self) -> str:
        return f"the description cannot be used: {self.reason}"

    @property
    def hint(self) -> str:
        return "say in a few words what changed: --description TEXT"


class AllowLowerError(UsageError):
    """A lower bump was allowed without saying why, or where nothing is released."""

    reason: str

    def __str__(self) -> str:
        return f"--allow-lower {self.reason}"

    @property
    def hint(self) -> str:
        return "a lower bump than the data asks for is allowed with: --tag --allow-lower --description WHY"


class BadMetadataError(UsageError):
    """A caller's metadata is nothing that JSON can hold."""

    reason: str

    def __str__(self) -> str:
        return f"the metadata cannot be written as JSON: {self.reason}"

    @property
    def hint(self) -> str:
        return "use texts, finite numbers, booleans, None, lists and dictionaries with text keys"


class BadPathError(UsageError):
    """A path cannot be a dataset."""

    path: str
    reason: str

    def __str__(self) -> str:
        return f"{self.path} cannot be a dataset: {self.reason}"

    @property
    def hint(self) -> str:
        return "rename it or choose another path"


class BadTargetError(UsageError):
    """A target is no place to write data to."""

    path: str

    def __str__(self) -> str:
        return f"{self.path} is no place for data"

    @property
    def hint(self) -> str:
        return "choose a path outside .git and .dvc"


class BadRemoteError(UsageError):
    """A remote's name or address cannot be used."""

    name: str
    reason: str

    def __str__(self) -> str:
        return (
            f"remote {self.name!r} cannot be added: {self.reason}"
            if self.name
            else f"the remote cannot be added: {self.reason}"
        )

    @property
    def hint(self) -> str:
        return "for example: hotpass version --init --remote s3://my-bucket/hotpass-data"


class NotAboveError(UsageError):
    """A version is not above the current one."""

    dataset: str
    version: str
    current: str

    def __str__(self) -> str:
        return f"{self.version} is not above the current version {self.current} of {self.dataset}"

    @property
    def hint(self) -> str:
        return f"choose a higher one, or --force; to release {self.current} itself: hotpass version --tag --dataset {self.dataset}"


class WhichDatasetError(UsageError):
    """Several datasets, and none was named."""

    names: tuple[str, ...]

    def __str__(self) -> str:
        return f"which dataset? there are {len(self.names)}"

    @property
    def hint(self) -> str:
        return f"add --dataset with one of: {', '.join(self.names[:20])}"


class UnknownDatasetError(NotFoundError):
    """No dataset has the name asked for."""

    name: str
    near: tuple[str, ...] = ()
    known: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"unknown dataset {self.name!r}" + (f", did you mean {self.near[0]!r}?" if self.near else "")

    @property
    def hint(self) -> str:
        return (
            f"known datasets: {', '.join(self.known[:20])}"
            if self.known
            else "track one first: hotpass version --add PATH"
        )


class NoDatasetsError(NotFoundError):
    """Nothing is tracked here."""

    def __str__(self) -> str:
        return "nothing is tracked here yet"

    @property
    def hint(self) -> str:
        return "track a file or folder: hotpass version --add PATH"


class UnknownVersionError(NotFoundError):
    """A dataset has no release with the version asked for."""

    dataset: str
    version: str
    known: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"dataset {self.dataset!r} has no version {self.version}"

    @property
    def hint(self) -> str:
        return f"known versions: {', '.join(self.known) or 'none yet'}"


class NoRecordError(NotFoundError):
    """A version has no record."""

    dataset: str
    where: str

    def __str__(self) -> str:
        return f"{self.dataset} has no version record: {self.where}"

    @property
    def hint(self) -> str:
        return f"hotpass history {self.dataset} lists the releases; hotpass version --tag makes one with a record"


class NoSuchContentError(NotFoundError):
    """No release holds the bytes of a file."""

    path: str
    md5: str

    def __str__(self) -> str:
        return f"no release has the bytes of {self.path} ({self.md5})"

    @property
    def hint(self) -> str:
        return "hotpass compare DATASET@latest FILE shows how it differs from a release; git fetch --tags brings those made elsewhere"


class UnversionedError(NotFoundError):
    """A dataset is tracked and has no version yet."""

    dataset: str

    def __str__(self) -> str:
        return f"{self.dataset} has no version yet"

    @property
    def hint(self) -> str:
        return f"give it one: hotpass version --set 1.0.0 --dataset {self.dataset}"


class PathMissingError(NotFoundError):
    """There is nothing at a path."""

    path: str

    def __str__(self) -> str:
        return f"there is nothing at {self.path}"

    @property
    def hint(self) -> str:
        return "check the path; it is taken from the current directory"


class DataMissingError(NotFoundError):
    """A dataset's data is not in the work tree."""

    dataset: str
    path: str

    def __str__(self) -> str:
        return f"the data of {self.dataset} is not here: {self.path}"

    @property
    def hint(self) -> str:
        return "bring it back first: dvc pull, or hotpass restore DATASET@X.Y.Z"


class NoRepositoryError(NotReadyError):
    """There is no git repository."""

    path: str

    def __str__(self) -> str:
        return f"not inside a git repository: {self.path}"

    @property
    def hint(self) -> str:
        return "make one with git init, or name it with --repo-root DIR"


class BareRepositoryError(NotReadyError):
    """A git repository has no work tree here."""

    path: str

    def __str__(self) -> str:
        return f"this repository has no work tree: {self.path}"

    @property
    def hint(self) -> str:
        return "run Hotpass in a clone: git clone URL DIR"


class UntrustedRepositoryError(NotReadyError):
    """git refuses a repository that belongs to somebody else."""

    path: str

    def __str__(self) -> str:
        return f"git does not trust the repository at {self.path}: it belongs to another user"

    @property
    def hint(self) -> str:
        return f"if you do: git config --global --add safe.directory {self.path}"


class NestedProjectError(NotReadyError):
    """The current folder is a DVC project inside the repository."""

    path: str

    def __str__(self) -> str:
        return f"{self.path} is a DVC project in a sub-directory, which Hotpass does not version"

    @property
    def hint(self) -> str:
        return "use Hotpass at the root of a repository, with one DVC project there"


class NotInitialisedError(NotReadyError):
    """There is no DVC project at the repository's root."""

    root: str

    def __str__(self) -> str:
        return "DVC is not initialised in this repository"

    @property
    def hint(self) -> str:
        return "hotpass version --init"


class NotADvcFolderError(NotReadyError):
    """Something else has the name ``.dvc``."""

    path: str

    def __str__(self) -> str:
        return f"{self.path} is no folder that DVC could use"

    @property
    def hint(self) -> str:
        return "move it away, then: hotpass version --init"


class DamagedConfigError(NotReadyError):
    """A settings file of DVC cannot be read."""

    path: str
    reason: str

    def __str__(self) -> str:
        return f"{self.path} cannot be read: {self.reason}"

    @property
    def hint(self) -> str:
        return "mend it by hand, or: git checkout HEAD -- .dvc/config"


class NoIdentityError(NotReadyError):
    """git does not know who makes the commit."""

    def __str__(self) -> str:
        return "git does not know your name and e-mail address"

    @property
    def hint(self) -> str:
        return "git config user.name NAME; git config user.email ADDRESS"


class SigningError(NotReadyError):
    """git is told to sign and cannot."""

    reason: str

    def __str__(self) -> str:
        return f"git is set to sign and cannot: {self.reason}"

    @property
    def hint(self) -> str:
        return "mend user.signingKey, or: git config tag.gpgSign false"


class NoLocksError(NotReadyError):
    """The file system has no locks that work."""

    reason: str

    def __str__(self) -> str:
        return f"the file system of this repository has no working locks: {self.reason}"

    @property
    def hint(self) -> str:
        return "move the repository to a local disk"


class TagsMissingError(NotReadyError):
    """A clone lacks the tags from which versions follow."""

    dataset: str

    def __str__(self) -> str:
        return f"tags not available for {self.dataset}: this clone does not have the history"

    @property
    def hint(self) -> str:
        return "git fetch --tags --unshallow (in a full clone: git fetch --tags)"


class SecretInConfigError(RefusedError):
    """A tracked settings file holds a secret."""

    names: tuple[str, ...]

    def __str__(self) -> str:
        return f".dvc/config holds a secret and would be committed: {', '.join(self.names)}"

    @property
    def hint(self) -> str:
        return (
            "move it: dvc remote modify --local NAME OPTION VALUE, then dvc remote modify --unset NAME OPTION"
        )


class BumpTooLowError(RefusedError):
    """A release's number rises less than the data asks for."""

    dataset: str
    version: str
    given: str
    since: str
    asked: str
    reasons: tuple[str, ...]
    command: str

    def __str__(self) -> str:
        more = len(self.reasons) - 3
        said = "; ".join(self.reasons[:3]) + (f"; and {more} more" if more > 0 else "")
        return (
            f"{self.dataset} {self.version} is too low: a {self.given} after {self.since}, "
            f"and the data asks for a {self.asked} ({said})"
        )

    @property
    def hint(self) -> str:
        if not self.command.startswith("hotpass version "):
            return self.command
        return f"{self.command} (or --allow-lower --description WHY, which the tag will say)"


class NotComparedError(RefusedError):
    """A bump cannot be worked out: what was released before is nowhere to be had."""

    dataset: str
    since: str
    reason: str

    def __str__(self) -> str:
        return f"the bump of {self.dataset} cannot be worked out: {self.since} cannot be compared with ({self.reason})"

    @property
    def hint(self) -> str:
        return f"choose it yourself: hotpass version --bump patch|minor|major --dataset {self.dataset}"


class LockedError(ConflictError):
    """Another Hotpass is at work in this repository."""

    holder: str
    seconds: float

    def __str__(self) -> str:
        return f"the repository is locked by {self.holder}; waited {self.seconds:g} s"

    @property
    def hint(self) -> str:
        return "wait for it, or give it longer: --lock-timeout SECONDS"


class DvcBusyError(ConflictError):
    """A ``dvc`` command is at work in this repository."""

    holder: str
    seconds: float

    def __str__(self) -> str:
        return f"DVC is at work in this repository ({self.holder}); waited {self.seconds:g} s"

    @property
    def hint(self) -> str:
        return "wait for it, or give it longer: --lock-timeout SECONDS"


class DvcLockDamagedError(ConflictError):
    """DVC's list of claimed paths cannot be read."""

    path: str

    def __str__(self) -> str:
        return f"DVC's lock file is damaged: {self.path}"

    @property
    def hint(self) -> str:
        return "a killed dvc left it so; hotpass doctor --fix removes it when no dvc is running"


class IndexLockedError(ConflictError):
    """Another git is at work in this repository, or a killed one left its lock."""

    path: str

    def __str__(self) -> str:
        return f"git's index is locked: {self.path}"

    @property
    def hint(self) -> str:
        return "wait for the other git; if none is running, remove that file and run the same command again"


class RefsMovedError(ConflictError):
    """Branch or tag moved while a release was made."""

    names: tuple[str, ...]
    reason: str

    def __str__(self) -> str:
        return f"git did not move {', '.join(self.names)}: {self.reason}"

    @property
    def hint(self) -> str:
        if ".lock': File exists" in self.reason:
            return "nothing was changed; if no other git is at work, remove that file and run the same command again"
        if found := re.search(r"'refs/tags/([^']+)' exists; cannot create", self.reason):
            return f"nothing was changed; if that tag is yours to give up: git tag -d {found[1]}"
        return "nothing was changed; run the same command again"


class PendingConflictError(ConflictError):
    """A run was interrupted and its branch or tag has gone elsewhere since."""

    ref: str
    new: str

    def __str__(self) -> str:
        return f"an interrupted release cannot be finished: {self.ref} has moved since"

    @property
    def hint(self) -> str:
        return f"look at git show {self.new}; to give it up, remove hotpass/pending.json in the git directory"


class VersionTakenError(ConflictError):
    """A version is released already."""

    dataset: str
    version: str
    tag: str

    def __str__(self) -> str:
        return f"{self.dataset} {self.version} is released already and never changes ({self.tag})"

    @property
    def hint(self) -> str:
        return f"choose another version: hotpass version --bump patch --dataset {self.dataset}"


class TagExistsError(ConflictError):
    """A tag that Hotpass did not make has the name."""

    tag: str
    reason: str

    def __str__(self) -> str:
        return f"there is a tag {self.tag} already, {self.reason}"

    @property
    def hint(self) -> str:
        return f"if it is yours to give up: git tag -d {self.tag}"


class BranchNamedLikeTagError(ConflictError):
    """A branch has the name of the tag, and git checkout would prefer it."""

    tag: str

    def __str__(self) -> str:
        return f"a branch is named like the tag {self.tag}"

    @property
    def hint(self) -> str:
        return f"rename it: git branch -m {self.tag} NEW-NAME"


class UnmergedError(ConflictError):
    """A dataset's pointer is in a merge conflict."""

    path: str
    ours: str
    theirs: str

    def __str__(self) -> str:
        return f"{self.path} is in a merge conflict: ours {self.ours}, theirs {self.theirs}"

    @property
    def hint(self) -> str:
        return f"choose a side: git checkout --ours -- {self.path} (or --theirs), then git add -- {self.path}"


class UnmergedFileError(ConflictError):
    """A file that a release must change is in a merge conflict."""

    path: str

    def __str__(self) -> str:
        return f"{self.path} is in a merge conflict"

    @property
    def hint(self) -> str:
        return f"settle it first, then: git add -- {self.path}"


class NotThatKindError(ConflictError):
    """Git holds a path as a file that is a folder by now, or the other way round."""

    path: str

    def __str__(self) -> str:
        return f"git holds {self.path} as the other of file and folder"

    @property
    def hint(self) -> str:
        return f"commit that first: git rm -r --cached -- {self.path} && git commit"


class AmbiguousDatasetError(ConflictError):
    """Two pointers have the same name."""

    name: str
    pointers: tuple[str, ...]

    def __str__(self) -> str:
        return f"{len(self.pointers)} datasets are named {self.name!r}: {', '.join(self.pointers)}"

    @property
    def hint(self) -> str:
        return "name one of them: hotpass version --add PATH --dataset OTHER-NAME"


class NameTakenError(ConflictError):
    """Another dataset has the name."""

    name: str
    other: str
    path: str

    def __str__(self) -> str:
        return f"the name {self.name!r} is taken by {self.other!r} ({self.path})"

    @property
    def hint(self) -> str:
        return "choose another: --dataset NAME"


class AlreadyNamedError(ConflictError):
    """A path is tracked under another name."""

    path: str
    name: str

    def __str__(self) -> str:
        return f"{self.path} is tracked as {self.name!r} already"

    @property
    def hint(self) -> str:
        return f"leave --dataset out, or use --dataset {self.name}"


class RemoteTakenError(ConflictError):
    """A remote of that name has another address."""

    name: str

    def __str__(self) -> str:
        return f"there is a remote {self.name!r} with another address"

    @property
    def hint(self) -> str:
        return f"choose another name with --remote-name, or change it: dvc remote modify {self.name} url URL"


class ChangedWhileReadingError(ConflictError):
    """A file changed while it was read."""

    path: str

    def __str__(self) -> str:
        return f"{self.path} changed while it was read"

    @property
    def hint(self) -> str:
        return "nothing was kept; close the program that writes it and run the same command again"


class DamagedPointerError(IntegrityError):
    """A pointer cannot be read."""

    path: str
    reason: str

    def __str__(self) -> str:
        return f"{self.path} is damaged: {self.reason}"

    @property
    def hint(self) -> str:
        return f"make it anew from the data: hotpass version --add {self.path.removesuffix('.dvc')} --repair"


class DamagedRecordError(IntegrityError):
    """A version record cannot be read."""

    path: str
    reason: str

    def __str__(self) -> str:
        return f"{self.path} is damaged: {self.reason}"

    @property
    def hint(self) -> str:
        data = self.path.removesuffix(".version.json")
        return f"take the committed one: git checkout HEAD -- {self.path}; or make it anew: hotpass version --add {data} --repair"


class DamagedListingError(IntegrityError):
    """A directory listing cannot be believed."""

    md5: str
    reason: str

    def __str__(self) -> str:
        return f"a directory listing is damaged: {self.reason}"

    @property
    def hint(self) -> str:
        return "nothing was written; bring the object back with dvc fetch, or restore another version"


class DamagedObjectError(IntegrityError):
    """A stored object is not what its name says."""

    md5: str
    reason: str

    def __str__(self) -> str:
        return f"the stored object {self.md5} is damaged: {self.reason}"

    @property
    def hint(self) -> str:
        return "nothing was written; no remote could replace it"


class MissingObjectError(IntegrityError):
    """The store does not have an object."""

    md5: str

    def __str__(self) -> str:
        return f"the store has no object {self.md5}"

    @property
    def hint(self) -> str:
        return "dvc fetch"


class LostGitObjectError(IntegrityError):
    """Git names a file or folder in a commit and cannot read it."""

    commit: str
    path: str

    def __str__(self) -> str:
        return f"git cannot read {self.path or 'the files'} of the commit {self.commit}"

    @property
    def hint(self) -> str:
        return "nothing was written; see what is lost: git fsck; get it from a clone that has it: git fetch --refetch"


class DamagedJournalError(IntegrityError):
    """The journal of an interrupted run cannot be read."""

    path: str
    reason: str

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"

    @property
    def hint(self) -> str:
        return "look at it, then remove it; the data and every release are untouched by it"


class LostError(IntegrityError):
    """Bytes of a release are nowhere to be had."""

    dataset: str
    version: str
    count: int
    first: str

    def __str__(self) -> str:
        return f"lost: no copy found of {self.count} object(s) of {self.dataset}@{self.version}, first {self.first}"

    @property
    def hint(self) -> str:
        return "look for another clone or remote that has them: dvc fetch -r NAME"


class TagDisagreesError(IntegrityError):
    """A tag names other bytes than the pointer in its commit."""

    tag: str
    pointer: str

    def __str__(self) -> str:
        return f"the tag {self.tag} does not agree with its commit ({self.pointer})"

    @property
    def hint(self) -> str:
        return f"look at it: git show {self.tag}"


class TagMovedError(IntegrityError):
    """A release's tag is not the one that was seen before."""

    tag: str
    was: str
    now: str

    def __str__(self) -> str:
        return f"tag moved: {self.tag} was {self.was[:12]} now {self.now[:12]}"

    @property
    def hint(self) -> str:
        return (
            f"a release is for ever: ask who moved it. To take the server's: git tag -d {self.tag} && "
            "hotpass verify && git fetch --tags"
        )


class RecordMismatchError(ConflictError):
    """A record was to be written for another version or other bytes than the pointer's."""

    path: str
    reason: str

    def __str__(self) -> str:
        return f"the version of {self.path} cannot be recorded: {self.reason}"

    @property
    def hint(self) -> str:
        return "set the version first: DVCManager(root).set_version(version, dataset)"


class UnsafeFileError(RefusedError):
    """A file cannot be part of a dataset."""

    path: str
    reason: str
    cure: str

    def __str__(self) -> str:
        return f"{self.path} cannot be versioned: {self.reason}"

    @property
    def hint(self) -> str:
        return self.cure


class OpenStoreError(RefusedError):
    """The store can be read by others, and the settings ask for a private one."""

    path: str
    mode: str

    def __str__(self) -> str:
        return f"the store {self.path} is open to others (mode {self.mode}), and private_store is set"

    @property
    def hint(self) -> str:
        return f"close it: chmod 700 {self.path}"


class OutsideError(RefusedError):
    """A path leads out of the repository."""

    path: str
    root: str

    def __str__(self) -> str:
        return f"{self.path} is not inside {self.root}"

    @property
    def hint(self) -> str:
        return "copy the data into the repository, or name another with --repo-root DIR"


class InNestedProjectError(RefusedError):
    """A path is in a DVC project of its own."""

    path: str
    project: str

    def __str__(self) -> str:
        return f"{self.path} belongs to the DVC project in {self.project}"

    @property
    def hint(self) -> str:
        return "track it there, or move the data out of it"


class OtherRepositoryError(RefusedError):
    """A path belongs to another git repository inside this one."""

    path: str
    repository: str

    def __str__(self) -> str:
        return f"{self.path} belongs to another git repository: {self.repository}"

    @property
    def hint(self) -> str:
        return f"track it there: hotpass version --repo-root {self.repository} --add {self.path}"


class GitTrackedError(RefusedError):
    """git holds the data itself."""

    path: str
    count: int

    def __str__(self) -> str:
        return f"{self.path} is tracked by git already ({self.count} file(s))"

    @property
    def hint(self) -> str:
        return f"take it out of git and keep the file: git rm -r --cached -- {self.path}"


class OverlapError(RefusedError):
    """A path lies in another dataset, or holds one."""

    path: str
    other: str
    place: str

    def __str__(self) -> str:
        return f"{self.path} overlaps with the dataset {self.other!r} ({self.place})"

    @property
    def hint(self) -> str:
        return "track one of the two"


class DvcYamlOutError(RefusedError):
    """A path is made by a DVC pipeline."""

    path: str
    file: str

    def __str__(self) -> str:
        return f"{self.path} is an output in {self.file}"

    @property
    def hint(self) -> str:
        return "dvc repro and dvc commit version it; copy it to another path to release it"


class DvcIgnoredError(RefusedError):
    """A path is left out by ``.dvcignore``."""

    path: str

    def __str__(self) -> str:
        return f"{self.path} is left out by .dvcignore"

    @property
    def hint(self) -> str:
        return "remove the rule that matches it from .dvcignore"


class IgnoredElsewhereError(RefusedError):
    """A rule outside the repository hides the pointer."""

    path: str
    source: str
    pattern: str

    def __str__(self) -> str:
        return f"{self.path} would be ignored by a rule outside the repository: {self.pattern!r} in {self.source}"

    @property
    def hint(self) -> str:
        return "remove that rule, or move the data to a folder that is not ignored"


class IgnoredPointerError(RefusedError):
    """The ignore rules cannot be made to show the pointer and hide the data."""

    path: str
    source: str
    reason: str

    def __str__(self) -> str:
        return f"the ignore rules do not allow {self.path}: {self.reason} ({self.source})"

    @property
    def hint(self) -> str:
        return "nothing was changed; move the data to a folder that is not ignored"


class DetachedHeadError(RefusedError):
    """A release needs a commit and no branch would hold it."""

    tag: str

    def __str__(self) -> str:
        return f"HEAD is detached: no branch would hold the commit of {self.tag}"

    @property
    def hint(self) -> str:
        return "git switch -c NAME first"


class DataChangedError(RefusedError):
    """The data is not what the version was given to."""

    dataset: str
    version: str
    path: str

    def __str__(self) -> str:
        return f"{self.dataset} is {self.version}, changed since: {self.path} has other bytes"

    @property
    def hint(self) -> str:
        return f"give them a number of their own: hotpass version --bump patch --tag --dataset {self.dataset}"


class UnsavedError(RefusedError):
    """Data would be overwritten that is stored nowhere."""

    path: str
    files: tuple[str, ...]

    def __str__(self) -> str:
        return (
            f"{self.path} has data that is stored nowhere: " + ", ".join(self.files[:5])
            if self.files != ("",)
            else f"{self.path} has changes that are stored nowhere"
        )

    @property
    def hint(self) -> str:
        return "keep it as a version: hotpass version --bump patch; or --force, which stores it first and prints its name"


class TargetExistsError(RefusedError):
    """A target exists already."""

    path: str
    kind: str

    def __str__(self) -> str:
        return f"{self.path} exists already: {self.kind}"

    @property
    def hint(self) -> str:
        return "choose a new path; --force overwrites a single file and stores it first"


class ProgramSettingsError(RefusedError):
    """A remote's settings could make DVC run a program."""

    remote: str
    options: tuple[str, ...]

    def __str__(self) -> str:
        return f"the remote {self.remote!r} can run programs by {', '.join(self.options)}"

    @property
    def hint(self) -> str:
        return "look at .dvc/config; if you trust it: hotpass trust"


class DvcMissingError(ToolError):
    """The ``versioning`` extra is not installed."""

    def __str__(self) -> str:
        return "DVC not installed: uv sync --extra versioning"

    @property
    def hint(self) -> str:
        return "uv sync --extra versioning"


class RemoteUnusableError(RemoteError):
    """A remote could not be asked."""

    remote: str
    reason: str

    def __str__(self) -> str:
        return f"the remote {self.remote!r} could not be asked: {self.reason}"

    @property
    def hint(self) -> str:
        return "check the network, the address and the permissions: dvc remote list"
