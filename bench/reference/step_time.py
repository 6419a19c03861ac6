"""Times one training step of a PyTorch reference on random data.

Prints one JSON line: the median step in milliseconds (EMA and data loading not counted),
the number of parameters of all networks, the peak resident memory and the PyTorch version.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import sys
import time

import torch

from cyclegan import CycleGAN
from pix2pix import Pix2Pix, parameter_count


def peak_rss_mb() -> float:
    """Peak resident memory of this process in MiB."""
    try:  # VmHWM starts anew at exec; getrusage's figure may be inherited from the parent
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024
    except OSError:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak / (2**20 if sys.platform == "darwin" else 1024)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--family", choices=["pix2pix", "cyclegan"], default="pix2pix")
    options.add_argument("--blocks", type=int, default=9, help="residual blocks of CycleGAN's generators")
    options.add_argument("--size", type=int, required=True)
    options.add_argument("--width", type=int, required=True)
    options.add_argument("--steps", type=int, default=20)
    options.add_argument("--warmup", type=int, default=3)
    options.add_argument("--threads", type=int, default=2)
    options.add_argument("--channels-last", action="store_true")
    options.add_argument("--fused-adam", action="store_true", help="PyTorch's fused CPU Adam (2.4 on)")
    options.add_argument("--compile", action="store_true", help="compile the networks (torch.compile, 2.x)")
    args = options.parse_args()

    torch.set_num_threads(args.threads)
    torch.manual_seed(1)
    memory_format = torch.channels_last if args.channels_last else torch.contiguous_format
    if args.family == "pix2pix":
        model = Pix2Pix(args.size, args.width, memory_format, args.fused_adam)
        networks = [model.generator, model.discriminator]
    else:
        model = CycleGAN(args.width, args.blocks, memory_format, args.fused_adam)
        networks = model.networks
    if args.compile:
        for network in networks:
            network.compile()
    x, y = (torch.rand(1, 3, args.size, args.size) * 2 - 1 for _ in range(2))

    times = []
    for _ in range(args.warmup + args.steps):
        start = time.perf_counter()
        model.step(x, y)
        times.append((time.perf_counter() - start) * 1000)
    print(json.dumps({
        "stepMs": round(statistics.median(times[args.warmup:]), 2),
        "params": parameter_count(*networks),
        "peakRssMb": round(peak_rss_mb(), 1),
        "torch": torch.__version__,
    }))


if __name__ == "__main__":
    main()
