"""The check of arguments that all scripts share; imports no TensorFlow."""

from absl import app


def refuse(argv):
    """Raises a UsageError where there are arguments beside flags.

    Args:
        argv: What `app.run` gives to `main`.
    """
    if len(argv) > 1:
        raise app.UsageError(
            f"Flags are written --name=value. Received: {argv[1:]}."
        )
