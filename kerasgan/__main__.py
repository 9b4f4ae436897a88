"""`python -m kerasgan`, the same as `kerasgan`."""

from kerasgan.cli import main

if __name__ == "__main__":
    main.run()
