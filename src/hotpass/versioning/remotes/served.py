"""A remote behind one of DVC's file systems: S3, GCS, Azure, SSH, HTTP and what else DVC's plug-ins bring.

Where the protocol makes a finished upload visible at once (a PUT) objects are sent to their names; elsewhere to a
temporary name, and renamed. Whatever the file system raises is translated here, and a server that says nothing for
too long is left.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from hotpass import progress
from hotpass.files import create_temp, md5_of, remove_quietly
from hotpass.versioning.errors import DamagedObjectError, MissingObjectError, RemoteUnusableError
from hotpass.versioning.pointer import Md5
from hotpass.versioning.remotes.calls import Calls
from hotpass.versioning.remotes.remote import Held, Remote, Transfer, in_order, object_name
from hotpass.versioning.store import ObjectState, Store

_Result = TypeVar("_Result")
BUCKETS = frozenset(["s3", "gs", "azure"])
_RENAMING = frozenset(["ssh", "webdav", "webdavs", "hdfs", "webhdfs"])
_TEMPS = "hotpass-tmp"
_SMALL = 8 << 20
"""An object up to this size in bytes is read into memory, proved there and sent as it was proved."""


class ServedRemote(Remote):
    """A remote whose file system DVC made. ``place`` is DVC's object for it and the remote's own folder in it.

    Temporary files here are those of the store ``scratch``.
    """

    def __init__(self, name: str, address: str, place: tuple[Any, str], calls: Calls, scratch: Store) -> None:
        super().__init__(name, address)
        (self.fs, path), self._calls, self._scratch = place, calls, scratch
        self.path = path.rstrip("/") or path
        self.protocol = str(self.fs.protocol)
        self._number = 0
        self._folders: set[str] | None = None
        self.lists = self.protocol not in ("http", "https")

    @property
    def objects(self) -> str:
        """The folder of all objects."""
        return self._join("files", "md5")

    def exists(self) -> bool:
        """Whether the folder, or the bucket, is there; a server of files has no folders to ask for."""
        if not self.lists:
            return True
        self._calls.forget()
        if self._calls.one("looking for the folder", "_ls", self.path, quiet=True, detail=False) is not None:
            return True
        if self.protocol not in BUCKETS:
            return False
        bucket = self.path.lstrip("/").split("/", 1)[0]
        return self._calls.one("looking for the bucket", "_ls", bucket, quiet=True, detail=False) is not None

    def create(self) -> None:
        """Make the folder; a bucket is its owner's to make."""
        if self.protocol not in BUCKETS:
            self._calls.one("making the folder", "_makedirs", self.path, exist_ok=True)

    def list_objects(self) -> dict[Md5, Held]:
        """Every object: one listing in a store without folders, one for each of 256 folders elsewhere."""
        found: dict[Md5, Held] = {}
        for info in self._listed():
            parts = str(info["name"]).rstrip("/").rsplit("/", 2)
            md5 = object_name(*parts[1:]) if len(parts) == 3 else None
            if md5 is not None and info.get("type", "file") == "file":
                found[md5] = _held(info)
        return self._some(found)

    def ask(self, md5s: Iterable[Md5]) -> dict[Md5, Held]:
        """Ask for each object."""
        found: dict[Md5, Held] = {}

        def keep(md5: Md5, info: Any) -> None:
            if info is not None and info.get("type", "file") == "file":
                found[md5] = _held(info)

        self._calls.forget()
        calls = {md5: partial(self._calls.quietly, "_info", self._place(md5)) for md5 in md5s}
        self._calls.each("looking for objects", calls, keep)
        return self._some(found)

    def send(self, store: Store, md5s: Iterable[Md5]) -> Transfer:
        """Upload in parallel."""
        transfer = Transfer()
        groups = in_order(md5s)
        sizes = {md5: found.size for group in groups for md5 in group if (found := store.signature(md5))}
        progress.begin("sending", sum(sizes.values()))
        try:
            for group in groups:
                self._prepare(group)

                def done(md5: Md5, state: Any) -> None:
                    _note(transfer, md5, state, sizes.get(md5, 0))

                calls = {md5: partial(self._send, store, md5, sizes.get(md5, 0)) for md5 in group}
                self._calls.each("sending", calls, done, largest=max(sizes.values(), default=0))
        finally:
            progress.end()
            if self.protocol in _RENAMING:
                self._calls.attempt("_rmdir", self._join(_TEMPS))
        return transfer

    def fetch(self, store: Store, md5s: Iterable[Md5]) -> Transfer:
        """Download in parallel, listings first."""
        transfer = Transfer()
        files, listings = in_order(md5s)
        held = self.look([*listings, *files])
        transfer.missing += [md5 for md5 in (*listings, *files) if md5 not in held]
        progress.begin("fetching", sum(each.size for each in held.values()))
        try:
            calls = {md5: partial(self._fetch, store, md5, held[md5].size) for md5 in held}
            largest = max((each.size for each in held.values()), default=0)

            def done(md5: Md5, state: Any) -> None:
                _note(transfer, md5, state, held[md5].size)

            self._calls.each("fetching", calls, done, largest=largest)
            if transfer.done:
                store.flush(transfer.done)
        finally:
            progress.end()
        return transfer

    def digests(self, held: Mapping[Md5, Held]) -> dict[Md5, str | None]:
        """Download every byte of each object and keep none."""
        found: dict[Md5, str | None] = {}

        def done(md5: Md5, digest: Any) -> None:
            found[md5] = digest
            progress.advance(held[md5].size)

        progress.begin("reading", sum(each.size for each in held.values()))
        try:
            calls = {md5: partial(self._digest, md5, each.size) for md5, each in held.items()}
            largest = max((each.size for each in held.values()), default=0)
            self._calls.each("reading", calls, done, largest=largest)
        finally:
            progress.end()
        return found

    def copy_out(self, md5: Md5, target: Path) -> None:
        """Download the object as it is."""
        call = partial(self._calls.call, "_get_file", self._place(md5), str(target), watched=True)
        self._calls.run("reading", call)

    def remove(self, md5s: Iterable[Md5]) -> None:
        """Remove each object."""
        calls = {md5: partial(self._calls.quietly, "_rm_file", self._place(md5)) for md5 in md5s}
        self._calls.each("removing", calls, lambda _md5, _result: None)

    def read_note(self, name: str) -> bytes | None:
        """Read the small file."""
        data = self._calls.one("reading the note", "_cat_file", self._join(name), quiet=True)
        return None if data is None else bytes(data)

    def write_note(self, name: str, data: bytes) -> None:
        """Write the small file."""
        self._calls.run("writing the note", partial(self._put_bytes, self._join(name), data))

    def clear_temps(self, token: str) -> None:
        """Remove a killed run's temporary files; a remote of whole uploads has none."""
        if self.protocol in _RENAMING:
            place = self._join(_TEMPS)
            infos = self._calls.one("looking for left-overs", "_ls", place, quiet=True, detail=False) or []
            for path in infos:
                if re.search(rf"/\.hotpass-{token}-[0-9]+\.tmp$", path):
                    self._calls.attempt("_rm_file", path)
            self._calls.attempt("_rmdir", place)

    # --- what happens to one object ---------------------------------------------------------------------------

    async def _send(self, store: Store, md5: Md5, size: int) -> ObjectState:
        if size <= _SMALL:
            try:
                data = store.read(md5)
            except MissingObjectError:
                return ObjectState.MISSING
            except DamagedObjectError:
                return ObjectState.DAMAGED
            await self._put_bytes(self._place(md5), data)
            return ObjectState.PRESENT
        before = store.signature(md5)
        state = await self._calls.aside(store.check, md5)
        if state is ObjectState.PRESENT:
            await self._put_file(store.locate(md5), self._place(md5))
            if store.signature(md5) != before:
                # It was written to while it was sent: what is there now may be anything.
                await self._calls.quietly("_rm_file", self._place(md5))
                return ObjectState.DAMAGED
        return state

    async def _put_bytes(self, place: str, data: bytes) -> None:
        await self._whole(place, lambda target: self._calls.call("_pipe_file", target, data))

    async def _put_file(self, source: Path, place: str) -> None:
        await self._whole(
            place, lambda target: self._calls.call("_put_file", str(source), target, watched=True)
        )

    async def _whole(self, place: str, put: Callable[[str], Any]) -> None:
        """Put something under a name at once, when all of it is there."""
        if self.protocol not in _RENAMING:
            await put(place)
            return
        self._number += 1
        temp = self._join(_TEMPS, f".hotpass-{self._calls.token}-{self._number}.tmp")
        try:
            await put(temp)
            await self._calls.call("_mv", temp, place)
        except BaseException:
            await self._calls.quietly("_rm_file", temp)
            raise

    async def _fetch(self, store: Store, md5: Md5, size: int) -> ObjectState:
        if size <= _SMALL:
            data = await self._calls.quietly("_cat_file", self._place(md5))
            if data is None:
                return ObjectState.MISSING
            if hashlib.md5(data, usedforsecurity=False).hexdigest() != md5.removesuffix(".dir"):
                return ObjectState.DAMAGED
            store.put_bytes(bytes(data), ".dir" if md5.endswith(".dir") else "", durable=False)
            return ObjectState.PRESENT
        state = await self._with_file(
            md5, store, lambda temp: self._calls.aside(partial(store.adopt, durable=False), temp, md5)
        )
        return state or ObjectState.MISSING

    async def _digest(self, md5: Md5, size: int) -> str | None:
        if size > _SMALL:
            return await self._with_file(md5, self._scratch, lambda temp: self._calls.aside(md5_of, temp))
        data = await self._calls.quietly("_cat_file", self._place(md5))
        return None if data is None else hashlib.md5(data, usedforsecurity=False).hexdigest()

    async def _with_file(
        self, md5: Md5, store: Store, use: Callable[[Path], Awaitable[_Result]]
    ) -> _Result | None:
        """Download an object to a temporary file of a store's and use it; None where the object is gone."""
        self._number += 1
        descriptor, temp = create_temp(store.prepared_temps(), store.token, 1_000_000 + self._number)
        os.close(descriptor)
        try:
            try:
                await self._calls.call("_get_file", self._place(md5), str(temp), watched=True)
            except (FileNotFoundError, NotADirectoryError):
                return None
            return await use(temp)
        finally:
            remove_quietly(temp)
            with suppress(OSError):
                store.temp_directory().rmdir()

    # --- places and folders -----------------------------------------------------------------------------------

    def _join(self, *parts: str) -> str:
        return "/".join((self.path.rstrip("/"), *parts))

    def _place(self, md5: Md5) -> str:
        return f"{self.objects}/{md5[:2]}/{md5[2:]}"

    def _prepare(self, md5s: list[Md5]) -> None:
        """Make the folders that objects go to, where the protocol has folders."""
        if self.protocol not in _RENAMING or not md5s:
            return
        if self._folders is None:
            found = (
                self._calls.one("looking for folders", "_ls", self.objects, quiet=True, detail=False) or []
            )
            self._folders = {str(path).rstrip("/").rsplit("/", 1)[-1] for path in found}
        wanted = sorted({md5[:2] for md5 in md5s} - self._folders)
        places = {name: f"{self.objects}/{name}" for name in wanted} | {_TEMPS: self._join(_TEMPS)}
        if not self._folders:
            self._calls.one("making folders", "_makedirs", self.objects, exist_ok=True)
        calls = {
            name: partial(self._calls.call, "_makedirs", at, exist_ok=True) for name, at in places.items()
        }
        self._calls.each("making folders", calls, lambda _name, _result: None)
        self._folders |= set(wanted)

    def _listed(self) -> list[dict[str, Any]]:
        if not self.lists:
            raise RemoteUnusableError(self.name, "a server of this kind lists no files")
        self._calls.forget()
        if self.protocol in BUCKETS:
            infos = self._calls.one("listing", "_find", self.objects, quiet=True, detail=True) or {}
            return list(infos.values())
        folders = self._calls.one("listing", "_ls", self.objects, quiet=True, detail=True) or []
        found: list[dict[str, Any]] = []
        calls = {
            str(info["name"]): partial(self._calls.quietly, "_ls", str(info["name"]).rstrip("/"), detail=True)
            for info in folders
            if info["type"] == "directory"
        }
        self._calls.each("listing", calls, lambda _name, infos: found.extend(infos or []))
        return found


def _note(transfer: Transfer, md5: Md5, state: ObjectState, size: int) -> None:
    if state is ObjectState.PRESENT:
        transfer.done.append(md5)
        transfer.size += size
        progress.advance(size)
    else:
        (transfer.missing if state is ObjectState.MISSING else transfer.damaged).append(md5)


def _held(info: Mapping[str, Any]) -> Held:
    """Size and digest from what a file system says; each store has a place of its own for the digest."""
    size = int(info["size"])
    etag = str(info.get("ETag", "")).strip('"')
    if re.fullmatch(r"[0-9a-f]{32}", etag):
        return Held(size, etag)
    settings = info.get("content_settings")
    raw = settings.get("content_md5") if isinstance(settings, Mapping) else info.get("md5Hash")
    if isinstance(raw, str):
        raw = base64.b64decode(raw)
    return Held(size, bytes(raw).hex() if raw else None)
