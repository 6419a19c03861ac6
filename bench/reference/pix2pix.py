"""The PyTorch reference that Maquette's pix2pix is measured against.

The same networks, losses, optimiser and schedule as models/families/pix2pix.ts, written the
way a PyTorch user would: plain eager modules. Works on PyTorch 1.13 (Debian) and 2.x (pip).
"""

from __future__ import annotations

import copy

import torch
from torch import Tensor, nn
from torch.nn import functional as F

RATE, BETAS, EPSILON = 2e-4, (0.5, 0.999), 1e-8
L1_WEIGHT = 100.0
EMA_DECAY, EMA_EVERY = 0.999, 8


def levels(size: int) -> int:
    """How often the picture is halved: as often as it can be, at most 8 times."""
    if size < 32 or size % 32:
        raise ValueError(f"the picture size must be a multiple of 32, not {size}")
    twos = (size & -size).bit_length() - 1
    return min(twos, 8)


def normalise(x: Tensor) -> Tensor:
    """Instance norm without learned scale and shift."""
    return F.instance_norm(x, eps=1e-5)


def down(inputs: int, outputs: int, stride: int = 2, bias: bool = False) -> nn.Conv2d:
    return nn.Conv2d(inputs, outputs, 4, stride, padding=1, bias=bias)


def up(inputs: int, outputs: int, bias: bool = False) -> nn.ConvTranspose2d:
    return nn.ConvTranspose2d(inputs, outputs, 4, 2, padding=1, bias=bias)


class UNet(nn.Module):
    """The generator of Isola et al. 2017.

    A convolution has a bias only where no norm follows it. The skip is the *un-activated*
    output of a down block (in the authors' code an in-place LeakyReLU changes it).
    """

    def __init__(self, size: int, width: int, channels: int = 3) -> None:
        super().__init__()
        n = levels(size)
        c = [min(2**i, 8) * width for i in range(n)]
        self.downs = nn.ModuleList(
            [down(channels, c[0], bias=True)]
            + [down(c[i - 1], c[i]) for i in range(1, n - 1)]
            + [down(c[n - 2], c[n - 1], bias=True)]
        )
        # ups[i] undoes downs[i]; all but the innermost also take the skip.
        self.ups = nn.ModuleList(
            [up(2 * c[0], channels, bias=True)]
            + [up(2 * c[i], c[i - 1]) for i in range(1, n - 1)]
            + [up(c[n - 1], c[n - 2])]
        )

    def forward(self, x: Tensor) -> Tensor:
        last = len(self.downs) - 1
        skips = [self.downs[0](x)]
        for i in range(1, last):
            skips.append(normalise(self.downs[i](F.leaky_relu(skips[-1], 0.2))))
        h = self.downs[last](F.leaky_relu(skips[-1], 0.2))
        h = normalise(self.ups[last](F.relu(h)))
        for i in range(last - 1, 0, -1):
            h = normalise(self.ups[i](F.relu(torch.cat([skips[i], h], 1))))
        return torch.tanh(self.ups[0](F.relu(torch.cat([skips[0], h], 1))))


class PatchGAN(nn.Module):
    """The 70x70 discriminator: judges (input, picture) patch by patch, as logits."""

    def __init__(self, width: int, channels: int = 3) -> None:
        super().__init__()
        w = width
        self.convs = nn.ModuleList([
            down(2 * channels, w, bias=True),
            down(w, 2 * w),
            down(2 * w, 4 * w),
            down(4 * w, 8 * w, stride=1),
            down(8 * w, 1, stride=1, bias=True),
        ])

    def forward(self, x: Tensor, picture: Tensor) -> Tensor:
        h = F.leaky_relu(self.convs[0](torch.cat([x, picture], 1)), 0.2)
        for conv in self.convs[1:-1]:
            h = F.leaky_relu(normalise(conv(h)), 0.2)
        return self.convs[-1](h)


def initialise(network: nn.Module) -> None:
    """Weights from N(0, 0.02), biases 0."""
    for name, parameter in network.named_parameters():
        if name.endswith("bias"):
            nn.init.zeros_(parameter)
        else:
            nn.init.normal_(parameter, 0.0, 0.02)


def parameter_count(*networks: nn.Module) -> int:
    return sum(p.numel() for network in networks for p in network.parameters())


def gan_loss(logits: Tensor, real: bool) -> Tensor:
    """Vanilla GAN loss: binary cross-entropy with all-real or all-fake labels."""
    labels = torch.ones_like(logits) if real else torch.zeros_like(logits)
    return F.binary_cross_entropy_with_logits(logits, labels)


def rate_at(step: int, steps: int) -> float:
    """The learning rate of `step` (from 0): constant for one half, then linearly to zero."""
    half = steps // 2
    return RATE if step < half else RATE * (steps - step) / (steps - half)


class Pix2Pix:
    """Both networks, both optimisers, and one joint step."""

    def __init__(
        self,
        size: int,
        width: int,
        memory_format: torch.memory_format = torch.contiguous_format,
        fused_adam: bool = False,
        capturable: bool = False,
    ) -> None:
        self.generator = UNet(size, width)
        self.discriminator = PatchGAN(width)
        self.memory_format = memory_format
        for network in (self.generator, self.discriminator):
            initialise(network)
            network.to(memory_format=memory_format)
        fused = {"fused": True, "capturable": capturable} if fused_adam else {}
        self.g_adam, self.d_adam = (
            torch.optim.Adam(network.parameters(), RATE, BETAS, EPSILON, **fused)
            for network in (self.generator, self.discriminator)
        )

    def set_rate(self, rate: float) -> None:
        for group in self.g_adam.param_groups + self.d_adam.param_groups:
            group["lr"] = rate

    def step(self, x: Tensor, y: Tensor) -> dict[str, float]:
        """Updates D, then G against the updated D; waits for the losses."""
        return {name: loss.item() for name, loss in self.update(x, y).items()}

    def update(self, x: Tensor, y: Tensor) -> dict[str, Tensor]:
        x = x.contiguous(memory_format=self.memory_format)
        y = y.contiguous(memory_format=self.memory_format)
        judge = self.discriminator
        fake = self.generator(x)

        judge.requires_grad_(True)
        d_loss = 0.5 * (gan_loss(judge(x, y), True) + gan_loss(judge(x, fake.detach()), False))
        self.d_adam.zero_grad(set_to_none=True)
        d_loss.backward()
        self.d_adam.step()

        judge.requires_grad_(False)
        gan, l1 = gan_loss(judge(x, fake), True), F.l1_loss(fake, y)
        self.g_adam.zero_grad(set_to_none=True)
        (gan + L1_WEIGHT * l1).backward()
        self.g_adam.step()
        return {"d": d_loss, "gan": gan, "l1": l1}


class Ema:
    """A moving average of the generator's weights, brought up to date every 8 steps."""

    def __init__(self, network: nn.Module) -> None:
        self.network = copy.deepcopy(network).requires_grad_(False)

    @torch.no_grad()
    def update(self, network: nn.Module, step: int) -> None:
        """`step`: how many training steps are done."""
        if step % EMA_EVERY:
            return
        decay = min(EMA_DECAY, (1 + step) / (10 + step)) ** EMA_EVERY
        for average, weight in zip(self.network.parameters(), network.parameters()):
            average.lerp_(weight, 1 - decay)
