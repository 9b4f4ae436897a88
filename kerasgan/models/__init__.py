"""The models, one file a family."""

from kerasgan.models.adversarial import AdversarialModel as AdversarialModel
from kerasgan.models.base import GenerativeModel as GenerativeModel
from kerasgan.models.classifier import Classifier as Classifier
from kerasgan.models.conditional_gan import ConditionalGAN as ConditionalGAN
from kerasgan.models.dcgan import DCGAN as DCGAN
from kerasgan.models.gan import GAN as GAN
from kerasgan.models.lapgan import LAPGAN as LAPGAN
from kerasgan.models.lapgan import LAPGANCoarsest as LAPGANCoarsest
from kerasgan.models.lapgan import LAPGANLevel as LAPGANLevel
