"""Metrics: images, features or logits in, numbers out."""

from kerasgan.metrics.classification import ClassBalance as ClassBalance
from kerasgan.metrics.classification import accuracy as accuracy
from kerasgan.metrics.classification import class_balance as class_balance
from kerasgan.metrics.classification import confusion as confusion
from kerasgan.metrics.distances import nearest as nearest
from kerasgan.metrics.diversity import relative_diversity as relative_diversity
from kerasgan.metrics.frechet import Gaussian as Gaussian
from kerasgan.metrics.frechet import frechet_distance as frechet_distance
from kerasgan.metrics.frechet import frechet_distance_of as frechet_distance_of
from kerasgan.metrics.frechet import gaussian as gaussian
from kerasgan.metrics.generative_adversarial import Battle as Battle
from kerasgan.metrics.generative_adversarial import (
    generative_adversarial_metric as generative_adversarial_metric,
)
from kerasgan.metrics.inception_score import inception_score as inception_score
from kerasgan.metrics.intervals import Interval as Interval
from kerasgan.metrics.intervals import bootstrap as bootstrap
from kerasgan.metrics.intervals import difference as difference
from kerasgan.metrics.intervals import half_samples as half_samples
from kerasgan.metrics.intervals import mean_interval as mean_interval
from kerasgan.metrics.intervals import share_interval as share_interval
from kerasgan.metrics.kernel import kernel_distance as kernel_distance
from kerasgan.metrics.memorisation import Duplicates as Duplicates
from kerasgan.metrics.memorisation import Memorisation as Memorisation
from kerasgan.metrics.memorisation import (
    detect_memorisation as detect_memorisation,
)
from kerasgan.metrics.memorisation import (
    exact_duplicate_share as exact_duplicate_share,
)
from kerasgan.metrics.memorisation import find_duplicates as find_duplicates
from kerasgan.metrics.ms_ssim import Similarity as Similarity
from kerasgan.metrics.ms_ssim import ms_ssim_diversity as ms_ssim_diversity
from kerasgan.metrics.ms_ssim import multi_scale_ssim as multi_scale_ssim
from kerasgan.metrics.multiscale_parzen import (
    MultiscaleLikelihood as MultiscaleLikelihood,
)
from kerasgan.metrics.multiscale_parzen import (
    conditional_parzen as conditional_parzen,
)
from kerasgan.metrics.multiscale_parzen import high_pass as high_pass
from kerasgan.metrics.multiscale_parzen import low_pass as low_pass
from kerasgan.metrics.multiscale_parzen import merge as merge
from kerasgan.metrics.multiscale_parzen import (
    multiscale_parzen_log_likelihood as multiscale_parzen_log_likelihood,
)
from kerasgan.metrics.nearest_neighbour import (
    nearest_neighbour_accuracy as nearest_neighbour_accuracy,
)
from kerasgan.metrics.nearest_neighbour import (
    two_sample_accuracy as two_sample_accuracy,
)
from kerasgan.metrics.parzen import ParzenLikelihood as ParzenLikelihood
from kerasgan.metrics.parzen import (
    parzen_log_likelihood as parzen_log_likelihood,
)
from kerasgan.metrics.path_length import PathLength as PathLength
from kerasgan.metrics.path_length import (
    perceptual_path_length as perceptual_path_length,
)
from kerasgan.metrics.precision_recall import (
    manifold_metrics as manifold_metrics,
)
from kerasgan.metrics.sliced_wasserstein import (
    sliced_wasserstein_distance as sliced_wasserstein_distance,
)
