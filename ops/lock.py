"""Keep the exact versions in pyproject.toml: rewrite them, or check that the environment follows them.

``make lock`` resolves every extra afresh, without the versions pinned so far, and writes the result between
the two marker lines of ``[tool.uv] constraint-dependencies``. Only names and versions are kept: no hosts, no
hashes (docs/decisions/0003-no-lock-file-with-hosts.md). Run it through ``ops/uv.sh run``, which sets ``UV``.

``--check`` reads the ``uv.lock`` that the last ``uv sync`` left and fails when a package in it is not pinned.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYPROJECT = ROOT / "pyproject.toml"
BLOCK = re.compile(r"(?P<start>^ *# <pins>\n)(?P<pins>.*?)(?P<end>^ *# </pins>\n)", re.DOTALL | re.MULTILINE)
REQUIREMENT = re.compile(r"^(?P<name>[a-z0-9-]+)==(?P<version>[^\s;]+)(?:\s*;\s*(?P<marker>.+))?$")


def with_pins(text: str, pins: list[str]) -> str:
    block = "".join(f'    "{pin}",\n' for pin in pins)
    changed, count = BLOCK.subn(lambda found: found["start"] + block + found["end"], text)
    if count != 1:
        sys.exit(f"error: {PYPROJECT.name} has {count} blocks between '# <pins>' and '# </pins>', not one")
    return changed


def resolve(pyproject: str) -> list[str]:
    """Resolve for every extra, supported Python and platform; return the lines of the export."""
    uv = os.environ.get("UV")
    if not uv:
        sys.exit("error: UV is not set\nhint: make lock")
    with tempfile.TemporaryDirectory(prefix="hotpass-lock-") as folder:
        Path(folder, PYPROJECT.name).write_text(pyproject, encoding="utf-8")
        options = ["--project", folder, "--quiet"]
        subprocess.run([uv, "lock", *options, "--upgrade"], check=True)
        export = subprocess.run(
            [uv, "export", *options, "--frozen", "--all-extras", "--no-emit-project", "--no-hashes"],
            check=True,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
    return export.stdout.splitlines()


def pins_of(lines: list[str]) -> list[str]:
    """Turn an export into sorted pins; a marker stays only where one name has several versions."""
    found: dict[str, list[tuple[str, str | None]]] = {}
    for line in lines:
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = REQUIREMENT.match(line.strip())
        if match is None:
            sys.exit(f"error: not a name and a version: {line}")
        found.setdefault(match["name"], []).append((match["version"], match["marker"]))
    pins = []
    for name, versions in sorted(found.items()):
        if len({version for version, _ in versions}) == 1:
            pins.append(f"{name}=={versions[0][0]}")
            continue
        pins.extend(
            f"{name}=={version} ; {marker}" if marker else f"{name}=={version}"
            for version, marker in sorted(versions, key=lambda pair: (pair[0], pair[1] or ""))
        )
    return pins


def lock() -> None:
    text = PYPROJECT.read_text(encoding="utf-8")
    pins = pins_of(resolve(with_pins(text, [])))
    changed = with_pins(text, pins)
    if changed == text:
        print(f"{len(pins)} pins, unchanged")
        return
    PYPROJECT.write_text(changed, encoding="utf-8")
    print(f"{len(pins)} pins written to {PYPROJECT.name}")


def check() -> None:
    pyproject = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))
    pinned = {pin.partition(" ;")[0] for pin in pyproject["tool"]["uv"]["constraint-dependencies"]}
    packages = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))["package"]
    chosen = {f"{p['name']}=={p['version']}" for p in packages if p["name"] != pyproject["project"]["name"]}
    if loose := sorted(chosen - pinned):
        sys.exit(f"error: not pinned: {', '.join(loose)}\nhint: make lock")
    print(f"{len(chosen)} packages, each at its pinned version")


def main() -> None:
    parser = argparse.ArgumentParser(description="Rewrite or check the pinned versions in pyproject.toml.")
    parser.add_argument("--check", action="store_true", help="change nothing; fail where one is not pinned")
    if parser.parse_args().check:
        check()
    else:
        lock()


if __name__ == "__main__":
    main()
