"""Serves a study until it is stopped."""

import socket

try:
    import uvicorn

    from kerasgan.turing import server
except ImportError as error:
    raise ImportError(
        "The page of the human test needs Starlette and uvicorn. Received: "
        f"{error}. Run `pip install 'kerasgan[turing]'`."
    ) from error


def listen(host, port):
    """Takes the address, before any work is done for it.

    Args:
        host: Name or address of this machine.
        port: int; 0 for a free one.

    Returns:
        A listening `socket.socket`.

    Raises:
        OSError: If the address cannot be had.
    """
    # Only where TCP is named does asyncio send at once what it has; answers
    # would wait 40 ms else.
    taken = socket.socket(
        socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP
    )
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind((host, port))
        # Who asks before the server has started, waits.
        taken.listen()
    except OSError as error:
        taken.close()
        raise OSError(
            "The page needs an address of this machine that is free. Received: "
            f"--host={host} --port={port} ({error.strerror}). Give another "
            "--port, or an IPv4 address of this machine as --host."
        ) from error
    return taken


def is_local(host):
    """Whether only this machine can reach that address of its own."""
    return host in server.LOCAL


def address(study, host, port):
    """The address that participants open, with the key where it takes one."""
    key = "" if is_local(host) else f"#{study.key}"
    # That which stands for all addresses is none that one could open.
    name = socket.gethostname() if host in ("", "0.0.0.0") else host
    return f"http://{name}:{port}/{key}"


def serve(study, taken, host):
    """Serves a study until the process is told to stop.

    Of those who ask, nothing is logged: neither addresses nor browsers.

    Args:
        study: A `Study`; closed at the end.
        taken: A `socket.socket`, see `listen`.
        host: As for `listen`.
    """
    config = uvicorn.Config(
        server.application(study, needs_key=not is_local(host)),
        access_log=False,
        log_level="warning",
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=3,
    )
    uvicorn.Server(config).run(sockets=[taken])
