"""Where the time of a step goes, by kind of TensorFlow operation."""

import collections
import pathlib
import re
import tempfile

import tensorflow as tf
from tensorflow.tsl.profiler.protobuf import xplane_pb2

# The profiler names an operation `path/in/graph:Type`, and the threads that
# run them as below.
_OPERATION = re.compile(r"(?P<path>.+[^:\s]):(?P<type>[A-Za-z_]\w*)")
_EXECUTOR = "tf_Compute"
IDLE = "(no operation)"


def profile(function, optimizer_names, steps=5):
    """Profiles a function that does one step.

    Where several operations run at a time, each gets its part of that time; so
    the times add up to that of the step.

    Args:
        function: Without arguments; returns when its step is done.
        optimizer_names: What they do is counted together, as "optimizers".
        steps: int, over how many to average.

    Returns:
        A list of tuples (kind, operations a step, seconds a step), longest
        first; `IDLE` among them.
    """
    function()
    with tempfile.TemporaryDirectory() as folder:
        with tf.profiler.experimental.Profile(folder):
            for _ in range(steps):
                function()
        (path,) = pathlib.Path(folder).rglob("*.xplane.pb")
        space = xplane_pb2.XSpace.FromString(path.read_bytes())
    spans = list(_operations(space, optimizer_names))
    counts = collections.Counter(kind for kind, _, _ in spans)
    return [
        (kind, counts[kind] / steps, seconds / steps)
        for kind, seconds in _shared_time(spans).most_common()
    ]


def _operations(space, optimizer_names):
    """Yields (kind, start, end), in seconds, of what ran on the CPU."""
    for plane in space.planes:
        for line in plane.lines:
            if not line.name.startswith(_EXECUTOR):
                continue
            for event in line.events:
                name = plane.event_metadata[event.metadata_id].name
                match = _OPERATION.fullmatch(name)
                if match is None:
                    continue
                is_update = match["path"].split("/")[0] in optimizer_names
                start = line.timestamp_ns * 1e-9 + event.offset_ps * 1e-12
                yield (
                    "optimizers" if is_update else match["type"],
                    start,
                    start + event.duration_ps * 1e-12,
                )


def _shared_time(spans):
    """Sums up seconds by kind, shared evenly among those that overlap."""
    seconds = collections.Counter()
    running = collections.Counter()
    borders = [(start, 1, kind) for kind, start, _ in spans]
    borders += [(end, -1, kind) for kind, _, end in spans]
    borders.sort(key=lambda border: border[0])
    before = borders[0][0]
    for now, change, kind in borders:
        shares = {each: n for each, n in running.items() if n} or {IDLE: 1}
        for each, n in shares.items():
            seconds[each] += (now - before) * n / sum(shares.values())
        running[kind] += change
        before = now
    return seconds
