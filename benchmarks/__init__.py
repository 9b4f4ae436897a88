"""Speed and memory measurements; see README.md in this folder."""
