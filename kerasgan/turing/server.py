"""The page and what it asks for: a Starlette application."""

import contextlib
import functools
import hmac
import pathlib

from starlette import applications
from starlette import concurrency
from starlette import middleware
from starlette import responses
from starlette import routing
from starlette import staticfiles
from starlette.middleware import trustedhost

from kerasgan.turing import participants
from kerasgan.turing import security

PAGE = pathlib.Path(__file__).parent / "page"
LOCAL = ("127.0.0.1", "localhost")


def application(study, needs_key=False):
    """Makes the application that serves a study.

    Nothing that it sends but the pixels depends on where a picture is from.

    Args:
        study: A `Study`; it is closed with the application.
        needs_key: bool, whether only those take part who know its key. Without,
            only this machine is answered.

    Returns:
        A `starlette.applications.Starlette`.
    """
    api = _Api(study, needs_key)

    @contextlib.asynccontextmanager
    async def lifespan(_):
        yield
        study.close()

    return applications.Starlette(
        routes=[
            routing.Route("/api/study", api.study),
            routing.Route("/api/participants", api.begin, methods=["POST"]),
            routing.Route("/api/examples", api.examples),
            routing.Route("/api/next", api.next),
            routing.Route("/api/pictures/{code}", api.picture),
            routing.Route("/api/answers", api.answer, methods=["POST"]),
            routing.Route("/api/stop", api.stop, methods=["POST"]),
            routing.Mount(
                "/", staticfiles.StaticFiles(directory=PAGE, html=True)
            ),
        ],
        middleware=[
            middleware.Middleware(security.Headers),
            # A name that leads here, but is not ours, is that of an attacker.
            middleware.Middleware(
                trustedhost.TrustedHostMiddleware,
                allowed_hosts=["*"] if needs_key else LOCAL,
            ),
        ],
        exception_handlers={participants.Refusal: _refused},
        lifespan=lifespan,
    )


def _refused(_, refusal):
    return responses.JSONResponse({"error": str(refusal)}, refusal.status)


def _blocking(function, *arguments):
    return concurrency.run_in_threadpool(function, *arguments)


class _Api:
    def __init__(self, study, needs_key):
        self._participants = participants.Participants(study)
        self._key = study.key if needs_key else None
        self._study = _facts(study, needs_key)
        self._examples = b"".join(
            study.pictures(keys).tobytes()
            for keys in study.keys("example")
            if keys
        )

    async def study(self, _):
        return responses.JSONResponse(self._study)

    async def begin(self, request):
        value = await security.json_body(request)
        given = value.get("key") if isinstance(value, dict) else None
        if self._key is not None and not (
            isinstance(given, str)
            and hmac.compare_digest(given.encode(), self._key.encode())
        ):
            raise participants.Refusal(403, "the address lacks the key")
        if not (isinstance(value, dict) and value.get("consent") is True):
            raise participants.Refusal(400, "a participant has consented")
        number = await _blocking(self._participants.add, value.get("secret"))
        return responses.JSONResponse({"number": number}, 201)

    async def examples(self, request):
        await _blocking(self._participants.check, security.secret(request))
        return _pixels(self._examples)

    async def next(self, request):
        trial = await _blocking(
            self._participants.next_trial, security.secret(request)
        )
        return responses.JSONResponse({"trial": trial})

    async def picture(self, request):
        return _pixels(
            await _blocking(
                self._participants.picture,
                security.secret(request),
                request.path_params["code"],
            )
        )

    async def answer(self, request):
        secret = security.secret(request)
        answer = participants.Answer.checked(await security.json_body(request))
        await _blocking(self._participants.answer, secret, answer)
        return responses.JSONResponse({"stored": True})

    async def stop(self, request):
        secret = security.secret(request)
        await security.json_body(request)
        await _blocking(self._participants.stop, secret)
        return responses.JSONResponse({"stopped": True})


# Not compressed: the length would tell noisy pictures from smooth ones.
_pixels = functools.partial(
    responses.Response, media_type="application/octet-stream"
)


def _facts(study, needs_key):
    """What the page needs to know of a study."""
    protocol = study.protocol
    height, width, _ = study.image_shape
    return {
        "mode": protocol.mode,
        "answers": list(protocol.answers),
        "height": height,
        "width": width,
        "magnification": protocol.magnification,
        "trials": protocol.trials,
        "practice": protocol.practice,
        "examples": protocol.examples,
        "rest_every": protocol.rest_every,
        "consent": study.texts.consent,
        "contact": study.texts.contact,
        "simulated": study.simulated,
        "needs_key": needs_key,
    }
