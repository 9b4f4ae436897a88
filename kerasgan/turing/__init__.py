"""The human test: people judge pictures as real or generated, in a browser.

The protocol is that of [Denton et al., 2015](https://arxiv.org/abs/1506.05751),
section 4.3: sources mixed and blinded, each picture shown for one of eleven
durations; without a limit of time it is that of
[Salimans et al., 2016](https://arxiv.org/abs/1606.03498), section 6. A study is
one file, see `kerasgan.turing.study`.
"""
