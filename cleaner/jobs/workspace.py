"""The folder `DEST/_cleaner`: one writer at a time, and what an interrupted run left there."""

import json
import os
import shutil
import socket
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import msgspec

import cleaner
from cleaner.config import Config
from cleaner.durable import replace_bytes
from cleaner.formats.base import Piece
from cleaner.formats.discover import OWN_FOLDER, shown
from cleaner.formats.opening import stamp
from cleaner.model import CleanerError

__all__ = ["Workspace", "config_digest"]

MANIFEST = "manifest.json"


def config_digest(config: Config) -> str:
    """SHA-256 of a configuration, in hexadecimal: equal where every option is equal."""
    import hashlib

    return hashlib.sha256(msgspec.json.encode(config, order="sorted")).hexdigest()


class Workspace:
    """Claims an output folder for one run.

    Raises:
        CleanerError: the folder holds something else, another run is at work there, or an
            unfinished run would be thrown away or continued with other options.
    """

    def __init__(self, dest: Path, *, resume: bool) -> None:
        self.dest = dest
        self.own = dest / OWN_FOLDER
        self.work = self.own / "work"
        self.finished = self.own / "finished"
        self._lock = self.own / "lock"
        self.resume = resume
        self._held = False

    def __enter__(self) -> Self:
        try:
            self._open()
        except OSError as error:
            self.__exit__()
            raise CleanerError(
                f"{self.dest}: cannot be written: {error.strerror or error}; choose another folder"
            ) from error
        except CleanerError:
            self.__exit__()
            raise
        return self

    def _open(self) -> None:
        if self.dest.exists() and not self.own.exists() and any(self.dest.iterdir()):
            raise CleanerError(
                f"{self.dest}: is not empty and was not written by cleaner; choose another folder"
            )
        self.own.mkdir(parents=True, exist_ok=True)
        self._claim()
        for draft in self.own.glob("lock.*"):  # of a process that was killed while it asked
            draft.unlink(missing_ok=True)
        shutil.rmtree(self.finished, ignore_errors=True)  # its run was complete but for this
        if self.work.exists() and not self.resume:
            raise CleanerError(
                f"{self.dest}: holds an unfinished run; continue it with --resume, "
                "or delete the folder"
            )
        manifest = self.own / MANIFEST
        if manifest.exists() and not self.work.exists():
            self._remove_earlier(manifest)
        self.work.mkdir(exist_ok=True)

    def __exit__(self, *_: object) -> None:
        if self._held:
            self._lock.unlink(missing_ok=True)
            self._held = False

    def _claim(self) -> None:
        """Create the lock file, or take over one whose process is gone."""
        mine = json.dumps({"host": socket.gethostname(), "pid": os.getpid()}).encode()
        # A link appears with its content: whoever dies in between leaves no lock without an owner.
        draft = self._lock.with_name(f"lock.{os.getpid()}")
        draft.write_bytes(mine)
        try:
            for _ in range(2):
                try:
                    os.link(draft, self._lock)
                except FileExistsError:
                    self._break_stale()
                    continue
                self._held = True
                return
        finally:
            draft.unlink(missing_ok=True)
        raise CleanerError(f"{self._lock}: another run just took this folder; wait for it")

    def _break_stale(self) -> None:
        try:
            owner = json.loads(self._lock.read_bytes() or b"{}")
        except (OSError, ValueError):
            owner = {}
        here = owner.get("host") == socket.gethostname()
        pid = owner.get("pid")
        if here and isinstance(pid, int) and not _alive(pid):
            self._lock.unlink(missing_ok=True)
            return
        who = f"process {pid} on {owner.get('host')}" if pid else "an unknown process"
        raise CleanerError(
            f"{self.dest}: {who} is writing here; wait for it, or delete {self._lock} if it is gone"
        )

    def _remove_earlier(self, manifest: Path) -> None:
        """Take away what an earlier, finished run wrote: its files and nothing else."""
        try:
            earlier = msgspec.json.decode(manifest.read_bytes())
            names = [
                one["written"].get("name_bytes", one["written"]["name"])
                for one in earlier["files"]
                if one["written"]
            ]
        except (msgspec.MsgspecError, KeyError, TypeError) as error:
            raise CleanerError(
                f"{manifest}: is no manifest of cleaner; choose another folder"
            ) from error
        manifest.unlink()
        root = self.dest.resolve()
        for name in names:
            path = self.dest / name
            if root in path.resolve().parents:
                path.unlink(missing_ok=True)
        for child in self.own.iterdir():
            if child != self._lock:
                shutil.rmtree(child) if child.is_dir() else child.unlink()

    def check_state(self, config: Config, files: Sequence[Piece], sizes: Sequence[int]) -> None:
        """Refuse to continue a run that was begun with something else, and say with what."""
        state = {
            "version": cleaner.__version__,
            "config": msgspec.to_builtins(config),
            "files": [
                [shown(piece.name), size, stamp(piece.path)]
                for piece, size in zip(files, sizes, strict=True)
            ],
        }
        path = self.work / "state.json"
        if path.exists():
            before = msgspec.json.decode(path.read_bytes())
            now = msgspec.json.decode(msgspec.json.encode(state))
            if before != now:
                raise CleanerError(
                    f"{self.dest}: cannot be resumed: {_difference(before, now)}; "
                    "delete the folder to begin again"
                )
        else:
            replace_bytes(path, msgspec.json.encode(state))


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _difference(before: Any, now: Any) -> str:
    if before["version"] != now["version"]:
        return f"it was begun by version {before['version']}, this is {now['version']}"
    for key, value in now["config"].items():
        if before["config"].get(key) != value:
            return f"option {key} was {before['config'].get(key)!r} and is {value!r}"
    old = {name: rest for name, *rest in before["files"]}
    new = {name: rest for name, *rest in now["files"]}
    for name in sorted(old.keys() | new.keys()):
        if old.get(name) != new.get(name):
            return f"input {name} changed, came or went"
    return "the order of the input changed"
