"""Cuts a Dockerfile down to the stages that a target rests on. Pure."""

import re

_FROM = re.compile(r"^FROM\s+(\S+)(?:\s+AS\s+(\S+))?", re.IGNORECASE | re.MULTILINE)
_COPY_FROM = re.compile(r"^COPY\s+--from=(\S+)", re.IGNORECASE | re.MULTILINE)


def stages(dockerfile: str, target: str) -> str:
    """Return the file with the stages that the target rests on, and no others.

    The legacy builder makes every stage that comes before the target, needed or not.
    Errors: ValueError if there is no such stage.
    """
    starts = [*_FROM.finditer(dockerfile)]
    ends = [*(one.start() for one in starts[1:]), len(dockerfile)]
    texts = {one[2]: dockerfile[one.start() : end] for one, end in zip(starts, ends, strict=True)}
    if target not in texts:
        raise ValueError(f"no stage {target!r}; there are {', '.join(texts)}")
    bases = {one[2]: one[1] for one in starts}
    needed: set[str] = set()
    open_ends = [target]
    while open_ends:
        name = open_ends.pop()
        if name in texts and name not in needed:
            needed.add(name)
            open_ends += [bases[name], *_COPY_FROM.findall(texts[name])]
    head = dockerfile[: starts[0].start()]
    return head + "".join(text for name, text in texts.items() if name in needed)
