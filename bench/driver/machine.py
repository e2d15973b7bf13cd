"""What the machine did meanwhile: CPU time of process trees, memory, steal, and who else was busy. Linux /proc only."""

import os
import platform

TICKS = os.sysconf("SC_CLK_TCK")


def _stat_fields(pid):
    with open(f"/proc/{pid}/stat") as f:
        text = f.read()
    # The command name may hold spaces and brackets, so count from the last bracket.
    return text[text.rindex(")") + 2:].split()


def tree(roots):
    """The given processes and all their descendants that live now."""
    children = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                children.setdefault(int(_stat_fields(entry)[1]), []).append(int(entry))
            except OSError:
                continue
    found, queue = [], list(roots)
    while queue:
        pid = queue.pop()
        found.append(pid)
        queue.extend(children.get(pid, []))
    return found


def cpu_seconds(roots):
    """User and system time of the trees, that of ended and reaped children included."""
    total = 0
    for pid in tree(roots):
        try:
            fields = _stat_fields(pid)
        except OSError:
            continue
        total += sum(int(fields[i]) for i in (11, 12, 13, 14))
    return total / TICKS


def resident_mib(roots):
    """Resident memory of the trees; a page shared by several processes counts once (PSS)."""
    total = 0
    for pid in tree(roots):
        try:
            with open(f"/proc/{pid}/smaps_rollup") as f:
                total += next(int(line.split()[1]) for line in f if line.startswith("Pss:"))
        except (OSError, StopIteration):
            continue
    return total / 1024


def host_cpu():
    """Seconds since boot that all cores together were busy, and that the hypervisor took from them."""
    with open("/proc/stat") as f:
        user, nice, system, _idle, _wait, irq, softirq, steal = (int(x) for x in f.readline().split()[1:9])
    return (user + nice + system + irq + softirq) / TICKS, steal / TICKS


def describe():
    model = "unknown"
    with open("/proc/cpuinfo") as f:
        for line in f:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    with open("/proc/meminfo") as f:
        memory = int(f.readline().split()[1]) / 1024 / 1024
    return {
        "cpu": model,
        "cores": len(os.sched_getaffinity(0)),
        "memoryGiB": round(memory, 1),
        "kernel": platform.release(),
        "os": _os_name(),
    }


def _os_name():
    try:
        with open("/etc/os-release") as f:
            return next(line.split("=", 1)[1].strip().strip('"') for line in f if line.startswith("PRETTY_NAME="))
    except (OSError, StopIteration):
        return platform.system()
