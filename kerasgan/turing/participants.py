"""Those who take part: what they are shown next, and what they answered."""

import hashlib
import secrets
import threading
import time
import typing

from kerasgan.turing import database
from kerasgan.turing import protocol as protocols
from kerasgan.turing import schedule

# As the page says why a trial is invalid; the first is: it is valid.
FLAGS = ("", "duration", "dropped", "hidden")
_ANSWERS = frozenset(
    answer
    for mode in protocols.MODES
    for answer in protocols.Protocol(mode).answers
)
# As the page makes them, in hexadecimal digits.
_SECRET_LENGTH = 64
_MOST_PARTICIPANTS = 10_000
_DAY_MS = 86_400_000.0


class Refusal(Exception):
    """What a participant may not do, or not now.

    Args:
        status: int, of HTTP.
        reason: str, for the page's programmer.
    """

    def __init__(self, status, reason):
        super().__init__(reason)
        self.status = status


class Answer(typing.NamedTuple):
    """What the page sends of a trial; `checked` makes one.

    Attributes:
        code: str, of the trial.
        answer: str, one of `Protocol.answers`.
        response_ms: float, from the picture's first frame to the answer.
        shown_ms: float, for which it was measured to be shown, or None where
            it stayed until the answer.
        frame_ms: float, what a frame of the display takes.
        dropped_frames: int, missed while the picture was shown.
        magnification: float, CSS pixels a pixel.
        flag: One of `FLAGS`.
    """

    code: str
    answer: str
    response_ms: float
    shown_ms: float | None
    frame_ms: float
    dropped_frames: int
    magnification: float
    flag: str

    @classmethod
    def checked(cls, value):
        """An answer from what was received.

        Args:
            value: Any JSON value.

        Returns:
            An `Answer`.

        Raises:
            Refusal: If it is not one.
        """
        if not isinstance(value, dict) or set(value) != set(cls._fields):
            raise Refusal(400, f"an answer has the fields {cls._fields}")
        milliseconds = ["response_ms", "frame_ms", "magnification"]
        if value["shown_ms"] is not None:
            milliseconds.append("shown_ms")
        numbers = [value[name] for name in (*milliseconds, "dropped_frames")]
        if not (
            isinstance(value["code"], str)
            and isinstance(value["answer"], str)
            and value["answer"] in _ANSWERS
            and value["flag"] in FLAGS
            and all(type(number) in (int, float) for number in numbers)
            and all(0 <= number <= _DAY_MS for number in numbers)
            and type(value["dropped_frames"]) is int
        ):
            raise Refusal(400, "a field of the answer is out of its range")
        return cls(**value)


class Participants:
    """The participants of a study; its methods may be called by many threads.

    What a method has returned is on the disk.

    Args:
        study: A `Study`.
    """

    def __init__(self, study):
        self._study = study
        self._connection = study.connection
        self._judged = study.keys("judged")
        self._practice = study.keys("practice")
        # Whoever knows the study's seed must not know what comes next.
        self._seed = study.seed if study.simulated else _number(study.order)
        # SQLite has one writer at a time; so all is in one order.
        self._lock = threading.Lock()

    def add(self, secret):
        """Adds a participant with their trials; the same one again, none.

        Args:
            secret: str, by which they are known: see `new_secret`.

        Returns:
            int, the number of the participant, from 1.

        Raises:
            Refusal: If the secret is none, or there are too many participants.
        """
        if not isinstance(secret, str) or len(secret) != _SECRET_LENGTH:
            raise Refusal(400, f"a secret has {_SECRET_LENGTH} characters")
        with self._lock, database.transaction(self._connection):
            known = self._row(secret)
            if known is not None:
                return known["participant"]
            cursor = self._connection.execute(
                "INSERT INTO participants (secret, simulated, begun) "
                "VALUES (?, ?, ?)",
                (_hashed(secret), self._study.simulated, time.time()),
            )
            number = cursor.lastrowid
            if number > _MOST_PARTICIPANTS:
                raise Refusal(403, "the study has all its participants")
            self._plan(number)
        return number

    def _plan(self, participant):
        protocol = self._study.protocol
        trials = [
            (is_practice, trial)
            for is_practice, pictures, count in (
                (True, self._practice, protocol.practice),
                (False, self._judged, protocol.trials),
            )
            for trial in schedule.plan(
                protocol,
                pictures,
                count,
                (self._seed, participant, is_practice),
            )
        ]
        self._connection.executemany(
            "INSERT INTO trials (code, participant, position, practice, "
            "picture, other, duration) VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    secrets.token_urlsafe(16),
                    participant,
                    position,
                    is_practice,
                    *trial,
                )
                for position, (is_practice, trial) in enumerate(trials)
            ],
        )

    def check(self, secret):
        """Raises a `Refusal` unless there is such a participant."""
        with self._lock:
            self._participant(secret)

    def next_trial(self, secret):
        """What comes next for a participant.

        A picture that was fetched is over, answered or not: it would be seen
        twice.

        Args:
            secret: str.

        Returns:
            A dict for the page: `code`, `number` (from 0, of practice or of the
            rest), `practice` and `duration`; or None at the end.

        Raises:
            Refusal: If there is no such participant.
        """
        with self._lock:
            participant = self._participant(secret)
            row = self._next(participant["participant"])
        if row is None or participant["stopped"] is not None:
            return None
        before = 0 if row["practice"] else self._study.protocol.practice
        return {
            "code": row["code"],
            "number": row["position"] - before,
            "practice": bool(row["practice"]),
            "duration": row["duration"],
        }

    def picture(self, secret, code):
        """The picture of the next trial, once.

        Args:
            secret: str.
            code: str, of the trial.

        Returns:
            bytes: uint8 `(height, width, 3)`, row by row; of a pair, that on
            the right follows.

        Raises:
            Refusal: If it is not the turn of that trial.
        """
        with self._lock, database.transaction(self._connection):
            participant = self._participant(secret)
            row = self._next(participant["participant"])
            if participant["stopped"] is not None or (
                row is None or row["code"] != code
            ):
                raise Refusal(409, "it is not the turn of that trial")
            self._connection.execute(
                "UPDATE trials SET shown = ? WHERE trial = ?",
                (time.time(), row["trial"]),
            )
            keys = [row["picture"], row["other"]]
            return self._study.pictures(
                [key for key in keys if key is not None]
            ).tobytes()

    def answer(self, secret, answer):
        """Stores an answer; the same one again changes nothing.

        Args:
            secret: str.
            answer: An `Answer`.

        Raises:
            Refusal: If the participant has not seen that trial, or has given
                another answer.
        """
        with self._lock, database.transaction(self._connection):
            participant = self._participant(secret)
            row = self._connection.execute(
                "SELECT trials.*, answers.answer FROM trials "
                "LEFT JOIN answers USING (trial) "
                "WHERE participant = ? AND code = ?",
                (participant["participant"], answer.code),
            ).fetchone()
            if row is None or row["shown"] is None:
                raise Refusal(409, "there is no such trial to be answered")
            if answer.answer not in self._study.protocol.answers or (
                (answer.shown_ms is None) != (row["duration"] is None)
            ):
                raise Refusal(400, "the answer is one of another protocol")
            if row["answer"] is not None:
                if row["answer"] != answer.answer:
                    raise Refusal(409, "the trial has another answer")
                return
            self._connection.execute(
                "INSERT INTO answers VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (row["trial"], *answer[1:], time.time()),
            )

    def stop(self, secret):
        """Ends a participation; what was answered stays."""
        with self._lock, database.transaction(self._connection):
            participant = self._participant(secret)
            self._connection.execute(
                "UPDATE participants SET stopped = ? "
                "WHERE participant = ? AND stopped IS NULL",
                (time.time(), participant["participant"]),
            )

    def _participant(self, secret):
        row = self._row(secret)
        if row is None:
            raise Refusal(401, "there is no such participant")
        return row

    def _row(self, secret):
        return self._connection.execute(
            "SELECT * FROM participants WHERE secret = ?", (_hashed(secret),)
        ).fetchone()

    def _next(self, participant):
        return self._connection.execute(
            "SELECT * FROM trials WHERE participant = ? AND shown IS NULL "
            "ORDER BY position LIMIT 1",
            (participant,),
        ).fetchone()


def new_secret():
    """Returns a secret for a participant, a string that no one can guess."""
    return secrets.token_hex(_SECRET_LENGTH // 2)


def _number(order):
    digest = hashlib.sha256(f"plan {order}".encode()).digest()
    return int.from_bytes(digest[:8], "big")


def _hashed(secret):
    # A stolen file lets no one answer for another.
    return hashlib.sha256(secret.encode()).digest()
