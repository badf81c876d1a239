"""Profiles from YAML files: those that ship by name, others by path; each may extend another."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import fields as fields_of
from pathlib import Path
from typing import Any

from hotpass.errors import ReadError
from hotpass.refine.profiles import schema
from hotpass.refine.profiles.errors import ProfileError, UnknownProfileError
from hotpass.refine.profiles.fields import FIELDS
from hotpass.refine.profiles.profile import Profile, Thresholds
from hotpass.refine.profiles.schema import Checker, Node

_FOLDER = Path(__file__).parent
# What a profile adds to the list it extends; all else takes the other's place.
_ADDED = ("ignored_headers", "placeholders", "legal_forms", "free_mail", "role_mail", "extra_fields")
_SETS = ("ignored_headers", "placeholders", "free_mail", "role_mail", "extra_headers")


def shipped_profiles() -> tuple[str, ...]:
    """The names of the profiles that come with Hotpass."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.yaml")))


def load_profile(name: str) -> Profile:
    """Read a profile by the name of one that ships, or by the path of a YAML file.

    Raises ProfileError, UnknownProfileError, ReadError.
    """
    return _profile(_path_of(name), ())


def _path_of(name: str) -> Path:
    if name in shipped_profiles():
        return _FOLDER / f"{name}.yaml"
    path = Path(name)
    if path.suffix.lower() in (".yaml", ".yml") and path.exists():
        return path
    raise UnknownProfileError(name, shipped_profiles())


def _profile(path: Path, below: tuple[str, ...]) -> Profile:
    shown = path.name if path.parent == _FOLDER else str(path)
    data, digest = _document(path, shown)
    node = Node(data, 1, shown)
    known = dict(node.items())
    base = Profile("", extras="all")
    if "extends" in known:
        name = schema.text(known["extends"])
        target = str(path.parent / name) if name.endswith((".yaml", ".yml")) else name
        if str(path) in below:
            raise known["extends"].wrong("a profile that does not extend this one")
        base = _profile(_path_of(target), (*below, str(path)))
    extra = schema.texts(known["extra_fields"]) if "extra_fields" in known else ()
    for field in extra:
        if not field.isidentifier() or field in FIELDS:
            raise known["extra_fields"].wrong("names of further fields, of letters, digits and _", field)
    said = schema.checked(node, _checkers((*FIELDS, *base.extra_fields, *extra)))
    if "profile" not in said:
        raise node.wrong("the key profile, with the profile's name")
    said.pop("extends", None)
    combined = hashlib.sha256((base.digest + digest).encode()).hexdigest()
    return Profile(**_merged(base, said, combined))


def _document(path: Path, shown: str) -> tuple[Any, str]:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        data = path.read_bytes()
        document = YAML(typ="rt").load(data.decode("utf-8"))
    except OSError as error:
        raise ReadError(shown, error.strerror or str(error)) from error
    except UnicodeDecodeError as error:
        raise ProfileError(shown, data[: error.start].count(b"\n") + 1, "text in UTF-8") from error
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise ProfileError(shown, mark.line + 1 if mark else 1, "YAML", problem) from error
    return document, hashlib.sha256(data).hexdigest()


def _checkers(fields: tuple[str, ...]) -> dict[str, Checker]:
    return {
        "profile": schema.text,
        "description": schema.text,
        "extends": schema.text,
        "country": schema.country,
        "area_code": schema.digits,
        "date_order": schema.one_of("dmy", "mdy"),
        "headers": schema.headers_of(fields),
        "extra_fields": schema.texts,
        "ignored_headers": lambda node: frozenset(schema.keys(node)),
        "placeholders": schema.lowered,
        "legal_forms": schema.texts,
        "free_mail": schema.lowered,
        "role_mail": schema.lowered,
        "regions": schema.mapping_of_texts,
        "countries": schema.mapping_of_texts,
        "source_priority": schema.texts,
        "thresholds": lambda node: schema.checked(
            node, {each.name: schema.share for each in fields_of(Thresholds)}
        ),
        "header_row": schema.header_rows,
        "columns": schema.columns_of(fields),
        "sheets_kept": schema.texts,
        "sheets_left_out": schema.texts,
        "extras": _extras,
        "rules": schema.rules_of(fields),
    }


def _extras(node: Node) -> tuple[str, frozenset[str]]:
    if isinstance(node.value, list):
        return "listed", frozenset(schema.keys(node))
    return schema.one_of("all", "none")(node), frozenset()


KEYS = tuple(_checkers(tuple(FIELDS)))
"""Every key of a profile."""


def _merged(base: Profile, said: Mapping[str, Any], digest: str) -> dict[str, Any]:
    """What a profile says, over what it extends."""
    merged = {each.name: getattr(base, each.name) for each in fields_of(Profile)}
    for key, value in said.items():
        match key:
            case "profile":
                merged["name"] = value
            case "extras":
                merged["extras"], merged["extra_headers"] = value
            case "thresholds":
                merged[key] = Thresholds(
                    **{each.name: getattr(base.thresholds, each.name) for each in fields_of(Thresholds)}
                    | value
                )
            case "headers":
                # Its own names come first: they are the better known ones.
                merged[key] = dict(base.headers) | {
                    field: tuple(dict.fromkeys((*names, *base.headers.get(field, ()))))
                    for field, names in value.items()
                }
            case "regions" | "countries" | "header_row" | "columns":
                merged[key] = value | {
                    name: meant for name, meant in getattr(base, key).items() if name not in value
                }
            case "rules":
                named = {rule.name for rule in value}
                merged[key] = (*(rule for rule in base.rules if rule.name not in named), *value)
            case _ if key in _ADDED:
                joined = (*getattr(base, key), *value)
                merged[key] = frozenset(joined) if key in _SETS else tuple(dict.fromkeys(joined))
            case _:
                merged[key] = value
    # A header that means a field here is no longer one to ignore.
    meant = {name for names in said.get("headers", {}).values() for name in names}
    merged["ignored_headers"] = frozenset(merged["ignored_headers"]) - meant
    merged["digest"] = digest
    return merged
