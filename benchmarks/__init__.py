"""Speed and memory measurements; see README.md in this folder."""

import kerasgan as kerasgan  # Before TensorFlow, as it turns oneDNN on.
