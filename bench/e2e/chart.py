"""The figures as one SVG: a panel a mode, a bar a peer, shorter is better everywhere. Readable in light and in dark."""

import statistics
from xml.sax.saxutils import escape

import ratios
from modes import MODES

WIDTH, COLUMNS, MARGIN = 920, 2, 24
LABEL, VALUE, ROW, BAR, HEAD = 96, 64, 20, 12, 46
STYLE = """
 svg { font: 12px system-ui, sans-serif }
 .page { fill: #ffffff } .title { font-weight: 600; font-size: 15px } .mode { font-weight: 600; font-size: 13px }
 text { fill: #1f2328 } .quiet { fill: #59636e; font-size: 11px } .other { fill: #afb8c1 } .ours { fill: #0969da }
 @media (prefers-color-scheme: dark) {
  .page { fill: #0d1117 } text { fill: #e6edf3 } .quiet { fill: #9198a1 } .other { fill: #4c5560 } .ours { fill: #4493f8 }
 }
"""


def figure(mode):
    """(metric, factor, unit) that a mode's panel shows."""
    if any(bar.metric == "p99_us" for bar in mode.bars):
        return "p99_us", 1, "p99 of one request, us"
    return "cpu", 1000, f"CPU of the proxy, ms per {'GiB' if mode.streams else '1,000 requests'}"


def panel(mode, by_peer, x, y, width):
    metric, factor, unit = figure(mode)
    sound = {name: [run[metric] for run in runs if ratios.is_sound(run, metric)] for name, runs in by_peer.items()}
    middle = {name: factor * statistics.median(values) for name, values in sound.items() if values}
    scale = (width - LABEL - VALUE) / max(middle.values(), default=1)
    work = escape(mode.title.partition(":")[0].partition(";")[0])
    lines = [f'<text x="{x}" y="{y + 14}"><tspan class="mode">{mode.name}</tspan><tspan dx="8">{work}</tspan></text>',
             f'<text class="quiet" x="{x}" y="{y + 31}">{unit}</text>']
    for number, (name, value) in enumerate(sorted(middle.items(), key=lambda item: item[1])):
        top = y + HEAD + number * ROW
        kind = "ours" if name == "breakwater" else "other"
        lines += [f'<text x="{x + LABEL - 8}" y="{top + BAR - 1}" text-anchor="end">{name}</text>',
                  f'<rect class="{kind}" x="{x + LABEL}" y="{top}" width="{max(scale * value, 1):.1f}" height="{BAR}" rx="2"/>',
                  f'<text x="{x + LABEL + scale * value + 6:.1f}" y="{top + BAR - 1}">{value:,.0f}</text>']
    return lines, HEAD + len(middle) * ROW + 18


def draw(results, title, notes):
    """The chart's text; `notes` are lines under the title. Modes without bars of their own, and the run without a proxy, are left out."""
    width = (WIDTH - MARGIN * (COLUMNS + 1)) / COLUMNS
    lines = [f'<text class="quiet" x="{MARGIN}" y="{48 + 16 * number}">{escape(note)}</text>' for number, note in enumerate(notes)]
    y = 64 + 16 * len(notes)
    shown = [(MODES[name], {peer: runs for peer, runs in by_peer.items() if peer != "direct"})
             for name, by_peer in results.items() if MODES[name].bars]
    shown = [(mode, by_peer) for mode, by_peer in shown if by_peer]
    for first in range(0, len(shown), COLUMNS):
        heights = []
        for column, (mode, by_peer) in enumerate(shown[first:first + COLUMNS]):
            more, height = panel(mode, by_peer, MARGIN + column * (width + MARGIN), y, width)
            lines += more
            heights.append(height)
        y += max(heights)
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y}" width="{WIDTH}" height="{y}">',
        f"<style>{STYLE}</style>",
        f'<rect class="page" width="{WIDTH}" height="{y}"/>',
        f'<text class="title" x="{MARGIN}" y="30">{escape(title)}</text>',
        *lines, "</svg>", ""])
