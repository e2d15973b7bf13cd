"""Medians, spreads and ratios over the rounds. Nothing here measures."""

import statistics

HUBS = ("hub-sqlite", "hub-postgres", "hub-postgres-3")
MEDIANS = ("reportsPerSecond", "p50Ms", "p95Ms", "p99Ms", "afterAnswerP50Ms", "afterAnswerP99Ms", "cpuMicrosPerReport",
           "generatorMicrosPerReport", "sinkMicrosPerReport", "rssMiB", "bytesPerReport", "registrationRowsPerSecond", "commitsPerReport", "syncsPerReport",
           "walBytesPerReport", "pageImagesPerReport")


def counted(runs):
    """The runs that count: rounds in which the hypervisor or other programs took time are left out,
    unless nothing else is left."""
    kept = [r for r in runs if not r["dropped"]]
    return kept or runs


def summarise(runs):
    groups = {}
    for run in runs:
        groups.setdefault((run["name"], run["hooks"], run["load"]), []).append(run)
    rows = [_row(key, group) for key, group in groups.items()]
    ratios, spread = _ratios({k: g for k, g in groups.items() if k[1:] == (50, "saturating")})
    return {"summary": rows, "ratios": ratios, "ratioSpread": spread}


def _row(key, group):
    kept = counted(group)
    row = {"name": key[0], "hooks": key[1], "load": key[2], "durable": group[0]["durable"], "rounds": len(group),
           "roundsCounted": len(kept), "disturbed": all(r["dropped"] for r in group)}
    for name in MEDIANS:
        values = [r[name] for r in kept if r.get(name) is not None]
        row[name] = round(statistics.median(values), 3) if values else None
    rates = [r["reportsPerSecond"] for r in kept]
    row["lowest"], row["highest"] = min(rates), max(rates)
    for name in ("lost", "duplicated", "misrouted", "refused", "broken", "strangers"):
        row[name] = sum(r[name] for r in group)
    row["failed"] = any(r["failed"] for r in group)
    row["notes"] = list(dict.fromkeys(note for r in group for note in r["notes"]))
    return row


def _ratios(groups):
    """Each pair's ratio of rates round by round, then the median: what one minute did to both cancels out."""
    by_name = {key[0]: {r["round"]: r for r in group} for key, group in groups.items()}
    pairs = [(name, "relay") for name in by_name if name != "relay"]
    pairs += [(hub, other) for hub in HUBS for other in by_name if hub in by_name and other not in ("relay", hub)]
    ratios, spread = {}, {}
    for top, bottom in pairs:
        values = _paired(by_name.get(top, {}), by_name.get(bottom, {}), "reportsPerSecond")
        if values:
            ratios[f"{top}/{bottom}"] = round(statistics.median(values), 3)
            spread[f"{top}/{bottom}"] = [round(min(values), 3), round(max(values), 3)]
    for hub in HUBS:
        durable = [n for n, group in by_name.items() if n not in HUBS and next(iter(group.values()))["durable"]]
        rivals = [ratios[f"{hub}/{n}"] for n in durable if f"{hub}/{n}" in ratios]
        if rivals:
            ratios[f"{hub}/best-durable"] = min(rivals)
        cost = _paired(by_name.get(hub, {}), by_name.get("relay", {}), "cpuMicrosPerReport")
        if cost:
            ratios[f"{hub}/relay cpu"] = round(statistics.median(cost), 3)
    return ratios, spread


def _paired(top, bottom, figure):
    both = [n for n in top if n in bottom]
    quiet = [n for n in both if not top[n]["dropped"] and not bottom[n]["dropped"]]
    return [top[n][figure] / bottom[n][figure] for n in quiet or both if bottom[n][figure]]
