"""The PyTorch reference that Maquette's CycleGAN is measured against.

The same networks, losses, optimisers and pool as models/families/cyclegan.ts, written the way
the authors' code is: plain eager modules, six passes of the generators a step.
"""

from __future__ import annotations

import itertools
import random

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from pix2pix import BETAS, EPSILON, RATE, down, initialise, normalise

CYCLE_WEIGHT, IDENTITY_WEIGHT, POOL_SIZE = 10.0, 0.5, 50


class Block(nn.Module):
    """A residual block whose borders are reflected."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first, self.second = (nn.Conv2d(channels, channels, 3, bias=False) for _ in range(2))

    def forward(self, x: Tensor) -> Tensor:
        h = F.relu(normalise(self.first(F.pad(x, [1] * 4, mode="reflect"))))
        return x + normalise(self.second(F.pad(h, [1] * 4, mode="reflect")))


class ResNet(nn.Module):
    """The generator of Zhu et al. 2017. A convolution has a bias only where no norm follows it."""

    def __init__(self, width: int, blocks: int, channels: int = 3) -> None:
        super().__init__()
        w = width
        self.enter = nn.Conv2d(channels, w, 7, bias=False)
        self.downs = nn.ModuleList(
            nn.Conv2d(c, 2 * c, 3, stride=2, padding=1, bias=False) for c in (w, 2 * w)
        )
        self.blocks = nn.ModuleList(Block(4 * w) for _ in range(blocks))
        self.ups = nn.ModuleList(
            nn.ConvTranspose2d(2 * c, c, 3, stride=2, padding=1, output_padding=1, bias=False) for c in (2 * w, w)
        )
        self.leave = nn.Conv2d(w, channels, 7)

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(normalise(self.enter(F.pad(x, [3] * 4, mode="reflect"))))
        for layer in self.downs:
            x = F.relu(normalise(layer(x)))
        for block in self.blocks:
            x = block(x)
        for layer in self.ups:
            x = F.relu(normalise(layer(x)))
        return torch.tanh(self.leave(F.pad(x, [3] * 4, mode="reflect")))


class Judge(nn.Module):
    """The 70x70 PatchGAN of a single picture."""

    def __init__(self, width: int, channels: int = 3) -> None:
        super().__init__()
        w = width
        self.convs = nn.ModuleList([
            down(channels, w, bias=True),
            down(w, 2 * w),
            down(2 * w, 4 * w),
            down(4 * w, 8 * w, stride=1),
            down(8 * w, 1, stride=1, bias=True),
        ])

    def forward(self, x: Tensor) -> Tensor:
        x = F.leaky_relu(self.convs[0](x), 0.2)
        for conv in self.convs[1:-1]:
            x = F.leaky_relu(normalise(conv(x)), 0.2)
        return self.convs[-1](x)


class Pool:
    """Past results, each shown again with probability 1/2."""

    def __init__(self) -> None:
        self.kept: list[Tensor] = []

    def exchange(self, fresh: Tensor) -> Tensor:
        if len(self.kept) < POOL_SIZE:
            self.kept.append(fresh)
        elif random.random() < 0.5:
            at = random.randrange(POOL_SIZE)
            self.kept[at], fresh = fresh, self.kept[at]
        return fresh


def least_squares(logits: Tensor, real: bool) -> Tensor:
    return F.mse_loss(logits, torch.ones_like(logits) if real else torch.zeros_like(logits))


class CycleGAN:
    """Four networks, two optimisers, and one step."""

    def __init__(
        self,
        width: int,
        blocks: int,
        memory_format: torch.memory_format = torch.contiguous_format,
        fused_adam: bool = False,
    ) -> None:
        self.to_a, self.to_b = ResNet(width, blocks), ResNet(width, blocks)
        self.judge_a, self.judge_b = Judge(width), Judge(width)
        self.networks = [self.to_b, self.to_a, self.judge_a, self.judge_b]
        self.memory_format = memory_format
        for network in self.networks:
            initialise(network)
            network.to(memory_format=memory_format)
        fused = {"fused": True} if fused_adam else {}
        self.g_adam, self.d_adam = (
            torch.optim.Adam(itertools.chain(*(n.parameters() for n in pair)), RATE, BETAS, EPSILON, **fused)
            for pair in (self.networks[:2], self.networks[2:])
        )
        self.pool_a, self.pool_b = Pool(), Pool()

    def step(self, a: Tensor, b: Tensor) -> dict[str, float]:
        """Updates the generators, then the discriminators by results of now and before."""
        a, b = (x.contiguous(memory_format=self.memory_format) for x in (a, b))
        judges = self.networks[2:]
        fake_b, fake_a = self.to_b(a), self.to_a(b)

        for judge in judges:
            judge.requires_grad_(False)
        gan = least_squares(self.judge_b(fake_b), True) + least_squares(self.judge_a(fake_a), True)
        cycle = F.l1_loss(self.to_a(fake_b), a) + F.l1_loss(self.to_b(fake_a), b)
        identity = F.l1_loss(self.to_b(b), b) + F.l1_loss(self.to_a(a), a)
        self.g_adam.zero_grad(set_to_none=True)
        (gan + CYCLE_WEIGHT * (cycle + IDENTITY_WEIGHT * identity)).backward()
        self.g_adam.step()

        for judge in judges:
            judge.requires_grad_(True)
        self.d_adam.zero_grad(set_to_none=True)
        d = torch.zeros(())
        for judge, pool, real, fake in (
            (self.judge_a, self.pool_a, a, fake_a), (self.judge_b, self.pool_b, b, fake_b),
        ):
            shown = pool.exchange(fake.detach())
            loss = 0.5 * (least_squares(judge(real), True) + least_squares(judge(shown), False))
            loss.backward()
            d = d + loss.detach()
        self.d_adam.step()
        return {"d": d.item(), "gan": gan.item(), "cycle": cycle.item()}
