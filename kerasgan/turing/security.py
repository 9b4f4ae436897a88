"""What guards the page: headers, and which requests are heeded at all."""

import json
import urllib.parse

from kerasgan.turing import participants

# Bytes; an answer takes some 250.
_LONGEST_BODY = 4096
_HEADERS = (
    (
        b"content-security-policy",
        b"default-src 'none'; script-src 'self'; style-src 'self'; "
        b"img-src 'self'; connect-src 'self'; base-uri 'none'; "
        b"form-action 'none'; frame-ancestors 'none'",
    ),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    # What is stored by a browser or a proxy could be shown twice.
    (b"cache-control", b"no-store"),
)


class Headers:
    """Adds the headers to every answer of an ASGI application.

    Args:
        app: The application.
    """

    def __init__(self, app):
        self._app = app

    async def __call__(self, scope, receive, send):
        """Serves a request."""

        async def send_with_headers(message):
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_HEADERS]
            await send(message)

        await self._app(scope, receive, send_with_headers)


async def json_body(request):
    """Returns what a POST request of our own page says.

    Args:
        request: A `starlette.requests.Request`.

    Returns:
        Any JSON value.

    Raises:
        Refusal: If it comes from another page, is too long, or is no JSON.
    """
    origin = request.headers.get("origin")
    if origin is not None and _host(origin) != request.headers.get("host"):
        raise participants.Refusal(403, "the request is of another page")
    media_type = request.headers.get("content-type", "").partition(";")[0]
    if media_type.strip().lower() != "application/json":
        raise participants.Refusal(415, "a request is application/json")
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LONGEST_BODY:
            raise participants.Refusal(413, "the request is too long")
    try:
        value = json.loads(body)
        # Half a surrogate pair is JSON, but no text that could be stored.
        json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise participants.Refusal(400, "the request is no JSON") from error
    return value


def _host(origin):
    try:
        return urllib.parse.urlsplit(origin).netloc
    except ValueError:
        return None


def secret(request):
    """Returns the secret of the participant who asks, a string.

    Raises:
        Refusal: If there is none.
    """
    kind, _, value = request.headers.get("authorization", "").partition(" ")
    if kind != "Bearer" or not value:
        raise participants.Refusal(401, "a participant says their secret")
    return value
