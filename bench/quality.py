"""Compares what Maquette and the PyTorch reference learn from the same pictures.

For each seed: Maquette trains pix2pix, the reference trains with the same settings and the
same pictures held out, and `maquette evaluate` measures both models on those. The dataset is
A/ and B/ with its pictures already at the training size, so that no resizing differs.
"""

from __future__ import annotations

import argparse
import json
import shlex
import subprocess
import sys
from pathlib import Path
from statistics import mean, stdev

import processes
from processes import REFERENCE, ROOT, Result, machine, publish, run_json, table

METRICS = {"l1": 4, "psnr": 2, "ssim": 4, "swd": 2}  # and the digits to show
SIDES = ["ours", "reference"]


def train_ours(args: argparse.Namespace, seed: int, out: Path) -> Result:
    if args.reuse and (out / "model.onnx").exists():
        return {}
    return run_json([
        *shlex.split(args.maquette), "train", "pix2pix", args.dataset, "--out", out, "--size", args.size,
        "--width", args.width, "--steps", args.steps, "--seed", seed, "--holdout", args.holdout,
        "--engine", args.engine, "--json",
    ])


def train_reference(args: argparse.Namespace, seed: int, out: Path, held_out: Path) -> Result:
    done = out / "done.json"
    if args.reuse and done.exists():
        return json.loads(done.read_text())
    return run_json([
        args.python, REFERENCE / "train.py", args.dataset, "--out", out, "--size", args.size,
        "--width", args.width, "--steps", args.steps, "--seed", seed, "--threads", args.threads,
        "--held-out-names", held_out,
    ])


def held_out_flags(args: argparse.Namespace, seed: int, run: Path) -> list[object]:
    """How to tell `evaluate` which pictures were held out: by the run, else by the same seeded split."""
    evaluate = [*shlex.split(args.maquette), "evaluate", "--help"]
    usage = subprocess.run(evaluate, cwd=ROOT, capture_output=True, text=True).stdout
    if "--held-out-from" in usage:
        return ["--held-out-from", run]
    return ["--seed", seed, "--holdout", args.holdout]


def compare(args: argparse.Namespace, seed: int) -> Result:
    """Trains and evaluates both sides with one seed."""
    ours, reference = (args.out / f"{side}-{seed}" for side in SIDES)
    trained = {"ours": train_ours(args, seed, ours)}
    names = json.loads((ours / "run.json").read_text())["heldOut"]
    held_out = args.out / f"held-out-{seed}.json"
    held_out.write_text(json.dumps(names))
    trained["reference"] = train_reference(args, seed, reference, held_out)

    flags = held_out_flags(args, seed, ours)
    scores = {
        side: run_json([*shlex.split(args.maquette), "evaluate", folder / "model.onnx", args.dataset, *flags, "--json"])
        for side, folder in zip(SIDES, (ours, reference))
    }
    for side, score in scores.items():
        if score["n"] != len(names):
            sys.exit(f"seed {seed}: {side} was evaluated on {score['n']} pictures, {len(names)} are held out")
    return {"seed": seed, "trained": trained, **scores}


def report(results: list[Result], args: argparse.Namespace, where: Result) -> str:
    """The markdown: each metric of each seed, its mean over the seeds, and ours / reference."""
    rows = []
    for metric, digits in METRICS.items():
        values = {side: [r[side][metric] for r in results] for side in SIDES}
        for i, r in enumerate(results):
            ours, reference = (values[side][i] for side in SIDES)
            rows.append([metric, f"seed {r['seed']}", f"{ours:.{digits}f}", f"{reference:.{digits}f}", f"{ours / reference:.3f}"])
        ours, reference = (mean(values[side]) for side in SIDES)
        spread = {side: f" ± {stdev(v):.{digits}f}" if len(v) > 1 else "" for side, v in values.items()}
        rows.append([
            f"**{metric}**", "**mean**",
            f"**{ours:.{digits}f}**{spread['ours']}", f"**{reference:.{digits}f}**{spread['reference']}",
            f"**{ours / reference:.3f}**",
        ])
    checks = [
        f"seed {r['seed']}: {r['trained']['reference']['l1']:.4f} (`evaluate`: {r['reference']['l1']:.4f})" for r in results
    ]
    return "\n\n".join([
        f"{args.size} px, width {args.width}, {args.steps} steps, {results[0]['ours']['n']} pictures held out. "
        f"PyTorch {results[0]['trained']['reference']['torch']}, {where['cpu']}, {where['date']}.",
        table(["metric", "", "ours", "reference", "ours / reference"], rows),
        "The reference's l1 as PyTorch itself counts it: " + "; ".join(checks) + ".",
    ])


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("dataset", type=Path)
    options.add_argument("--out", type=Path, default=Path(__file__).parent / "out" / "quality")
    options.add_argument("--size", type=int, default=64)
    options.add_argument("--width", type=int, default=32)
    options.add_argument("--steps", type=int, default=2000)
    options.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    options.add_argument("--holdout", type=float, default=0.1)
    options.add_argument("--threads", type=int, default=2, help="of PyTorch; ours takes its own default")
    options.add_argument("--engine", default="cpu", help="of ours")
    options.add_argument("--reuse", action="store_true", help="take over the models that an earlier run left in OUT")
    options.add_argument("--python", default=processes.TORCH_PYTHON, help="a Python with PyTorch, Pillow and onnx")
    options.add_argument("--maquette", default=processes.MAQUETTE, help="our command, run in the repository's root")
    args = options.parse_args()
    args.out, args.dataset = args.out.resolve(), args.dataset.resolve()
    args.out.mkdir(parents=True, exist_ok=True)

    where = machine()
    results: list[Result] = []
    for seed in args.seeds:
        results.append(compare(args, seed))
        markdown = report(results, args, where)
        publish(args.out / "quality", {"machine": where, "seeds": results}, markdown)  # after each: a broken-off run keeps its part
    print(markdown)


if __name__ == "__main__":
    main()
