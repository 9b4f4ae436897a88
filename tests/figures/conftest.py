import pytest

from kerasgan.figures import canvas


@pytest.fixture
def drawn(monkeypatch):
    """Makes plots return Matplotlib's figures in the place of pixels."""
    monkeypatch.setattr(canvas, "picture", lambda figure: figure)
