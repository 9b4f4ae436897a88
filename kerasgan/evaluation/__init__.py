"""Evaluation: a model and a data set in, a report or a comparison out."""

from kerasgan.evaluation.comparing import compare as compare
from kerasgan.evaluation.evaluating import evaluate as evaluate
from kerasgan.evaluation.numbers import Number as Number
from kerasgan.evaluation.reports import Report as Report
from kerasgan.evaluation.setting import Setting as Setting
