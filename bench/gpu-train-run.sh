#!/bin/sh
# Trains what bench/gpu-train.sh packed, several recipes at once; see there.
set -u
seconds=$1; shift
: "${OUT:?names the folder for what comes back}"
. "$(dirname "$0")/unpack.sh"
unpack samples.tar.xz || exit
# Decoding pictures is what the loaders wait for.
export UV_THREADPOOL_SIZE=16
# A training may also begin from an upscaler of Maquette's, of which none travelled.
mkdir -p assets/upscalers
node=./bin/node
maquette() { $node dist/cli.js "$@"; }
now() { date +%s; }
began=$(now)
say() { echo "[$(($(now) - began)) s] $*"; }

# Every tenth picture, from the fifth on by name, is taken out before anything learns.
keep_out() {
  for folder in "$@"; do
    (cd "$folder" && LC_ALL=C ls | awk 'NR % 10 == 5' | xargs rm)
    [ -z "${LESS:-}" ] || (cd "$folder" && LC_ALL=C ls | awk -v n="$LESS" 'NR % n > 0' | xargs rm)
  done
}
samples() { maquette samples "$@" >/dev/null || say "samples $1 ended with $?"; }
portraits() { samples portraits --out portraits; keep_out portraits/trainA portraits/trainB; }
adventurers() { samples adventurers --out adventurers --count 900; }
# Drawing takes one core minutes: it is shared out, and what was drawn is laid together.
props() {
  samples props --out props; keep_out props/A props/B
  drawn="$*"; mkdir -p drawn/A drawn/B; parts=12; pids=
  for part in $(seq 1 $parts); do
    mkdir -p "part-$part/B"
    (cd props/B && LC_ALL=C ls | awk -v n=$parts -v i="$part" 'NR % n == i % n') | while read -r file; do
      mv "props/B/$file" "part-$part/B/"
    done
    maquette sketches "part-$part/B" --out "drawn-$part" --style $drawn >/dev/null & pids="$pids $!"
  done
  wait $pids
  for part in $(seq 1 $parts); do mv "drawn-$part"/A/* drawn/A/; mv "drawn-$part"/B/* drawn/B/; done
  $node -e '
    const fs = require("fs"), sources = {};
    for (const file of process.argv.slice(1)) Object.assign(sources, JSON.parse(fs.readFileSync(file)).sources);
    fs.writeFileSync("drawn/variants.json", JSON.stringify({ format: 1, sources }));
  ' drawn-*/variants.json
}

# The flags of a recipe's training, but for how long it takes.
flags() {
  $node -e '
    const [name, i] = process.argv.slice(1), recipe = require(`./recipes/${name}.json`);
    const { steps, minutes, threads, ...flags } = { ...recipe.train, ...(recipe.trainings ?? [{}])[i] };
    console.log([...Object.entries(flags)].map(([k, v]) => (v === true ? `--${k}` : `--${k} ${v}`)).join(" "));
  ' "$1" "$2"
}
# train RUN RECIPE PART FAMILY DATASET SHARE [FLAGS]: for that share of what is left, in percent.
train() {
  run=$1 recipe=$2 part=$3 family=$4 dataset=$5 share=$6; shift 6
  # A training begins to count when all is read and compiled: OPENING seconds are left for that.
  left=$(((end - $(now)) * share / 100 - ${OPENING:-14}))
  [ "$left" -gt 5 ] || { say "$run: no time is left"; return; }
  say "$run: $(find "$dataset" -type f | wc -l) files, $left s"
  timeout --foreground -k 20 $((left + 2 * ${OPENING:-14})) $node dist/cli.js train "$family" "$dataset" --out "$run" --engine "${ENGINE:-webgpu}" --threads 3 \
    --minutes "$($node -p "$left / 60")" $(flags "$recipe" "$part") "$@" ${THERE:-} --json >"$run.log" 2>"$run.err"
  say "$run ended with $?"
}
end=$((began + seconds))
starter_portraits() {
  portraits
  train portraits-1 starter-portraits 0 cyclegan portraits 70 --checkpoint-every 1000
  train portraits-2 starter-portraits 1 cyclegan portraits 100 --checkpoint-every 500 --from portraits-1
}
starter_ink() {
  props 'ink@0.5 hints@0 hints@0.33 hints@0.67 hints@1'
  train ink starter-ink 0 pix2pix drawn 100 --checkpoint-every 1500
}
starter_characters() {
  adventurers
  train characters starter-characters 0 fewshot adventurers 100 --checkpoint-every 2500
}
[ $# -gt 0 ] || set -- portraits ink characters
pids=
for name in "$@"; do "starter_$name" & pids="$pids $!"; done
wait $pids

# What comes back: of each run the records, three previews and the models in half precision, the best and the last.
say 'models'
mkdir -p back
cp ./*.err back/
collect() {
  run=$1; mkdir -p "back/$run"
  cp "$run/run.json" "back/$run/"
  gzip -c "$run/metrics.jsonl" >"back/$run/metrics.jsonl.gz"
  grep -v '"event":"step"' "$run.log" >"back/$run/log"
  grep '"event":"step"' "$run.log" | tail -n 3 >>"back/$run/log"
  ls "$run"/previews/*.png | awk '{ all[NR] = $0 } END { print all[int((NR + 2) / 3)]; print all[int((2 * NR + 1) / 3)]; print all[NR] }' | sort -u |
    xargs -I{} cp {} "back/$run/"
  [ ! -f "$run/model.onnx" ] || maquette halve "$run" --out "back/$run/last.onnx"
  $node dist/checkpoint-models.js "$run" "$run-models"
  best=$($node -e '
    const lines = require("fs").readFileSync(process.argv[1], "utf8").trim().split("\n").map((line) => JSON.parse(line));
    const kept = new Set(process.argv.slice(2));
    const judged = lines.filter(({ step, heldOut }) => heldOut && kept.has(String(step)));
    const score = ({ heldOut }) => heldOut.l1 ?? heldOut.swd;
    judged.sort((a, b) => score(a) - score(b));
    console.log(judged[0]?.step ?? "");
  ' "$run/metrics.jsonl" $(ls "$run-models"))
  [ -z "$best" ] || maquette halve "$run-models/$best/model.onnx" --out "back/$run/best-$best.onnx"
}
pids=
for run in portraits-1 portraits-2 ink characters; do
  [ ! -f "$run/run.json" ] || { collect "$run" & pids="$pids $!"; }
done
wait $pids
(nvidia-smi -L; nvidia-smi --query-gpu=driver_version --format=csv,noheader; nproc) >back/machine.txt 2>&1
find back -type f | xargs ls -l
tar -cf - back | split -b 15M - "$OUT/back.tar."
say 'done'
