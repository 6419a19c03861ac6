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
# draw PICTURES TO: those pictures as the recipe of the starter TO has them drawn. Drawing takes one core minutes: it is shared
# out, and what was drawn is laid together.
draw() {
  from=$1 to=$2
  styles=$($node -p 'require(`./recipes/starter-${process.argv[1]}.json`).drawn.join(" ")' "$to")
  mkdir -p "drawn-$to/A" "drawn-$to/B"; parts=12; drawing=
  (cd "$from" && LC_ALL=C ls) >"$to.txt"
  for part in $(seq 1 $parts); do
    mkdir -p "$to-part-$part"
    awk -v n=$parts -v i="$part" 'NR % n == i % n' "$to.txt" | while read -r file; do
      mv "$from/$file" "$to-part-$part/"
    done
    maquette sketches "$to-part-$part" --out "$to-drawn-$part" --style $styles >/dev/null & drawing="$drawing $!"
  done
  wait $drawing
  for part in $(seq 1 $parts); do mv "$to-drawn-$part"/A/* "drawn-$to/A/"; mv "$to-drawn-$part"/B/* "drawn-$to/B/"; done
  $node -e '
    const fs = require("fs"), [to, ...files] = process.argv.slice(1), sources = {};
    for (const file of files) Object.assign(sources, JSON.parse(fs.readFileSync(file)).sources);
    fs.writeFileSync(`${to}/variants.json`, JSON.stringify({ format: 1, sources }));
  ' "drawn-$to" "$to"-drawn-*/variants.json
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
  samples props --out props; keep_out props/A props/B
  draw props/B ink
  train ink drawn-ink --checkpoint-every 4000
}
starter_portraits() {
  samples portraits --out portraits; keep_out portraits/trainB
  draw portraits/trainB portraits
  train portraits drawn-portraits --checkpoint-every 4000
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
for run in ink portraits characters; do
  [ ! -f "$run/run.json" ] || { collect "$run" & pids="$pids $!"; }
done
wait $pids
(nvidia-smi -L; nvidia-smi --query-gpu=driver_version --format=csv,noheader; nproc) >back/machine.txt 2>&1
find back -type f | xargs ls -l
tar -cf - back | split -b 15M - "$OUT/back.tar."
say 'done'
