"""Data for the benchmarks, made from a seed, in small pieces so that the runner itself stays small."""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile
from pathlib import Path
from random import Random

MEGABYTE = 1_000_000
TREE_FILE_BYTES = 10_000
_PER_FOLDER = 100
_COLUMNS = 20
_ROWS_PER_MEGABYTE = 2300
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PARTS = {
    "[Content_Types].xml": (
        f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_KIND}.worksheet+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        '<sheet name="organizations" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
    ),
}


def make_workbook(path: Path, megabytes: int, seed: int) -> None:
    """Write a true workbook of about that size: an id, and columns of text that does not compress well."""
    random = Random(seed)
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in _PARTS.items():
            archive.writestr(zipfile.ZipInfo(name), text)
        part = zipfile.ZipInfo(
            "xl/worksheets/sheet1.xml"
        )  # a fixed date, so the same seed makes the same bytes
        part.compress_type = zipfile.ZIP_DEFLATED
        with archive.open(part, "w") as sheet:
            sheet.write(f'<worksheet xmlns="{_MAIN}"><sheetData>'.encode())
            header = ["organization_id", *(f"field_{number}" for number in range(1, _COLUMNS))]
            sheet.write(_row(1, header))
            for number in range(2, megabytes * _ROWS_PER_MEGABYTE + 2):
                text = random.randbytes(18 * (_COLUMNS - 1)).hex()
                sheet.write(
                    _row(number, [f"B-{number:07d}", *(text[i : i + 36] for i in range(0, len(text), 36))])
                )
            sheet.write(b"</sheetData></worksheet>")


def _row(number: int, cells: list[str]) -> bytes:
    inner = "".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in cells)
    return f'<row r="{number}">{inner}</row>'.encode()


def make_file(path: Path, megabytes: int, seed: int) -> None:
    """Write random bytes."""
    random = Random(seed)
    with path.open("wb") as file:
        for _ in range(megabytes):
            file.write(random.randbytes(MEGABYTE))


def make_tree(path: Path, files: int, seed: int) -> None:
    """Write a folder of files of 10 KB each, a hundred to a folder; no two are alike."""
    random = Random(seed)
    for number in range(files):
        folder = path / f"part-{number // _PER_FOLDER:03d}"
        if number % _PER_FOLDER == 0:
            folder.mkdir(parents=True)
        (folder / f"{number:05d}.bin").write_bytes(random.randbytes(TREE_FILE_BYTES))


def place(source: Path, target: Path) -> None:
    """Put a fresh copy of a file or folder where nothing is remembered of it: new inodes, new times."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, copy_function=shutil.copyfile)
    else:
        shutil.copyfile(source, target)


def remove(path: Path) -> None:
    """Delete a file or a folder, or do nothing where there is none."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def digest(path: Path) -> str:
    """The name DVC gives to the data: md5 of a file, or of a folder's listing with the suffix ``.dir``."""
    if not path.is_dir():
        return _md5_of_file(path)
    files = {file.relative_to(path).as_posix(): file for file in path.rglob("*") if file.is_file()}
    entries = [{"md5": _md5_of_file(file), "relpath": relative} for relative, file in sorted(files.items())]
    listing = json.dumps(entries, sort_keys=True).encode()
    return hashlib.md5(listing, usedforsecurity=False).hexdigest() + ".dir"


def _md5_of_file(path: Path) -> str:
    running = hashlib.md5(usedforsecurity=False)
    with path.open("rb") as file:
        while piece := file.read(MEGABYTE):
            running.update(piece)
    return running.hexdigest()
