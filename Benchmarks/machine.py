"""What a reader of the results must know of the machine."""

import datetime
import os
import platform


def describe():
    return {
        "cpu": cpu_name(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_bytes": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "load": round(os.getloadavg()[0], 2),
        "date": datetime.date.today().isoformat(),
    }


def cpu_name():
    """The model's name, with family and model where a virtual machine hides it."""
    fields = {}
    with open("/proc/cpuinfo") as file:
        for line in file:
            name, _, value = line.partition(":")
            fields.setdefault(name.strip(), value.strip())
    name = fields.get("model name", platform.machine())
    if "cpu family" in fields:
        name += f" (family {fields['cpu family']}, model {fields.get('model')})"
    return name


def sentence(about):
    """The machine."""
    return (f"{about['cpu']}, {about['cores']} cores, {about['memory_bytes'] / 1e9:.0f} GB, {about['system']}, "
            f"load {about['load']} at the start, {about['date']}.")
