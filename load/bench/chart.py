"""The ratios as a picture: one bar per row and peer, the line where both need the same. Pure."""

from xml.sax.saxutils import escape

from load.bench.figures import Ratios

COLOURS = {"envoy": "#7a3e9d", "nginx": "#2e7d32", "haproxy": "#1565c0"}
LABEL, BAR, STEP, TOP, UNIT = 190, 12, 15, 36, 160
FURTHEST = 3.0


def chart(found: Ratios) -> str:
    """An SVG; a bar to the right of the line means that we need less CPU."""
    bars, y = [], TOP
    for row, peers in found.items():
        bars.append(text(LABEL - 8, y + BAR, row, "end"))
        for peer, ratio in peers.items():
            width = min(ratio, FURTHEST) * UNIT
            colour = COLOURS.get(peer, "#555")
            bars.append(
                f'<rect x="{LABEL}" y="{y}" width="{width:.0f}" height="{BAR}" fill="{colour}"/>'
            )
            bars.append(text(LABEL + width + 5, y + BAR - 2, f"{ratio:.2f} of {peer}"))
            y += STEP
        y += 6
    line = LABEL + UNIT
    size = f'width="{LABEL + int(FURTHEST * UNIT) + 120}" height="{y + 10}"'
    title = text(LABEL, 16, "Requests per CPU second, by those of the peer (line: the same)")
    border = f'<line x1="{line}" x2="{line}" y1="{TOP - 8}" y2="{y}" stroke="#333" stroke-dasharray="3 3"/>'
    style = 'xmlns="http://www.w3.org/2000/svg" font-family="sans-serif" font-size="11"'
    return "\n".join([f"<svg {style} {size}>", title, *bars, border, "</svg>", ""])


def text(x: float, y: float, content: str, anchor: str = "start") -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}">{escape(content)}</text>'
