"""Trained models, one folder each; in the wheel this is `kerasgan._zoo`."""
