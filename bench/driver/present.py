"""The table, the chart of characters, the page fragment and the pictures."""

import chart

HEAD = ("contender", "durable", "hooks", "load", "reports/s", "lowest–highest", "÷ relay", "p50 ms", "p95 ms", "p99 ms", "p99 after answer",
        "CPU µs", "load+sink µs", "MiB", "bytes", "lost", "doubled")


def one_line(run):
    text = (f"{run['reportsPerSecond']:,.0f}/s, p99 {run['p99Ms']:.1f} ms, {run['cpuMicrosPerReport']:.0f} µs CPU, "
            f"{run['rssMiB']:.0f} MiB, lost {run['lost']}, doubled {run['duplicated']}")
    if run["notes"]:
        text += " (" + "; ".join(run["notes"]) + ")"
    return text + (" FAILED" if run["failed"] else "")


def hooks_text(hooks):
    return f"{hooks} hook{'s' if hooks > 1 else ''}"


def _ratio(value):
    return f"{value:.2f}" if value >= 0.1 else f"{value:.3f}"


def _relay_share(row, rows):
    base = next((r for r in rows if r["name"] == "relay" and (r["hooks"], r["load"]) == (row["hooks"], row["load"])), None)
    return _ratio(row["reportsPerSecond"] / base["reportsPerSecond"]) if base and row["load"] == "saturating" else "–"


def _cells(row, rows):
    latency = (lambda v: f"{v:,.1f}" if v < 1000 else f"{v:,.0f}")
    return (
        row["name"] + (" FAILED" if row["failed"] else ""), "yes" if row["durable"] else "no", str(row["hooks"]), row["load"],
        f"{row['reportsPerSecond']:,.0f}", f"{row['lowest']:,.0f}–{row['highest']:,.0f}", _relay_share(row, rows),
        latency(row["p50Ms"]), latency(row["p95Ms"]), latency(row["p99Ms"]), latency(row["afterAnswerP99Ms"]), f"{row['cpuMicrosPerReport']:,.0f}",
        f"{row['generatorMicrosPerReport'] + row['sinkMicrosPerReport']:,.0f}", f"{row['rssMiB']:,.0f}",
        "–" if row["bytesPerReport"] is None else f"{row['bytesPerReport']:,.0f}", str(row["lost"]), str(row["duplicated"]))


def _ordered(rows):
    return sorted(rows, key=lambda r: (-r["hooks"], ("saturating", "half").index(r["load"]) if r["load"] in ("saturating", "half") else 2, -r["reportsPerSecond"]))


def terminal(result):
    rows = _ordered(result["summary"])
    table = [HEAD, *(_cells(r, rows) for r in rows)]
    widths = [max(len(line[i]) for line in table) for i in range(len(HEAD))]
    lines = ["  ".join(c.ljust(w) if i in (0, 1, 3) else c.rjust(w) for i, (c, w) in enumerate(zip(line, widths))) for line in table]
    lines.insert(1, "  ".join("-" * w for w in widths))
    bars = _bars(rows)
    lines += ["", "reports a second end to end, 50 hooks, saturating (median)", *bars, ""] if bars else [""]
    for pair, value in result["ratios"].items():
        low, high = result["ratioSpread"].get(pair, (value, value))
        lines.append(f"{pair}: {_ratio(value)}" + (f" ({_ratio(low)}–{_ratio(high)})" if low != high else ""))
    lines += _remarks(result, rows)
    return "\n".join(["", *lines])


def _bars(rows):
    shown = [r for r in rows if (r["hooks"], r["load"]) == (50, "saturating")]
    top = max((r["reportsPerSecond"] for r in shown), default=0) or 1
    width = max((len(r["name"]) for r in shown), default=0)
    return [f"{r['name'].ljust(width)}  {'█' * max(1, round(50 * r['reportsPerSecond'] / top))} {r['reportsPerSecond']:,.0f}" for r in shown]


def _remarks(result, rows):
    lines = [f"skipped {name}: {reason}" for name, reason in result["skipped"].items()]
    for row in rows:
        if row["roundsCounted"] < row["rounds"]:
            lines.append(f"{row['name']}, {hooks_text(row['hooks'])}, {row['load']}: {row['rounds'] - row['roundsCounted']} of {row['rounds']} "
                         "rounds left out: the hypervisor took more than 0.1 core, or other programs more than 0.5")
        if row["disturbed"]:
            lines.append(f"{row['name']}, {hooks_text(row['hooks'])}, {row['load']}: every round was disturbed, so all count; repeat on a "
                         "quiet machine")
        if row["registrationRowsPerSecond"]:
            lines.append(f"{row['name']}, {hooks_text(row['hooks'])}, {row['load']}: {row['registrationRowsPerSecond']:,.0f} messages a second "
                         "registered before the window")
        if row.get("commitsPerReport") is not None and row.get("syncsPerReport") is None:
            lines.append(f"{row['name']}, {hooks_text(row['hooks'])}, {row['load']}: {row['commitsPerReport']:.3f} commits a report, each synced")
        elif row.get("commitsPerReport") is not None:
            lines.append(f"{row['name']}, {hooks_text(row['hooks'])}, {row['load']}: {row['commitsPerReport']:.3f} commits, "
                         f"{row['syncsPerReport']:.3f} syncs and {row['walBytesPerReport']:,.0f} bytes of WAL a report "
                         f"({row['pageImagesPerReport']:.3f} images of whole pages among them)")
        if row["notes"]:
            lines.append(f"{row['name']}, {hooks_text(row['hooks'])}, {row['load']}: {'; '.join(row['notes'])}")
    verdict = "every accepted report reached its hook" if not any(r["lost"] for r in rows) else "FAILED: accepted reports were lost"
    return ["", *lines, verdict]


def write_results(result, folder, root):
    folder.mkdir(exist_ok=True)
    rows = _ordered(result["summary"])
    main = [r for r in rows if (r["hooks"], r["load"]) == (50, "saturating")]
    pictures = [
        ("throughput.svg", "Reports a second, POST to hook (50 hooks, saturating)", "reportsPerSecond", main, "{:,.0f}"),
        ("cpu.svg", "CPU time per report, µs, logarithmic (50 hooks, saturating)", "cpuMicrosPerReport", main, "{:,.0f}"),
        ("memory.svg", "Resident memory, MiB (50 hooks, saturating)", "rssMiB", main, "{:,.0f}"),
    ]
    half = [r for r in rows if (r["hooks"], r["load"]) == (50, "half")]
    if half:
        pictures.append(("latency.svg", "p99 from POST due to GET at the hook, ms (50 hooks, half load)", "p99Ms", half, "{:,.1f}"))
    if not main:
        # A run at a rate has no throughput to draw; the pictures of the last comparison stay.
        return
    for name, title, figure, shown, form in pictures:
        (folder / name).write_text(chart.bars(title, [
            (r["name"], r[figure] or 0, (r["lowest"], r["highest"]) if figure == "reportsPerSecond" else None, r["durable"]) for r in shown
        ], form, logarithmic=name == "cpu.svg"))
    (folder / "latest.md").write_text(_page(result, rows, [p[0] for p in pictures], folder.relative_to(root)))


def _page(result, rows, pictures, place):
    about = result["machine"]
    lines = [
        f"Measured {result['at'][:10]} on {about['cores']} cores ({about['cpu']}), {about['memoryGiB']} GiB, {about['os']}, "
        f"Linux {about['kernel']}; load generator and sink on the same cores; {result['connections']} connections; "
        f"medians of up to {result['rounds']} interleaved rounds of {result['seconds']} s.", "",
        "| " + " | ".join(HEAD) + " |", "|" + "---|" * len(HEAD),
        *("| " + " | ".join(_cells(r, rows)) + " |" for r in rows), "",
        "| Ratio, round by round | Median | Spread |", "|---|---|---|"]
    for pair, value in result["ratios"].items():
        low, high = result["ratioSpread"].get(pair, (value, value))
        lines.append(f"| {pair} | {_ratio(value)} | {_ratio(low)}–{_ratio(high)} |")
    lines += ["", *(f"![{name[:-4]}](../{place}/{name})" for name in pictures), ""]
    lines += [f"- **{name}**: {text}" for name, text in result["settings"].items() if text]
    lines += ["", *(f"- {remark}" for remark in _remarks(result, rows) if remark)]
    return "\n".join(lines) + "\n"
