"""Times a training step: Maquette beside PyTorch, on this machine, in turn.

Each round runs every contestant once, one process at a time, and starts with another one
than the round before, so that a slow minute of the machine hits all alike. Ratios are taken
within a round. "torch" is the best (by its median) of its forms.
"""

from __future__ import annotations

import argparse
import shlex
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import processes
from processes import REFERENCE, Result, has_torch, machine, publish, run_json, table


@dataclass(frozen=True)
class Setting:
    size: int
    width: int

    def __str__(self) -> str:
        return f"{self.size}/{self.width}"

    @property
    def steps(self) -> int:
        """Enough for a steady median: about ten seconds of work."""
        return {64: 120, 128: 60}.get(self.size, 10)


FORMS = ["contiguous", "channels_last", "compiled"]


def contestants(args: argparse.Namespace) -> dict[str, list[str]]:
    """The command of each contestant, less the size, the width and the steps."""
    step_time = [str(REFERENCE / "step_time.py"), "--threads", str(args.threads)]
    fused = ["--fused-adam"] if args.fused_adam else []
    family = ["--family", args.family, *(["--blocks", str(args.blocks)] if args.family == "cyclegan" else [])]
    step_time += family
    found = {"ours": [*shlex.split(args.maquette), "bench", "train", "--json", *family]}
    if has_torch(args.python):
        found["contiguous"] = [args.python, *step_time, *fused]
        found["channels_last"] = [args.python, *step_time, *fused, "--channels-last"]
        if args.compile:
            found["compiled"] = [args.python, *step_time, *fused, "--compile"]
    if has_torch(args.debian):
        found["debian"] = [args.debian, *step_time]
    return found


def measure(setting: Setting, commands: dict[str, list[str]], rounds: int, steps: int | None) -> list[dict[str, Result]]:
    """One result a contestant, for each round."""
    names = list(commands)
    measured = []
    for number in range(rounds):
        start = number % len(names)
        results = {}
        for name in names[start:] + names[:start]:
            sizes = ["--size", str(setting.size), "--width", str(setting.width), "--steps", str(steps or setting.steps)]
            results[name] = run_json([*commands[name], *sizes])
        measured.append(results)
    return measured


def summarise(setting: Setting, rounds: list[dict[str, Result]]) -> Result:
    """Medians over the rounds, and the ratios of each round."""
    def column(name: str, key: str) -> list[float]:
        return [r[name][key] for r in rounds if name in r and r[name].get(key) is not None]

    def middle(name: str, key: str) -> float | None:
        values = column(name, key)
        return median(values) if values else None

    forms = [name for name in FORMS if name in rounds[0]]
    better = min(forms, key=lambda name: median(column(name, "stepMs")), default=None)
    ours = column("ours", "stepMs")
    return {
        "setting": str(setting),
        "params": {name: result["params"] for name, result in rounds[0].items()},
        "stepMs": {name: middle(name, "stepMs") for name in rounds[0]},
        "peakRssMb": {name: middle(name, "peakRssMb") for name in rounds[0]},
        "gflops": middle("ours", "gflops"),
        "matmulGflops": middle("ours", "matmulGflops"),
        "better": better,
        "torchRatios": [a / b for a, b in zip(ours, column(better, "stepMs"))] if better else [],
        "debianRatios": [b / a for a, b in zip(ours, column("debian", "stepMs"))],
        "rounds": rounds,
    }


def report(summaries: list[Result], where: Result, fused: bool) -> str:
    """The markdown: a table of medians, and one of every round's ratios."""
    def number(value: float | None, digits: int = 0) -> str | None:
        return None if value is None else f"{value:.{digits}f}"

    def ratio(values: list[float]) -> str | None:
        return f"{median(values):.2f}" if values else None

    versions = {name: result["torch"] for name, result in summaries[0]["rounds"][0].items() if "torch" in result}
    medians, ratios, complaints = [], [], []
    for s in summaries:
        ms, mb = s["stepMs"], s["peakRssMb"]
        medians.append([
            s["setting"], f"{s['params']['ours'] / 1e6:.1f}", number(ms["ours"], 1),
            *(number(ms.get(name), 1) for name in [*FORMS, "debian"]),
            ratio(s["torchRatios"]), ratio(s["debianRatios"]),
            number(s["gflops"]), number(s["matmulGflops"]),
            number(mb["ours"]), number(mb.get(s["better"])),
        ])
        ratios.append([
            s["setting"], s["better"],
            ", ".join(f"{r:.2f}" for r in s["torchRatios"]) or None,
            ", ".join(f"{r:.2f}" for r in s["debianRatios"]) or None,
        ])
        if len(set(s["params"].values())) > 1:
            complaints.append(f"**{s['setting']}: not the same network: {s['params']} parameters.**")
    return "\n\n".join([
        f"{where['cpu']}, {where['cores']} cores, load {where['loadBefore']} before the start, {where['date']}. "
        f"PyTorch: {versions or 'none found'}{', with its fused Adam' if fused else ''}. "
        f"Medians of {len(summaries[0]['rounds'])} rounds.",
        *complaints,
        table(
            ["size/width", "M parameters", "ours, ms a step", "torch contiguous", "torch channels_last", "torch compiled", "Debian's torch",
             "ours / torch", "Debian's / ours", "our GFLOP/s", "MatMul's", "our MiB", "torch's MiB"],
            medians,
        ),
        table(["size/width", "torch is", "ours / torch, each round", "Debian's / ours, each round"], ratios),
    ])


def setting(text: str) -> Setting:
    size, width = text.split("/")
    return Setting(int(size), int(width))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--settings", type=setting, nargs="+", default=[Setting(64, 32), Setting(128, 32), Setting(256, 64)],
                         metavar="SIZE/WIDTH")
    options.add_argument("--family", choices=["pix2pix", "cyclegan"], default="pix2pix")
    options.add_argument("--blocks", type=int, default=6, help="residual blocks of CycleGAN's generators")
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--steps", type=int, help="measured steps a run (default: 120, 60, and 10 from 256 px)")
    options.add_argument("--threads", type=int, default=2, help="of PyTorch; ours takes its own default")
    options.add_argument("--fused-adam", action="store_true", help="give pip's PyTorch its fused Adam, which is not its default")
    options.add_argument("--compile", action="store_true", help="also PyTorch's networks compiled (torch.compile); wants g++")
    options.add_argument("--python", default=processes.TORCH_PYTHON, help="a Python with pip's PyTorch")
    options.add_argument("--debian", default=processes.DEBIAN_PYTHON, help="a Python with Debian's PyTorch; left out if it has none")
    options.add_argument("--maquette", default=processes.MAQUETTE, help="our command, run in the repository's root")
    options.add_argument("--out", type=Path, default=Path(__file__).parent / "out" / "side-by-side", help="writes OUT.json, OUT.md")
    args = options.parse_args()

    commands = contestants(args)
    where = machine()
    summaries: list[Result] = []
    for each in args.settings:
        summaries.append(summarise(each, measure(each, commands, args.rounds, args.steps)))
        markdown = report(summaries, where, args.fused_adam)
        publish(args.out, {"machine": where, "settings": summaries}, markdown)  # after each: a broken-off run keeps its part
    print(markdown)


if __name__ == "__main__":
    main()
