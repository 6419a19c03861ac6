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
# Drawing takes one core minutes: it is shared out, and what was drawn is laid together.
props() {
  samples props --out props; keep_out props/A props/B
  drawn="$*"; mkdir -p drawn/A drawn/B; parts=12; pids=
  (cd props/B && LC_ALL=C ls) >props.txt
  for part in $(seq 1 $parts); do
    mkdir -p "part-$part/B"
    awk -v n=$parts -v i="$part" 'NR % n == i % n' props.txt | while read -r file; do
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

# train RUN DATASET [FLAGS]: the recipe of that starter, but until the time is over.
train() {
  run=$1 dataset=$2; shift 2
  # A training begins to count when all is read and compiled: OPENING seconds are left for that.
  opening=${OPENING:-14} left=$((end - $(now) - ${OPENING:-14}))
  [ "$left" -gt 5 ] || { say "$run: no time is left"; return; }
  flags=$($node -e '
    const [name] = process.argv.slice(1), { family, train } = require(`./recipes/starter-${name}.json`);
    const { steps, minutes, threads, ...flags } = train;
    const given = Object.entries(flags).map(([flag, value]) => (value === true ? `--${flag}` : `--${flag} ${value}`));
    console.log([family, ...given].join(" "));
  ' "$run")
  say "$run: $(find "$dataset" -type f | wc -l) files, $left s"
  timeout --foreground -k 20 $((left + 2 * opening)) $node dist/cli.js train ${flags%% *} "$dataset" --out "$run" \
    --engine "${ENGINE:-webgpu}" --threads 3 --minutes "$($node -p "$left / 60")" ${flags#* } "$@" ${THERE:-} --json \
    >"$run.log" 2>"$run.err"
  say "$run ended with $?"
}
end=$((began + seconds))
starter_ink() {
  props 'ink@0.5 hints@0 hints@0.33 hints@0.67 hints@1'
  train ink drawn --checkpoint-every 1500
}
starter_characters() {
  samples adventurers --out adventurers --count 900
  train characters adventurers --checkpoint-every 2500
}
[ $# -gt 0 ] || set -- ink characters
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
for run in ink characters; do
  [ ! -f "$run/run.json" ] || { collect "$run" & pids="$pids $!"; }
done
wait $pids
(nvidia-smi -L; nvidia-smi --query-gpu=driver_version --format=csv,noheader; nproc) >back/machine.txt 2>&1
find back -type f | xargs ls -l
tar -cf - back | split -b 15M - "$OUT/back.tar."
say 'done'
