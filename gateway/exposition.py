"""Prometheus's text format, version 0.0.4. Pure.

Written here because the official client takes 30 ms to import and brings a registry and
collectors of its own; what is needed of the format is below.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
Labels = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Family:
    """One metric with all its series. A sample is a suffix of the name, labels, and a value."""

    name: str
    kind: str
    help: str
    samples: tuple[tuple[str, Labels, float], ...]


def single(name: str, kind: str, help: str, value: float) -> Family:
    return Family(name, kind, help, (("", {}, value),))


def histogram(
    name: str, help: str, bounds: Iterable[float], buckets: list[int], total: float
) -> Family:
    """`buckets` holds what fell between two bounds, and last what was above all of them."""
    samples: list[tuple[str, Labels, float]] = []
    below = 0
    for bound, found in zip(bounds, buckets, strict=False):
        below += found
        samples.append(("_bucket", {"le": f"{bound:g}"}, below))
    count = sum(buckets)
    samples += [("_bucket", {"le": "+Inf"}, count), ("_sum", {}, total), ("_count", {}, count)]
    return Family(name, "histogram", help, tuple(samples))


def exposition(families: Iterable[Family]) -> str:
    lines = []
    for family in families:
        lines.append(f"# HELP {family.name} {family.help}")
        lines.append(f"# TYPE {family.name} {family.kind}")
        lines += [
            f"{family.name}{suffix}{written_labels(labels)} {written_value(value)}"
            for suffix, labels, value in family.samples
        ]
    return "\n".join([*lines, ""])


def written_labels(labels: Labels) -> str:
    if not labels:
        return ""
    return "{" + ",".join(f'{name}="{escaped(value)}"' for name, value in labels.items()) + "}"


def escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')


def written_value(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else repr(float(value))
