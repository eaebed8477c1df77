"""The list of images: what may be started, under which reference, and who said so. Pure but for reading."""

import re
import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from harness.images.reference import BadReference, Reference, parse
from harness.settings import ROOT, Settings

LIST = ROOT / "compose" / "images.toml"
_FIELDS: Mapping[str, type] = {
    "reference": str,
    "digest": str,
    "local": str,
    "licence": str,
    "size_mb": int,
    "optional": bool,
    "purpose": str,
}


class BadList(Exception):
    """A list of images, or a choice of one, cannot be used; the text says where and why."""


@dataclass(frozen=True, slots=True)
class Image:
    """One entry. Shape: reference is None for what only we build; local is "" for what only a registry has.

    said_by is where the reference comes from: the list, a file, a variable, a flag.
    """

    name: str
    reference: Reference | None
    local: str
    licence: str
    size_mb: int
    optional: bool
    purpose: str
    said_by: str
    chosen: bool = False
    """Somebody chose another than the list: no stand-in of ours takes its place."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Shape: images by name, in the order of the list."""

    images: Mapping[str, Image]

    def image(self, name: str) -> Image:
        """Errors: BadList for an image that is not listed."""
        if name not in self.images:
            raise BadList(
                f"image {name!r} is not listed in compose/images.toml and is refused; "
                f"listed are {', '.join(self.images)}"
            )
        return self.images[name]

    def named(self, names: Iterable[str]) -> list[Image]:
        """Return these images; all of them if none is named.

        Errors: BadList.
        """
        return [self.image(name) for name in names] or list(self.images.values())


def load(
    settings: Settings,
    flags: Iterable[str] = (),
    file: Path | None = None,
    listed: Path = LIST,
) -> Catalogue:
    """Read the list and what overrides it.

    Shape:  flags are `NAME=REFERENCE`; file takes the place of GATEPROOF_IMAGES.
    Errors: BadList, one line.
    """
    images = {name: _image(name, fields, listed) for name, fields in _tables(listed).items()}
    if other := file or settings.images_file:
        for name, fields in _tables(other).items():
            _known(images, name, str(other))
            images[name] = _overlaid(images[name], fields, other)
    for variable, text in settings.image_choices.items():
        said_by = f"GATEPROOF_IMAGE_{variable.upper()}"
        found = next((name for name in images if as_variable(name) == variable), variable)
        images[found] = _chosen(_known(images, found, said_by), text, said_by)
    for flag in flags:
        name, equals, text = flag.partition("=")
        if not equals:
            raise BadList(
                f"--image takes NAME=REFERENCE, found {flag!r}; as in --image redis=redis:7.2.4"
            )
        images[name] = _chosen(_known(images, name, "--image"), text, "--image")
    return Catalogue(images)


def as_variable(name: str) -> str:
    """Return how a variable spells a name: `base/python` is GATEPROOF_IMAGE_BASE_PYTHON."""
    return re.sub(r"[^a-z0-9]", "_", name)


def as_environment(flags: Iterable[str]) -> dict[str, str]:
    """Return flags as variables, for a process that is started with them."""
    split = (flag.partition("=") for flag in flags)
    return {f"GATEPROOF_IMAGE_{as_variable(name).upper()}": text for name, _, text in split}


def candidates(image: Image, local_tags: Collection[str]) -> list[str]:
    """Return the references that may be used for an image, the preferred one first.

    Shape: local_tags are those that a build of ours has now, one for each base it may be built on.
    """
    official = [str(image.reference)] if image.reference else []
    if image.chosen or not image.local:
        return official
    return [*official, *(f"{image.local}:{tag}" for tag in local_tags)]


def _tables(file: Path) -> dict[str, dict[str, Any]]:
    try:
        read = tomllib.loads(file.read_text())
    except OSError as error:
        raise BadList(f"cannot read the list of images {file}: {error.strerror}") from error
    except ValueError as error:  # not TOML, or not UTF-8
        raise BadList(f"{file} is not TOML: {error}") from error
    tables = read.pop("image", {})
    if read or not isinstance(tables, dict):
        raise BadList(
            f"{file}: expected tables such as [image.redis], found {next(iter(read), tables)!r}"
        )
    for name, fields in tables.items():
        _check(file, name, fields)
    return tables


def _check(file: Path, name: str, fields: Any) -> None:
    if not isinstance(fields, dict):
        raise BadList(f"{file}: image.{name} is no table; write [image.{name}]")
    for key, value in fields.items():
        if key not in _FIELDS:
            raise BadList(
                f"{file}: image.{name} has no field {key!r}; there are {', '.join(_FIELDS)}"
            )
        if type(value) is not _FIELDS[key]:
            raise BadList(
                f"{file}: image.{name}.{key} has to be {_FIELDS[key].__name__}, found {value!r}"
            )


def _image(name: str, fields: Mapping[str, Any], file: Path) -> Image:
    return Image(
        name=name,
        reference=_reference(fields, f"{file.name}: image.{name}"),
        local=fields.get("local", ""),
        licence=fields.get("licence", ""),
        size_mb=fields.get("size_mb", 0),
        optional=fields.get("optional", False),
        purpose=fields.get("purpose", ""),
        said_by="the list",
    )


def _reference(fields: Mapping[str, Any], where: str) -> Reference | None:
    if not fields.get("reference"):
        return None
    try:
        found = parse(fields["reference"])
        digest = fields.get("digest", "")
        return parse(f"{found.tagged}@{digest}") if digest else found
    except BadReference as error:
        raise BadList(f"{where}: {error}") from error


def _overlaid(image: Image, fields: Mapping[str, Any], file: Path) -> Image:
    """A reference of a file brings its own digest or none: that of the list is another image's."""
    if "reference" not in fields and "digest" in fields and image.reference:
        fields = {**fields, "reference": image.reference.tagged}
    reference = _reference(fields, f"{file}: image.{image.name}")
    changed = {key: fields[key] for key in ("licence", "size_mb", "purpose") if key in fields}
    image = replace(image, **changed)
    if reference is None:
        return image
    return replace(image, reference=reference, said_by=str(file), chosen=True)


def _chosen(image: Image, text: str, said_by: str) -> Image:
    try:
        return replace(image, reference=parse(text), said_by=said_by, chosen=True)
    except BadReference as error:
        raise BadList(f"{said_by}: {error}") from error


def _known(images: Mapping[str, Image], name: str, said_by: str) -> Image:
    if name not in images:
        raise BadList(f"{said_by}: there is no image {name!r}; there are {', '.join(images)}")
    return images[name]
