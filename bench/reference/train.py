"""Trains the PyTorch reference on a paired dataset and exports it as a Maquette model.

The dataset is A/ and B/ with equal stems, its pictures already at the training size: the
reference resizes nothing, so that it sees the same pixels as Maquette. Leaves OUT/model.onnx
(the EMA generator) and OUT/done.json; prints JSON lines, the last with "event": "done".
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
import warnings
from pathlib import Path
from typing import Iterator

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn

from pix2pix import Ema, Pix2Pix, rate_at

Pair = tuple[Tensor, Tensor]
SUFFIXES = {".png", ".jpg", ".jpeg", ".webp", ".gif", ".tif", ".tiff", ".tga", ".avif"}


def read_picture(path: Path, size: int) -> Tensor:
    """RGB bytes [1, 3, size, size], alpha flattened over white."""
    with Image.open(path) as picture:
        if picture.size != (size, size):
            sys.exit(f"{path} is {picture.size[0]}x{picture.size[1]}: resize the dataset to {size}x{size} first")
        rgba = picture.convert("RGBA")
    flat = Image.alpha_composite(Image.new("RGBA", rgba.size, "white"), rgba).convert("RGB")
    return torch.from_numpy(np.array(flat)).permute(2, 0, 1).unsqueeze(0).contiguous()


def read_pairs(dataset: Path, size: int) -> dict[str, Pair]:
    """Every pair of the dataset by its stem, in the order of the stems."""
    a, b = ({p.stem: p for p in (dataset / side).iterdir() if p.suffix.lower() in SUFFIXES} for side in "AB")
    unmatched = sorted(a.keys() ^ b.keys())
    if unmatched or not a:
        sys.exit(f"{dataset}: " + (f"without a partner: {', '.join(unmatched[:5])}" if unmatched else "no pictures"))
    return {stem: (read_picture(a[stem], size), read_picture(b[stem], size)) for stem in sorted(a)}


def hold_out(pairs: dict[str, Pair], names: list[str]) -> tuple[list[Pair], list[Pair]]:
    """(training, held out); a name may be a stem or a file's name."""
    stems = {name if name in pairs else Path(name).stem for name in names}
    unknown = stems - pairs.keys()
    if unknown:
        sys.exit(f"held out, but not in the dataset: {', '.join(sorted(unknown)[:5])}")
    training = [pair for stem, pair in pairs.items() if stem not in stems]
    return training, [pairs[stem] for stem in sorted(stems)]


def to_values(pixels: Tensor) -> Tensor:
    """Bytes to -1..1."""
    return pixels.float() / 127.5 - 1


def batches(pairs: list[Pair], seed: int) -> Iterator[Pair]:
    """Endlessly: every pair once an epoch in a new order, every other one mirrored."""
    dice = random.Random(seed)
    while True:
        for x, y in dice.sample(pairs, len(pairs)):
            x, y = to_values(x), to_values(y)
            yield (x.flip(-1), y.flip(-1)) if dice.random() < 0.5 else (x, y)


@torch.no_grad()
def mean_l1(generator: nn.Module, pairs: list[Pair]) -> float | None:
    """Mean absolute error over the pictures, on the scale 0..1."""
    errors = [(generator(to_values(x)) - to_values(y)).abs().mean().item() / 2 for x, y in pairs]
    return sum(errors) / len(errors) if errors else None


def export(generator: nn.Module, path: Path, size: int, steps: int) -> None:
    """Writes the generator as ONNX with the metadata that Maquette reads."""
    import onnx

    options = {"dynamo": False} if torch.__version__ >= "2.5" else {}
    example = torch.zeros(1, 3, size, size)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter is deprecated; and "instance_norm in training mode" is what we mean
        torch.onnx.export(
            generator.eval(), (example,), str(path),
            input_names=["input"], output_names=["output"], opset_version=17, **options,
        )
    model = onnx.load(path)
    onnx.helper.set_model_props(model, {
        "maquette.format": "1",
        "maquette.family": "pix2pix",
        "maquette.size": str(size),
        "maquette.channels": "3",
        "maquette.range": "-1..1",
        "maquette.steps": str(steps),
    })
    onnx.checker.check_model(model)
    onnx.save(model, path)


def export_error(generator: nn.Module, path: Path, x: Tensor) -> float | None:
    """The greatest difference between the exported model and the network; None without onnxruntime."""
    try:
        import onnxruntime
    except ImportError:
        return None
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    (output,) = session.run(["output"], {"input": x.numpy()})
    with torch.no_grad():
        return float(np.abs(output - generator(x).numpy()).max())


def say(**line: object) -> None:
    print(json.dumps(line), flush=True)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("dataset", type=Path)
    options.add_argument("--out", type=Path, required=True)
    options.add_argument("--size", type=int, default=64)
    options.add_argument("--width", type=int, default=32)
    options.add_argument("--steps", type=int, default=2000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--threads", type=int, default=2)
    options.add_argument("--held-out-names", type=Path, required=True, help="a JSON array of the names held out")
    args = options.parse_args()

    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    pairs = read_pairs(args.dataset, args.size)
    training, held_out = hold_out(pairs, json.loads(args.held_out_names.read_text()))
    if not training:
        sys.exit("nothing is left to train on")
    args.out.mkdir(parents=True, exist_ok=True)

    model = Pix2Pix(args.size, args.width)
    ema = Ema(model.generator)
    start = time.perf_counter()
    for step, (x, y) in zip(range(1, args.steps + 1), batches(training, args.seed)):
        model.set_rate(rate_at(step - 1, args.steps))
        losses = model.step(x, y)
        ema.update(model.generator, step)
        if step % 100 == 0:
            say(event="step", step=step, losses=losses)
    seconds = time.perf_counter() - start

    path = args.out / "model.onnx"
    export(ema.network, path, args.size, args.steps)
    done = {
        "event": "done", "step": args.steps, "model": str(path), "seed": args.seed,
        "training": len(training), "heldOut": len(held_out), "seconds": round(seconds, 1),
        "l1": mean_l1(ema.network, held_out),
        "l1WithoutEma": mean_l1(model.generator, held_out),
        "exportError": export_error(ema.network, path, to_values(pairs[next(iter(pairs))][0])),
        "torch": torch.__version__,
    }
    (args.out / "done.json").write_text(json.dumps(done) + "\n")
    say(**done)


if __name__ == "__main__":
    main()
