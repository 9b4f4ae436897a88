"""The pyramid levels in PyTorch, for comparison: eager, channels last.

The same networks, losses, optimizers and work as in `recipe_models.py`, written
as PyTorch users write them. Needs `torch`.
"""

import torch
from torch import nn
from torch.nn import functional
from torch.nn.utils.parametrizations import spectral_norm


class _Generator(nn.Module):
    def __init__(self, *layers):
        super().__init__()
        self.layers = nn.Sequential(*layers)

    def forward(self, latents, coarse):
        return self.layers(torch.cat([latents, coarse], dim=1))


class _Discriminator(nn.Module):
    def __init__(self, *layers):
        super().__init__()
        self.layers = nn.Sequential(*layers)

    def forward(self, residual, coarse):
        return self.layers(residual + coarse)


def _paper_networks(filters):
    generator = _Generator(
        nn.Conv2d(4, filters, 7, padding=3),
        nn.ReLU(),
        nn.Conv2d(filters, filters, 7, padding=3),
        nn.ReLU(),
        nn.Conv2d(filters, 3, 5, padding=2),
    )
    discriminator = _Discriminator(
        nn.Conv2d(3, filters, 5),
        nn.ReLU(),
        nn.Conv2d(filters, filters, 5, stride=2),
        nn.ReLU(),
        nn.Flatten(),
        nn.Dropout(0.5),
        nn.Linear(12 * 12 * filters, 1),
    )
    return generator, discriminator


def _economical_networks(filters):
    generator = _Generator(
        nn.Conv2d(4, filters, 3, padding=1),
        nn.LeakyReLU(0.2),
        nn.Conv2d(filters, filters, 3, padding=1),
        nn.LeakyReLU(0.2),
        nn.Conv2d(filters, 3, 3, padding=1),
    )
    discriminator = _Discriminator(
        spectral_norm(nn.Conv2d(3, filters, 3, padding=1)),
        nn.LeakyReLU(0.2),
        spectral_norm(nn.Conv2d(filters, filters, 4, stride=2, padding=1)),
        nn.LeakyReLU(0.2),
        spectral_norm(nn.Conv2d(filters, filters * 2, 3, stride=2, padding=1)),
        nn.LeakyReLU(0.2),
        nn.Flatten(),
        spectral_norm(nn.Linear(8 * 8 * filters * 2, 1)),
    )
    return generator, discriminator


def _minimax_discriminator_loss(real_logits, fake_logits):
    real_loss = functional.softplus(-real_logits).mean()
    return (real_loss + functional.softplus(fake_logits).mean()) / 2


def _hinge_discriminator_loss(real_logits, fake_logits):
    real_loss = functional.relu(1 - real_logits).mean()
    return (real_loss + functional.relu(1 + fake_logits).mean()) / 2


class TorchLevel:
    """The 32x32 level of a LAPGAN, in PyTorch.

    Args:
        networks: `"paper"` or `"economical"`.
        images: `(batch, 32, 32, 3)` in `[-1, 1]`, NumPy; the batch that it
            trains on.
        filters: Channels of the hidden layers.
    """

    def __init__(self, networks, images, filters=64):
        torch.manual_seed(0)
        if networks == "paper":
            pair = _paper_networks(filters)
            self.generator_loss = lambda logits: functional.softplus(
                -logits
            ).mean()
            self.discriminator_loss = _minimax_discriminator_loss

            def optimizer(network):
                return torch.optim.SGD(
                    network.parameters(), 0.02, momentum=0.5, dampening=0.5
                )
        else:
            pair = _economical_networks(filters)
            self.generator_loss = lambda logits: -logits.mean()
            self.discriminator_loss = _hinge_discriminator_loss

            def optimizer(network):
                return torch.optim.Adam(
                    network.parameters(), 2e-4, betas=(0.0, 0.999)
                )

        self.generator, self.discriminator = (
            network.to(memory_format=torch.channels_last) for network in pair
        )
        self.generator_optimizer = optimizer(self.generator)
        self.discriminator_optimizer = optimizer(self.discriminator)
        # A transposed array of channels-last images is channels last already.
        self.images = torch.from_numpy(images).permute(0, 3, 1, 2)

    def _examples(self):
        low_pass = functional.avg_pool2d(self.images, 2)
        coarse = functional.interpolate(
            low_pass, size=(32, 32), mode="bilinear", align_corners=True
        )
        return self.images - coarse, coarse

    def _latents(self, coarse):
        batch, _, height, width = coarse.shape
        return torch.rand(batch, 1, height, width) * 2 - 1

    def simultaneous_step(self):
        """One forward pass, both gradients, both steps."""
        real, coarse = self._examples()
        fake = self.generator(self._latents(coarse), coarse)
        real_logits = self.discriminator(real, coarse)
        fake_logits = self.discriminator(fake, coarse)
        discriminator_loss = self.discriminator_loss(real_logits, fake_logits)
        generator_loss = self.generator_loss(fake_logits)
        # Each gradient with respect to its own network only.
        discriminator_parameters = list(self.discriminator.parameters())
        generator_parameters = list(self.generator.parameters())
        discriminator_gradients = torch.autograd.grad(
            discriminator_loss, discriminator_parameters, retain_graph=True
        )
        generator_gradients = torch.autograd.grad(
            generator_loss, generator_parameters
        )
        _step(
            self.discriminator_optimizer,
            discriminator_parameters,
            discriminator_gradients,
        )
        _step(
            self.generator_optimizer, generator_parameters, generator_gradients
        )
        return discriminator_loss.item(), generator_loss.item()

    def two_phase_step(self):
        """The discriminator, then the generator on fresh latents."""
        real, coarse = self._examples()

        with torch.no_grad():
            fake = self.generator(self._latents(coarse), coarse)
        self.discriminator_optimizer.zero_grad()
        discriminator_loss = self.discriminator_loss(
            self.discriminator(real, coarse), self.discriminator(fake, coarse)
        )
        discriminator_loss.backward()
        self.discriminator_optimizer.step()

        # No gradient of the discriminator's weights is needed here.
        self.discriminator.requires_grad_(False)
        self.generator_optimizer.zero_grad()
        fake = self.generator(self._latents(coarse), coarse)
        generator_loss = self.generator_loss(self.discriminator(fake, coarse))
        generator_loss.backward()
        self.generator_optimizer.step()
        self.discriminator.requires_grad_(True)
        return discriminator_loss.item(), generator_loss.item()


def _step(optimizer, parameters, gradients):
    for parameter, gradient in zip(parameters, gradients, strict=True):
        parameter.grad = gradient
    optimizer.step()


def prepare(threads):
    """Sets on how many cores PyTorch computes; returns its version."""
    torch.set_num_threads(threads)
    return torch.__version__
