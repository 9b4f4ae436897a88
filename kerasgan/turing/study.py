"""A study: its protocol, sources and pictures, in one file."""

import contextlib
import dataclasses
import glob
import json
import os
import pathlib
import secrets
import typing

import numpy as np

from kerasgan import errors
from kerasgan import files
from kerasgan.turing import database
from kerasgan.turing import protocol as protocols
from kerasgan.turing import schedule

REAL = "real"
ROLES = ("judged", "practice", "example")
_LONGEST_TEXT = 10_000


class Source(typing.NamedTuple):
    """Where pictures come from.

    Attributes:
        name: str, `"real"` for the real ones.
        identity: dict of JSON values, what exactly they are.
        pictures: dict from the role, `"judged"`, `"practice"` or `"example"`
            (real ones only), to a tuple: uint8 `(n, height, width, 3)`, and int
            `(n,)` labels or None.
    """

    name: str
    identity: dict
    pictures: dict


@dataclasses.dataclass(frozen=True)
class Texts:
    """What the experimenter tells participants.

    Args:
        consent: Plain text, an empty line between paragraphs: what is asked of
            them, what is stored, and that they may stop.
        contact: One line: who answers for the study, and how to reach them.

    Raises:
        ValueError: If one is empty or too long.
    """

    consent: str
    contact: str

    def __post_init__(self):
        for field in dataclasses.fields(self):
            text = getattr(self, field.name)
            if not 0 < len(text.strip()) <= _LONGEST_TEXT:
                raise ValueError(
                    f"`{field.name}` must be a text of at most "
                    f"{_LONGEST_TEXT} characters. Received: {len(text)} "
                    "characters. Write what participants are to read."
                )


def create(
    path, protocol, sources, texts, class_names=(), seed=0, simulated=False
):
    """Writes a new study, whole or not at all.

    Args:
        path: Of the file, which must not be there.
        protocol: A `Protocol`.
        sources: List of `Source`, the real pictures first.
        texts: `Texts`.
        class_names: Sequence of strings, those of the labels.
        seed: int, of what each participant sees.
        simulated: bool, whether all participants are simulations, or people who
            try the page. It can never be changed.

    Returns:
        A `Study`.

    Raises:
        ValueError: If there are too few pictures, pictures of several sizes, or
            a file.
    """
    path = pathlib.Path(path)
    if path.exists():
        raise ValueError(
            "A new study needs a file that is not there. Received: "
            f"'{path}', which is. Give another name."
        )
    seed = errors.check_integer("seed", seed, 0, errors.MAX_SEED)
    _check_sources(protocol, sources)
    judged, _ = sources[0].pictures["judged"]
    settings = {
        "protocol": protocol.as_dict(),
        "height": judged.shape[1],
        "width": judged.shape[2],
        "class_names": list(class_names),
        "seed": seed,
        "simulated": bool(simulated),
        # Whoever has it may take part, where the page is open to a network.
        "key": _new_key(),
        # Never sent: whoever knows the key must not know what comes next.
        "order": _new_key(),
        **dataclasses.asdict(texts),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        with contextlib.closing(database.create(partial)) as connection:
            with database.transaction(connection):
                _fill(connection, settings, sources)
        files.rename_new(partial, path)
    finally:
        for leftover in path.parent.glob(f"{glob.escape(partial.name)}*"):
            leftover.unlink()
    return Study(path)


def _new_key():
    return secrets.token_urlsafe(24)


def copy_simulated(study, path):
    """Writes a study of the same pictures for simulated participants.

    Args:
        study: A `Study`.
        path: Of the new file, which must not be there.

    Returns:
        A `Study` without participants.

    Raises:
        ValueError: If there is such a file.
    """
    sources = []
    for number, source in enumerate(study.sources):
        pictures = {}
        for role in ROLES:
            keys = study.keys(role)[number]
            if keys:
                pictures[role] = study.pictures(keys), study.labels(keys)
        sources.append(Source(source["name"], source["identity"], pictures))
    return create(
        path,
        study.protocol,
        sources,
        study.texts,
        study.class_names,
        study.seed,
        simulated=True,
    )


def _fill(connection, settings, sources):
    connection.executemany(
        "INSERT INTO study VALUES (?, ?)",
        [(name, json.dumps(value)) for name, value in settings.items()],
    )
    for number, source in enumerate(sources):
        connection.execute(
            "INSERT INTO sources VALUES (?, ?, ?)",
            (number, source.name, json.dumps(source.identity)),
        )
        for role, (images, labels) in source.pictures.items():
            labels = [None] * len(images) if labels is None else labels.tolist()
            connection.executemany(
                "INSERT INTO pictures (source, role, label, pixels) "
                "VALUES (?, ?, ?, ?)",
                [
                    (number, role, label, image.tobytes())
                    for image, label in zip(images, labels, strict=True)
                ],
            )


def _check_sources(protocol, sources):
    names = [source.name for source in sources]
    if len(names) < 2 or names[0] != REAL or len(set(names)) < len(names):
        raise ValueError(
            "`sources` must be the real pictures and those of one or more "
            f"models, each of another name. Received: {names}. Name each model "
            "once."
        )
    shapes = set()
    for source in sources:
        shapes |= {each.shape[1:] for each, _ in source.pictures.values()}
        for role, needed in _needed(protocol, len(names) - 1, source.name):
            images, _ = source.pictures.get(role, ((), None))
            if len(images) < needed:
                raise ValueError(
                    "No one is to see a picture twice. Received: "
                    f"{len(images)} {role} pictures of '{source.name}', where "
                    f"a participant sees up to {needed}. Give more pictures, "
                    "or fewer trials."
                )
    if len(shapes) > 1:
        raise ValueError(
            "All pictures must be of one size, or it tells them apart. "
            f"Received: {sorted(shapes)}. Take models of one size."
        )


def _needed(protocol, num_models, source):
    """Pairs (role, how many pictures of it a participant sees at most)."""
    counts = {"judged": protocol.trials, "practice": protocol.practice}
    for role, count in counts.items():
        real, fake = schedule.most_of_a_source(protocol, count, num_models)
        yield role, real if source == REAL else fake
    if source == REAL:
        yield "example", protocol.examples


class Study:
    """An open study.

    Args:
        path: Of the file.

    Attributes:
        path: A `pathlib.Path`.
        connection: A `sqlite3.Connection`, for one thread at a time.
        protocol: A `Protocol`.
        simulated: bool.
        seed: int.
        key: str, what lets people take part where a network can reach the page.
        order: str, the secret that the order of people's trials comes from.
        image_shape: `(height, width, 3)`.
        class_names: List of strings.
        texts: `Texts`.
        sources: List of dicts with `name` and `identity`, the real ones first.

    Raises:
        ValueError: If it is no such file.
    """

    def __init__(self, path):
        self.path = pathlib.Path(path)
        self.connection = database.connect(path)
        rows = self.connection.execute("SELECT name, value FROM study")
        settings = {name: json.loads(value) for name, value in rows}
        self.protocol = protocols.Protocol(**settings["protocol"])
        self.simulated = settings["simulated"]
        self.seed = settings["seed"]
        self.key = settings["key"]
        self.order = settings["order"]
        self.image_shape = (settings["height"], settings["width"], 3)
        self.class_names = settings["class_names"]
        self.texts = Texts(settings["consent"], settings["contact"])
        self.sources = [
            {"name": row["name"], "identity": json.loads(row["identity"])}
            for row in self.connection.execute(
                "SELECT name, identity FROM sources ORDER BY source"
            )
        ]

    def keys(self, role):
        """Returns the keys of a role's pictures, a list for each source."""
        keys = [[] for _ in self.sources]
        for source, picture in self.connection.execute(
            "SELECT source, picture FROM pictures WHERE role = ? "
            "ORDER BY picture",
            (role,),
        ):
            keys[source].append(picture)
        return keys

    def pictures(self, keys):
        """Returns pictures, uint8 `(n, height, width, 3)`.

        Args:
            keys: Sequence of ints.
        """
        return np.stack([self._picture(key) for key in keys])

    def labels(self, keys):
        """Returns the labels of pictures, int `(n,)`, or None without.

        Args:
            keys: Sequence of ints.
        """
        labels = [
            self.connection.execute(
                "SELECT label FROM pictures WHERE picture = ?", (key,)
            ).fetchone()[0]
            for key in keys
        ]
        return None if None in labels else np.array(labels)

    def _picture(self, key):
        (pixels,) = self.connection.execute(
            "SELECT pixels FROM pictures WHERE picture = ?", (key,)
        ).fetchone()
        return np.frombuffer(pixels, "uint8").reshape(self.image_shape)

    def close(self):
        """Closes the file."""
        self.connection.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
