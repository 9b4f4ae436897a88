"""Models as files that other programs run: TF Serving, LiteRT."""

from kerasgan.export.litert import export_litert as export_litert
from kerasgan.export.saved_model import export as export
