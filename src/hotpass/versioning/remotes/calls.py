"""Calls to a file system of fsspec, many at a time, with an end to a server that says nothing.

File systems of two kinds are met: those with coroutines (S3, GCS, Azure, SSH, HTTP), which share fsspec's own loop,
and plain ones (WebDAV, HDFS), whose methods run in threads of that loop.
"""

from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, TypeVar

from hotpass.errors import HotpassError, without_secrets
from hotpass.versioning.errors import RemoteUnusableError
from hotpass.versioning.remotes.errors import RemoteFullError, RemoteRefusedError, RemoteTimeoutError

_Key = TypeVar("_Key", bound=str)
_Result = TypeVar("_Result")
_SLOWEST = 50_000
"""Bytes a second that a transfer makes at the least; part sizes are taken as 64 MiB at the most."""

_PIECE = 64 << 20
# What is raised where a name leads to nothing. `NotADirectoryError`: a file stands where a folder should.
_NOT_THERE = (FileNotFoundError, NotADirectoryError)
_REFUSING = frozenset([errno.EACCES, errno.EPERM, errno.EROFS])
_REFUSING_WORDS = (
    "permission",
    "denied",
    "forbidden",
    "unauthorized",
    "credential",
    "authentication",
    "login",
)


class Calls:
    """One file system's methods by their fsspec names. ``patience`` is in seconds without any progress."""

    def __init__(
        self, name: str, fs: Any, token: str, patience: float, secrets: tuple[str, ...] = ()
    ) -> None:
        self.name, self.token, self.patience = name, token, patience
        self._fs, self._secrets = fs, secrets
        self._beats = 0

    def one(self, what: str, method: str, *args: Any, quiet: bool = False, **named: Any) -> Any:
        """Call one method; with ``quiet`` the answer is None where nothing is there."""
        call = self.quietly if quiet else self.call
        return self.run(what, lambda: call(method, *args, **named))

    def attempt(self, method: str, *args: Any) -> None:
        """Call a method whose failure does not matter: cleaning up."""
        with suppress(HotpassError):
            self.one("cleaning up", method, *args)

    def forget(self) -> None:
        """Drop what the file system remembers of listings: only what is there now counts."""
        with self.translated("looking"):
            self._plain.invalidate_cache()

    def run(self, what: str, call: Callable[[], Awaitable[Any]]) -> Any:
        """Run one coroutine to its end."""
        answers: list[Any] = []
        self.each(what, {"": call}, lambda _name, answer: answers.append(answer))
        return answers[0]

    def each(
        self,
        what: str,
        calls: Mapping[_Key, Callable[[], Awaitable[Any]]],
        done: Callable[[_Key, Any], None],
        *,
        largest: int = 0,
    ) -> None:
        """Run many, as many at a time as DVC's ``jobs`` says; ``done`` hears of each in this thread.

        The first failure ends all. ``largest`` is the size in bytes of the largest that is moved.
        """
        if not calls:
            return
        answers: SimpleQueue[tuple[_Key, Any]] = SimpleQueue()
        with self.translated(what):
            future = asyncio.run_coroutine_threadsafe(self._all(calls, answers), self._loop)
            try:
                self._wait(future, answers, done, self.patience + min(largest, _PIECE) / _SLOWEST)
            except BaseException:
                future.cancel()
                raise

    def _wait(self, future: Any, answers: Any, done: Callable[[Any, Any], None], patience: float) -> None:
        waited, beats = 0.0, self._beats
        while not (future.done() and answers.empty()):
            try:
                done(*answers.get(timeout=0.2))
                waited = 0.0
            except Empty:
                waited = 0.0 if self._beats != beats else waited + 0.2
                beats = self._beats
            if waited >= patience:
                raise TimeoutError
        future.result()

    async def _all(self, calls: Mapping[_Key, Callable[[], Awaitable[Any]]], answers: Any) -> None:
        waiting = iter(calls.items())

        async def work() -> None:
            for key, call in waiting:
                answers.put((key, await call()))

        jobs = max(1, min(int(self._fs.jobs), len(calls)))
        tasks = [asyncio.ensure_future(work()) for _ in range(jobs)]
        try:
            await asyncio.gather(*tasks)
        except BaseException:
            for task in tasks:
                task.cancel()
            # What is on its way is stopped in good order, for a while: clients close their connections.
            await asyncio.wait(tasks, timeout=2)
            raise

    async def call(self, method: str, *args: Any, watched: bool = False, **named: Any) -> Any:
        """Await one of the file system's methods, whatever kind it is of."""
        if watched:
            named["callback"] = _beating(self)
        if self._plain.async_impl:
            # The methods that fsspec makes of coroutines keep their names without the underscore.
            return await getattr(self._plain, method)(*args, **named)
        return await self.aside(getattr(self._plain, method.removeprefix("_")), *args, **named)

    async def quietly(self, method: str, *args: Any, **named: Any) -> Any:
        """The same; None where nothing is there."""
        try:
            return await self.call(method, *args, **named)
        except _NOT_THERE:
            return None

    async def aside(self, function: Callable[..., _Result], *args: Any, **named: Any) -> _Result:
        """Await a function that takes its time, in a thread that nobody waits for at the end of the program."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[_Result] = loop.create_future()

        def settle(result: Any, error: BaseException | None) -> None:
            if not future.done():
                if error is None:
                    future.set_result(result)
                else:
                    future.set_exception(error)

        def work() -> None:
            result, failure = None, None
            try:
                result = function(*args, **named)
            except BaseException as error:  # noqa: BLE001  # carried to whoever awaits
                failure = error
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(settle, result, failure)

        Thread(target=work, daemon=True).start()
        return await future

    def beat(self) -> None:
        """Note that something moved."""
        self._beats += 1

    @property
    def _plain(self) -> Any:
        """Fsspec's own object, which DVC makes, and connects, when it is first asked for."""
        return self._fs.fs

    @property
    def _loop(self) -> asyncio.AbstractEventLoop:
        from fsspec.asyn import get_loop

        loop: asyncio.AbstractEventLoop = self._plain.loop if self._plain.async_impl else get_loop()
        return loop

    @contextmanager
    def translated(self, what: str) -> Iterator[None]:
        """Turn what a file system raises into an error of the remote."""
        try:
            yield
        except HotpassError:
            raise
        except Exception as error:  # every file system behind DVC has errors of its own
            raise self.translate(error, what) from error

    def translate(self, error: BaseException, what: str) -> RemoteUnusableError:
        """The error of the remote that a foreign error means; never one that says "missing"."""
        text = without_secrets(f"{error}".strip(), self._secrets).splitlines()
        reason = (text[0] if text else "") or type(error).__name__
        names = {kind.__name__ for each in _chain(error) for kind in type(each).__mro__}
        if names & {"TimeoutError", "ReadTimeoutError", "ConnectTimeoutError", "ServerTimeoutError"}:
            return RemoteTimeoutError(self.name, what, self.patience)
        number = getattr(error, "errno", None)
        if number in (errno.ENOSPC, errno.EDQUOT):
            return RemoteFullError(self.name, os.strerror(number), 0, None)
        refused = names & {"PermissionError", "NoCredentialsError", "AuthError", "PermissionDenied"}
        if refused or number in _REFUSING or any(word in reason.lower() for word in _REFUSING_WORDS):
            return RemoteRefusedError(self.name, reason)
        return RemoteUnusableError(self.name, f"{type(error).__name__}: {reason}")


def within(seconds: float, function: Callable[[], _Result]) -> _Result:
    """Call a function that may hang; raises TimeoutError, and leaves it hanging, when the time is over."""
    answers: SimpleQueue[tuple[Any, BaseException | None]] = SimpleQueue()

    def work() -> None:
        try:
            answers.put((function(), None))
        except BaseException as error:  # noqa: BLE001  # carried to the caller's thread, which raises it
            answers.put((None, error))

    Thread(target=work, daemon=True).start()
    try:
        result, failure = answers.get(timeout=seconds)
    except Empty:
        raise TimeoutError from None
    if failure is not None:
        raise failure
    answer: _Result = result
    return answer


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__


def _beating(calls: Calls) -> Any:
    from fsspec.callbacks import Callback

    class Beating(Callback):  # type: ignore[misc]  # fsspec ships no types
        def call(self, hook_name: str | None = None, **kwargs: Any) -> None:  # noqa: ARG002  # as fsspec calls it
            calls.beat()

    return Beating()
