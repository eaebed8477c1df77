"""`gateproof images build`: official images where a registry answers, everything else made here."""

import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from harness import kafka_jars
from harness.images import choice, closure, content, debian, wheelhouse
from harness.images.catalogue import Catalogue
from harness.images.choice import Choice
from harness.images.content import BASE, KAFKA, REDIS, Piece
from harness.images.context import packed
from harness.images.engine import Engine, NoEngine
from harness.images.stages import stages
from harness.settings import ROOT, Settings

REGISTRY_S = 6.0
"""How long a registry may take to answer before it counts as out of reach."""

_NAMES = (BASE, REDIS, KAFKA, *content.OURS)


@dataclass(frozen=True, slots=True)
class Site:
    """Shape: say prints a line; local keeps registries out of it."""

    engine: Engine
    catalogue: Catalogue
    settings: Settings
    say: Callable[[str], None]
    pull: Callable[[Choice], None]
    local: bool = False
    anew: bool = False
    subjects: Path = ROOT
    silent: set[str] = field(default_factory=set)
    """Registries that did not answer: one wait for each is enough."""
    made: set[str] = field(default_factory=set)
    """What was made anew already."""

    @property
    def cache(self) -> Path:
        return self.settings.cache_folder


def build(site: Site, names: Sequence[str] = ()) -> list[Choice]:
    """Make sure of these images, of all that can be built if none is named; return what is there now.

    Errors: NoEngine, NoDebian, NoWheels, NoJars, BadNetwork, BadList, LacksWheel: one line each.
    """
    for name in names:
        site.catalogue.image(name)
    return [_ensure(site, name) for name in _NAMES if name in (names or _NAMES)]


def _ensure(site: Site, name: str) -> Choice:
    found = choice.choose(site.catalogue, name, site.engine, site.subjects)
    if found.held and not site.anew and not (site.local and not _is_local(found)):
        site.say(f"{name}: {found.reference} is there")
        return found
    began = time.monotonic()
    if name in content.OURS:
        reference = _build_own(site, name)
    elif _registry_answers(site, found):
        site.pull(found)
        reference = found.reference
    else:
        reference = _STAND_IN[name](site)
    held = site.engine.held(reference)
    size = f"{held.size_bytes / 1e6:.0f} MB" if held else "gone again"
    site.say(f"{name}: {reference} after {time.monotonic() - began:.1f} s, {size}")
    return Choice(found.image, reference, held)


def _is_local(found: Choice) -> bool:
    return found.stands_in or found.image.reference is None


def _registry_answers(site: Site, found: Choice) -> bool:
    """Somebody's own choice is pulled or it fails: nothing takes its place unasked."""
    if found.image.chosen:
        return True
    official = found.image.reference
    if site.local or official is None or official.registry in site.silent:
        return False
    try:
        site.engine.registry_digest(str(official), REGISTRY_S)
    except NoEngine as error:
        site.silent.add(official.registry)
        site.say(f"{official.registry} is not in reach, what it has is made here ({_first(error)})")
        return False
    return True


def _first(error: NoEngine) -> str:
    return str(error).partition(": ")[2].partition("; ")[0][:120]


def _base(site: Site) -> str:
    """Return the base for images of ours: whichever is there, else one that is fetched or made."""
    return _ensure_quietly(site, BASE)


def _ensure_quietly(site: Site, name: str) -> str:
    found = choice.choose(site.catalogue, name, site.engine)
    if found.held and not (site.local and not found.stands_in):
        return found.reference
    return _ensure(site, name).reference


def _make_base(site: Site) -> str:
    reference = f"{site.catalogue.image(BASE).local}:{content.base_tag()}"
    if site.engine.held(reference) and (not site.anew or reference in site.made):
        return reference
    site.made.add(reference)
    site.say(f"{BASE}: debootstrap {debian.SUITE}, about a minute")
    architecture = site.engine.architecture
    with tempfile.TemporaryFile() as tar:
        debian.write_base(tar, architecture, site.cache, site.settings.surroundings)
        tar.seek(0)
        told = content.labels(BASE, content.base_tag(), {})
        changes = [f'LABEL "{key}"="{value}"' for key, value in told.items()]
        site.engine.import_root(tar, reference, [*changes, 'CMD ["python3"]'])
    return reference


def _make_redis(site: Site) -> str:
    base = _make_base(site)
    packages = _packages(site, base, debian.REDIS_PACKAGES, "redis-packages")
    return _make_stand_in(site, REDIS, base, packages, _versions(packages, "redis-server"))


def _make_kafka(site: Site) -> str:
    base = _make_base(site)
    packages = _packages(site, base, debian.JAVA_PACKAGES, "java-packages")
    lock = kafka_jars.read_lock(content.KAFKA_LOCK)
    site.say(f"{KAFKA}: the jars of Apache Kafka {lock.version}")
    folder = kafka_jars.fetch(lock, site.cache, site.settings.surroundings)
    jars = [Piece(f"kafka-libs/{jar.file}", folder / jar.file) for jar in lock.jars]
    archive = Piece(content.KAFKA_ARCHIVE.name, content.KAFKA_ARCHIVE)
    versions = f"kafka {lock.version}, {_versions(packages, 'openjdk-17-jre-headless')}"
    return _make_stand_in(site, KAFKA, base, [*packages, *jars, archive], versions)


_STAND_IN: dict[str, Callable[[Site], str]] = {
    BASE: _make_base,
    REDIS: _make_redis,
    KAFKA: _make_kafka,
}


def _packages(site: Site, base: str, packages: Sequence[str], within: str) -> list[Piece]:
    """Return the Debian packages that the base lacks, fetched by this machine's apt."""
    architecture = site.engine.architecture
    folder = site.cache / f"debian-{'-'.join(packages)}-{architecture}-{content.base_tag()}"
    if site.anew:
        shutil.rmtree(folder, ignore_errors=True)
    if not folder.is_dir():
        site.say(f"{', '.join(packages)}: fetching Debian's packages")
        state = site.engine.folder_of(base, "/var/lib/dpkg")
        debian.fetch(packages, folder, state, architecture, site.cache, site.settings.surroundings)
    return [Piece(f"{within}/{file.name}", file) for file in sorted(folder.glob("*.deb"))]


def _versions(packages: Iterable[Piece], name: str) -> str:
    files = (piece.file.name.split("_") for piece in packages)
    return next(
        (f"{parts[0]} {parts[1].replace('%3a', ':')}" for parts in files if parts[0] == name), ""
    )


def _make_stand_in(site: Site, name: str, base: str, pieces: Iterable[Piece], versions: str) -> str:
    tag = content.stand_in_tag(name)
    reference = f"{site.catalogue.image(name).local}:{tag}"
    _run(site, content.STAND_INS, name, reference, base, pieces, {}, versions=versions)
    return reference


def _build_own(site: Site, name: str) -> str:
    base = _base(site)
    tag = content.own_tag(name, base, site.subjects)
    reference = f"{site.catalogue.image(name).local}:{tag}"
    architecture = site.engine.architecture
    environ = site.settings.surroundings
    seen = closure.target(wheelhouse.machine(architecture))
    entries = closure.applicable((ROOT / "requirements.lock").read_text(), seen)
    folder = wheelhouse.fetch("".join(entries.values()), architecture, site.cache, environ)
    needed = closure.closure(content.roots(name), closure.read(folder), seen)
    lock = (ROOT / "redis.lock").read_text()
    redis = wheelhouse.redis_server(lock, architecture, site.cache, environ)
    pieces = [
        *(Piece(one, content.COMPOSE / one) for one in ("install.sh", "gateproof")),
        *(Piece(f"redis/{file.name}", file) for file in sorted(redis.iterdir())),
        *(Piece(f"{name}-wheels/{wheel.file.name}", wheel.file) for wheel in needed),
        *content.code(name, site.subjects),
    ]
    texts = {
        f"{name}-wheels/requirements.txt": closure.pinned(needed, entries),
        f"{name}-wheels/python-version": f"{content.PYTHON}\n",
        "redis/ABOUT": "redis-server of the wheel in redis.lock, where there is one\n",
    }
    _run(site, content.DOCKERFILE, name, reference, base, pieces, texts, base=base)
    return reference


def _run(
    site: Site,
    dockerfile: Path,
    name: str,
    reference: str,
    on: str,
    pieces: Iterable[Piece],
    texts: Mapping[str, str],
    **told: str,
) -> None:
    drawn = {"Dockerfile": stages(dockerfile.read_text(), name), **texts}
    more = {f"gateproof.{key}": value for key, value in told.items()}
    with packed(pieces, drawn) as context:
        site.engine.build(
            context,
            dockerfile="Dockerfile",
            target=name,
            reference=reference,
            arguments={"BASE": on},
            labels=content.labels(name, reference.rpartition(":")[2], more),
            heard=lambda line: None,
        )
