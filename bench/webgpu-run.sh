#!/bin/sh
# Runs what bench/webgpu.sh packed. Unpacks into a folder of its own, which goes again.
set -u
. "$(dirname "$0")/unpack.sh"
# Each part is a process of its own: a driver that dies takes no other with it.
run() {
  echo "== $1"
  limit=$2; name=$1; shift 2
  timeout "${LIMIT:-$limit}" ./bin/node dist/webgpu.js "$name" "$@"
  echo "== $name ended with $?"
}
wanted() { case " ${PARTS:-tune time test drift cross pictures apply torch} " in *" $1 "*) ;; *) return 1 ;; esac; }
if wanted tune; then run tune 90 "$@"; fi
if wanted time; then run time 120 "$@"; fi
if wanted test; then run test 120 "$@"; fi
if wanted drift; then run drift 40 "$@"; fi

# A training on the card as people start it, and its checkpoint on the processor: the losses must go on as they were.
cross() {
  maquette() { timeout "${LIMIT:-90}" ./bin/node dist/cli.js "$@"; }
  echo '== engines'; maquette engines; echo "== engines ended with $?"
  size=64 width=32 steps=300 more=310
  case " $* " in *' --small '*) size=32 width=8 steps=6 more=9 ;; esac
  run="$work/run"
  train() { maquette train pix2pix pairs --out "$run" --size $size --width $width --checkpoint-every 100 --json "$@"; }
  echo '== train on the card'
  train --steps $steps --engine webgpu >"$work/train.log"; status=$?
  grep -v '"event":"step"' "$work/train.log"; grep '"event":"step"' "$work/train.log" | tail -n 5
  echo "== train ended with $status"
  grep -A9 -E '"(engine|versions)"' "$run/run.json"
  # As many steps as were asked for: the run is told that more are wanted.
  sed -i "s/\"steps\": *$steps/\"steps\": $more/" "$run/run.json"
  echo '== go on with its checkpoint on the processor'
  train --steps $more --engine cpu --resume >"$work/more.log"; status=$?
  grep -v '"event":"step"' "$work/more.log"; grep '"event":"step"' "$work/more.log" | tail -n 12
  echo "== go on ended with $status"
}
if wanted cross; then cross "$@"; fi

# Whether half precision costs pictures: the same training by both, and how far held-out results are from the truth.
pictures() {
  maquette() { timeout "${LIMIT:-60}" ./bin/node dist/cli.js "$@"; }
  size=128 width=64 batch=16 steps=600
  case " $* " in *' --small '*) size=32 width=8 batch=2 steps=6 ;; esac
  for engine in webgpu-mixed webgpu; do
    echo "== $engine: $steps steps of pix2pix $size/$width b$batch"
    maquette train pix2pix pairs --out "$work/by-$engine" --size $size --width $width --batch $batch --steps $steps \
      --checkpoint-every $steps --engine $engine --json | tail -n 1
    maquette evaluate "$work/by-$engine" pairs --json
    [ -z "${OUT:-}" ] || cp "$work/by-$engine/previews/"*.png "$OUT/$engine.png"
  done
}
if wanted pictures; then pictures "$@"; fi

# Models at work, by the processor and by the card: the drawings of a small sample, and one large picture.
apply() {
  maquette() { timeout "${LIMIT:-60}" ./bin/node dist/cli.js "$@" --json | grep '"event":"done"'; }
  side=1024; case " $* " in *' --small '*) side=96 ;; esac
  mkdir -p large assets/upscalers
  ./bin/node -e 'require("sharp")(process.argv[1]).resize(+process.argv[2]).png().toFile("large/one.png")' \
    "$(ls pairs/B/* | head -n 1)" $side
  for engine in cpu webgpu; do
    echo "== $engine: the drawings, Portraits, 128 px"
    maquette translate models/portraits.onnx pairs/A --out "by-$engine" --engine $engine
    echo "== $engine: $side x $side, art-2x"
    maquette upscale large --model models/art-2x.onnx --out "large-$engine" --engine $engine
    for count in 24 400; do
      case " $* " in *' --small '*) count=4 ;; esac
      echo "== $engine: $count of Characters, 64 px"
      began=$(date +%s.%N)
      maquette generate models/characters.onnx --count $count --out "made-$engine" --engine $engine
      echo "$(date +%s.%N) $began" | awk '{ printf "%.2f s\n", $1 - $2 }'
    done
  done
}
if wanted apply; then apply "$@"; fi
wanted torch || exit 0
case " $* " in *' --no-torch '* | *' --small '*) exit 0 ;; esac
python3 -c 'import torch; assert torch.cuda.is_available()' 2>/dev/null || { echo 'PyTorch with CUDA is not here: no comparison'; exit 0; }
cd reference && timeout 80 python3 - <<'PY'
import statistics, time, torch
from pix2pix import Pix2Pix
torch.set_default_device("cuda")
print("PyTorch", torch.__version__, torch.cuda.get_device_name(), "eager")
for tf32 in (True, False):
    torch.backends.cudnn.allow_tf32 = tf32
    for size, width in ((64, 32), (128, 32), (256, 64)):
        for batch in (1, 4, 16):
            model = Pix2Pix(size, width, torch.contiguous_format, True)
            x, y = (torch.rand(batch, 3, size, size) * 2 - 1 for _ in range(2))
            def median(step):
                times = []
                for i in range(40):
                    start = time.perf_counter()
                    step()
                    torch.cuda.synchronize()
                    times.append((time.perf_counter() - start) * 1000)
                return statistics.median(times[10:])
            eager = median(lambda: model.step(x, y))
            graphed = ""
            if tf32:
                model = Pix2Pix(size, width, torch.contiguous_format, True, capturable=True)
                side = torch.cuda.Stream()
                side.wait_stream(torch.cuda.current_stream())
                with torch.cuda.stream(side):
                    for i in range(3):
                        model.update(x, y)
                torch.cuda.current_stream().wait_stream(side)
                graph = torch.cuda.CUDAGraph()
                with torch.cuda.graph(graph):
                    model.update(x, y)
                graphed = f", in a CUDA graph {median(graph.replay):.2f} ms"
            print(f"pix2pix {size}/{width} b{batch} TF32 {'on' if tf32 else 'off'}: {eager:.2f} ms{graphed}", flush=True)
PY
