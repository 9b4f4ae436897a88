"""The command line: one file a command, `main` runs the one that is asked for.

No file imports TensorFlow, or what needs it, before it is used.
"""
