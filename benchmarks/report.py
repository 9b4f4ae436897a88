"""Tables on the terminal, numbers into a file, and on what machine."""

import json
import os
import pathlib
import platform

import keras
import numpy as np
import rich.console
import rich.table
import tensorflow as tf


def environment(threads):
    """What the numbers depend on, as a dict of strings and numbers."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "threads": threads,
        # Over one minute, before the first measurement: idle is near 0.
        "load_average": os.getloadavg()[0],
        "system": platform.system(),
        "python": platform.python_version(),
        "keras": keras.__version__,
        "numpy": np.__version__,
        "tensorflow": tf.__version__,
    }


def _processor():
    path = pathlib.Path("/proc/cpuinfo")
    if path.is_file():
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor()


def spread(values, form=".2f"):
    """Median and quartiles as text: `12.31 (12.10-12.62)`."""
    low, median, high = np.quantile(values, (0.25, 0.5, 0.75))
    return f"{median:{form}} ({low:{form}}-{high:{form}})"


def say(text):
    """Prints text as it is."""
    rich.console.Console().print(
        text, highlight=False, markup=False, soft_wrap=True
    )


def table(title, columns, rows):
    """Prints a table; the numbers, from the second column on, to the right."""
    printed = rich.table.Table(title=title, title_justify="left")
    for i, column in enumerate(columns):
        printed.add_column(column, justify="right" if i else "left")
    for row in rows:
        printed.add_row(*map(str, row))
    console = rich.console.Console()
    if not console.is_terminal:
        # A file is as wide as need be.
        console = rich.console.Console(width=120)
    console.print(printed)


def save(path, numbers):
    """Writes dicts and lists of numbers and arrays as JSON."""
    text = json.dumps(numbers, indent=1, default=np.ndarray.tolist) + "\n"
    pathlib.Path(path).write_text(text, encoding="utf-8")
