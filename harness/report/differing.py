"""What differs between two runs, told as text, as JSON, and as a page of its own."""

from collections.abc import Iterator
from html import escape
from typing import Any

from harness.report.comparing import Change, Comparison
from harness.report.run import Run, said

Section = tuple[str, str, list[tuple[str, list[str]]]]
"""A shape, a heading, and its entries: what each is about, and lines about it."""


def sections(found: Comparison) -> Iterator[Section]:
    """Yield what there is to tell, what matters most first."""
    everything: list[Section] = [
        ("✗", "newly broken", [_changed(one) for one in found.newly_broken]),
        ("✓", "fixed", [_changed(one) for one in found.fixed]),
        ("≠", "another verdict", [_changed(one) for one in found.turned]),
        ("▲", "slower", [
            (one.scenario.id, [
                f"{one.before_s:.2f} s → {one.after_s:.2f} s "
                f"(up to {one.bound_s:.2f} s would be noise between these two runs)"
            ])
            for one in found.slower
        ]),
        ("◇", "answers of another shape", [
            (one.scenario.id, [one.request, *one.differences]) for one in found.reshaped
        ]),
        ("+", "added", [(one.id, [one.verdict]) for one in found.added]),
        ("-", "removed", [(one.id, [f"was {one.verdict}"]) for one in found.removed]),
    ]  # fmt: skip
    return (one for one in everything if one[2])


def _changed(one: Change) -> tuple[str, list[str]]:
    was = f"was {one.before}" if one.before else "was not there"
    again = f"again: {one.scenario.again}" if one.scenario.failed and one.scenario.again else ""
    said_so = one.scenario.reason if one.scenario.failed else ""
    return one.scenario.id, [
        line for line in (f"{one.scenario.verdict}, {was}", said_so, again) if line
    ]


def named(run: Run) -> str:
    commit = run.commit[:12] + ("+" if run.dirty else "") if run.commit else ""
    words = [run.id, run.gateway, run.environment, commit]
    return ", ".join(word for word in words if word) or said(None)


def text(found: Comparison) -> str:
    """Draw it for a terminal."""
    lines = [f"before   {named(found.before)}", f"after    {named(found.after)}"]
    problems = (*found.before.problems, *found.after.problems)
    lines += [f"careful  {problem}" for problem in problems]
    for shape, heading, entries in sections(found):
        lines += ["", f"{shape} {heading} ({len(entries)})"]
        for about, told in entries:
            lines.append(f"    {about}")
            lines += [f"        {' '.join(one.split())}" for one in told]
    if found.same:
        lines += ["", "nothing differs: verdicts, times within noise, shapes of answers"]
    return "\n".join(lines) + "\n"


def plain(found: Comparison) -> dict[str, Any]:
    """Draw it for scripts."""
    return {
        "before": _facts(found.before),
        "after": _facts(found.after),
        "newly_broken": [_plain_change(one) for one in found.newly_broken],
        "fixed": [_plain_change(one) for one in found.fixed],
        "turned": [_plain_change(one) for one in found.turned],
        "slower": [
            {
                "id": one.scenario.id,
                "before_s": round(one.before_s, 4),
                "after_s": round(one.after_s, 4),
                "bound_s": round(one.bound_s, 4),
            }
            for one in found.slower
        ],
        "reshaped": [
            {"id": one.scenario.id, "request": one.request, "differences": list(one.differences)}
            for one in found.reshaped
        ],
        "added": [one.id for one in found.added],
        "removed": [one.id for one in found.removed],
    }


def _facts(run: Run) -> dict[str, Any]:
    return {"run": run.id, "gateway": run.gateway, "environment": run.environment,
            "commit": run.commit, "problems": list(run.problems)}  # fmt: skip


def _plain_change(one: Change) -> dict[str, str]:
    return {
        "id": one.scenario.id,
        "before": one.before,
        "after": one.scenario.verdict,
        "reason": one.scenario.reason,
    }


_STYLE = (
    ":root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;"
    "margin:2rem auto;padding:0 1rem}li{margin:.5rem 0;overflow-wrap:anywhere}"
    "code,p{overflow-wrap:anywhere;white-space:pre-wrap}ul ul{list-style:none;padding-left:1rem}"
)


def page(found: Comparison) -> str:
    """Draw it as one self-contained page that fetches nothing and runs nothing."""
    body = "".join(_drawn(one) for one in sections(found)) or "<p>Nothing differs.</p>"
    careful = "".join(
        f"<p>Careful: {escape(one)}</p>" for one in (*found.before.problems, *found.after.problems)
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>Gateproof: what differs</title><style>{_STYLE}</style></head><body><main>"
        f"<h1>What differs</h1><p>before: {escape(named(found.before))}<br>"
        f"after: {escape(named(found.after))}</p>{careful}{body}</main></body></html>\n"
    )


def _drawn(section: Section) -> str:
    shape, heading, entries = section
    items = "".join(
        f"<li><code>{escape(about)}</code><ul>"
        + "".join(f"<li>{escape(one)}</li>" for one in told)
        + "</ul></li>"
        for about, told in entries
    )
    return f"<h2>{escape(shape)} {escape(heading)} ({len(entries)})</h2><ul>{items}</ul>"
