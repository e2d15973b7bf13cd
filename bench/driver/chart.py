"""A horizontal bar chart as SVG: readable on light and dark pages, no script, no font of its own."""

import math
from xml.sax.saxutils import escape

LABEL, BAR, VALUE, LINE, TOP = 150, 460, 150, 30, 52


def _reach(value, rows, top, logarithmic):
    """How far a bar goes. A logarithmic axis begins at a third of the smallest value, so that every bar shows."""
    if not logarithmic:
        return BAR * value / top
    foot = min((v for _, v, _, _ in rows if v > 0), default=1) / 3
    return BAR * math.log(max(value, foot) / foot) / math.log(top / foot)


def bars(title, rows, form, logarithmic=False):
    """`rows` are (name, value, (low, high) or None, durable); durable contenders are drawn in the stronger colour."""
    height = TOP + LINE * len(rows) + 34
    width = LABEL + BAR + VALUE
    top = max([high for _, value, spread, _ in rows for high in (value, spread[1] if spread else 0)], default=0) or 1
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" aria-label="{escape(title)}" font-family="system-ui, sans-serif" font-size="13">',
        "<style>.t{fill:#1b1f24}.d{fill:#0b6e99}.n{fill:#9aa7b2}.w{stroke:#1b1f24;stroke-width:1.5}"
        "@media (prefers-color-scheme:dark){.t{fill:#e6e9ec}.d{fill:#4db2dd}.n{fill:#6b7783}.w{stroke:#e6e9ec}}</style>",
        f'<text class="t" x="0" y="22" font-size="15" font-weight="600">{escape(title)}</text>',
    ]
    for index, (name, value, spread, durable) in enumerate(rows):
        y = TOP + LINE * index
        length = max(1.0, _reach(value, rows, top, logarithmic))
        parts.append(f'<text class="t" x="{LABEL - 10}" y="{y + 15}" text-anchor="end">{escape(name)}</text>')
        parts.append(f'<rect class="{"d" if durable else "n"}" x="{LABEL}" y="{y}" width="{length:.1f}" height="20" rx="2"/>')
        reach = length
        if spread and spread[0] != spread[1]:
            low, high = (LABEL + _reach(edge, rows, top, logarithmic) for edge in spread)
            parts.append(f'<path class="w" fill="none" d="M{low:.1f} {y + 10}H{high:.1f}M{low:.1f} {y + 5}v10M{high:.1f} {y + 5}v10"/>')
            reach = max(reach, high - LABEL)
        parts.append(f'<text class="t" x="{LABEL + reach + 8:.1f}" y="{y + 15}">{escape(form.format(value))}</text>')
    y = TOP + LINE * len(rows) + 18
    whiskers = "; whisker: lowest to highest round" if any(spread for _, _, spread, _ in rows) else ""
    parts.append(f'<rect class="d" x="{LABEL}" y="{y - 10}" width="12" height="12"/><text class="t" x="{LABEL + 18}" y="{y}">'
                 f'survives a crash</text><rect class="n" x="{LABEL + 140}" y="{y - 10}" width="12" height="12"/>'
                 f'<text class="t" x="{LABEL + 158}" y="{y}">keeps nothing{whiskers}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"
