"""The file of a study: its tables, and how it is opened."""

import contextlib
import pathlib
import sqlite3

# Marks the file as ours, and its tables as of this form.
_APPLICATION_ID = 0x6B67616E
_FORM = 1

_TABLES = f"""
PRAGMA application_id = {_APPLICATION_ID};
PRAGMA user_version = {_FORM};

-- What was decided before the first participant, as JSON.
CREATE TABLE study (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID;

-- The real pictures are source 0.
CREATE TABLE sources (
  source INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  identity TEXT NOT NULL
);

-- Pixels: uint8 (height, width, 3), row by row.
CREATE TABLE pictures (
  picture INTEGER PRIMARY KEY,
  source INTEGER NOT NULL REFERENCES sources,
  role TEXT NOT NULL CHECK (role IN ('judged', 'practice', 'example')),
  label INTEGER,
  pixels BLOB NOT NULL
);

-- Times in seconds since 1970. Who took part is not stored: no name, no
-- address, no browser.
CREATE TABLE participants (
  participant INTEGER PRIMARY KEY AUTOINCREMENT,
  secret BLOB NOT NULL UNIQUE,
  simulated INTEGER NOT NULL CHECK (simulated IN (0, 1)),
  begun REAL NOT NULL,
  stopped REAL
);

-- Two pictures are a pair, the second on the right.
CREATE TABLE trials (
  trial INTEGER PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,
  participant INTEGER NOT NULL REFERENCES participants,
  position INTEGER NOT NULL,
  practice INTEGER NOT NULL CHECK (practice IN (0, 1)),
  picture INTEGER NOT NULL REFERENCES pictures,
  other INTEGER REFERENCES pictures,
  duration INTEGER,
  shown REAL,
  UNIQUE (participant, position)
);

-- Milliseconds by the browser's clock; flag is why the page itself calls a
-- trial invalid, else ''.
CREATE TABLE answers (
  trial INTEGER PRIMARY KEY REFERENCES trials,
  answer TEXT NOT NULL CHECK (answer IN ('real', 'fake', 'left', 'right')),
  response_ms REAL NOT NULL,
  shown_ms REAL,
  frame_ms REAL NOT NULL,
  dropped_frames INTEGER NOT NULL,
  magnification REAL NOT NULL,
  flag TEXT NOT NULL,
  received REAL NOT NULL
);

-- An answer stays as it was given, a simulated study stays one.
CREATE TRIGGER answers_stay BEFORE UPDATE ON answers
BEGIN SELECT RAISE(ABORT, 'an answer is not changed'); END;
CREATE TRIGGER answers_are_given_once BEFORE INSERT ON answers
WHEN EXISTS (SELECT 1 FROM answers WHERE trial = NEW.trial)
BEGIN SELECT RAISE(ABORT, 'an answer is not changed'); END;
CREATE TRIGGER study_is_said_once BEFORE INSERT ON study
WHEN EXISTS (SELECT 1 FROM study WHERE name = NEW.name)
BEGIN SELECT RAISE(ABORT, 'a study is not changed'); END;
CREATE TRIGGER study_stays BEFORE UPDATE ON study
BEGIN SELECT RAISE(ABORT, 'a study is not changed'); END;
CREATE TRIGGER study_is_kept BEFORE DELETE ON study
BEGIN SELECT RAISE(ABORT, 'a study is not changed'); END;
CREATE TRIGGER participants_are_of_one_kind BEFORE INSERT ON participants
WHEN NEW.simulated IS NOT
  (SELECT CAST(value = 'true' AS INTEGER) FROM study WHERE name = 'simulated')
BEGIN SELECT RAISE(ABORT, 'people and simulations are not mixed'); END;
CREATE TRIGGER participants_stay_of_their_kind
BEFORE UPDATE OF simulated ON participants
BEGIN SELECT RAISE(ABORT, 'people and simulations are not mixed'); END;
"""


def create(path):
    """Makes the file of a study, with empty tables.

    Args:
        path: Of a file that is not there.

    Returns:
        A `sqlite3.Connection`.
    """
    connection = _connect(path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.executescript(_TABLES)
    return connection


def connect(path):
    """Opens the file of a study.

    Args:
        path: Of the file.

    Returns:
        A `sqlite3.Connection`, for one thread at a time.

    Raises:
        ValueError: If it is no such file.
    """
    path = pathlib.Path(path)
    if not path.is_file():
        raise ValueError(
            "A study is a file that `kerasgan turing` wrote. Received: "
            f"'{path}', where there is no file. Give its path."
        )
    try:
        connection = _connect(path)
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        (form,) = connection.execute("PRAGMA user_version").fetchone()
    except sqlite3.OperationalError as error:
        raise ValueError(
            "A study must be in a folder that can be written to, as SQLite "
            f"keeps files beside it. Received: '{path}' ({error}). Copy it "
            "to one."
        ) from error
    except sqlite3.DatabaseError as error:
        raise ValueError(_not_ours(path, error)) from error
    if application != _APPLICATION_ID or form != _FORM:
        connection.close()
        raise ValueError(_not_ours(path, "other tables"))
    return connection


def _connect(path):
    connection = sqlite3.connect(
        path, check_same_thread=False, isolation_level=None
    )
    connection.row_factory = sqlite3.Row
    # What was acknowledged outlives even a power cut.
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA busy_timeout = 10000")
    return connection


def _not_ours(path, why):
    return (
        "A study is a file that `kerasgan turing` of this version wrote. "
        f"Received: '{path}' ({why}). Give such a file."
    )


def counts(connection):
    """How many participants there are, and how many answers: two ints."""
    return tuple(
        connection.execute(
            "SELECT (SELECT COUNT(*) FROM participants), "
            "(SELECT COUNT(*) FROM answers)"
        ).fetchone()
    )


@contextlib.contextmanager
def transaction(connection):
    """What is done within is stored as a whole, or not at all."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
