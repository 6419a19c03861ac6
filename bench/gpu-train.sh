#!/bin/sh
# Starters trained on a bare Linux x64 machine with a card, several at once: their loaders are bound by the processor, so that
# one alone leaves most of the card idle.
#   bench/gpu-train.sh pack DIR        here: what bench/webgpu.sh packs, with the samples' sources and the recipes, 56 MB
#   OUT=FOLDER sh DIR/train.sh SECONDS [ink] [portraits] [characters]
#                                      there: trains these starters by their recipes until so many seconds are over,
#                                      and puts models, records and previews into FOLDER as parts of one archive
# THERE in the environment adds flags to each training ('--size 32 --width 8' and a software driver make a rehearsal),
# ENGINE another engine than webgpu, LESS=N takes every Nth picture only (of those that are learned from).
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
[ "${1:-}" = pack ] && [ -n "${2:-}" ] || { sed -n '2,11s/^# *//p' "$0"; exit 2; }
sh "$root/bench/webgpu.sh" pack "$2" >/dev/null
out=$(cd "$2" && pwd)
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
cd "$root"
mkdir -p "$stage/dist" "$stage/node_modules/@iconify-json" "$stage/node_modules/@lobehub/fluent-emoji-3d/assets"
npx rolldown bench/checkpoint-models.ts --file "$stage/dist/checkpoint-models.js" --platform node --format esm \
  -e koffi -e onnxruntime-node -e webgpu -e sharp --log-level silent >/dev/null 2>&1
cp -r assets/recipes "$stage/recipes"
ink=@iconify-json/fluent-emoji-high-contrast renders=@lobehub/fluent-emoji-3d
mkdir -p "$stage/node_modules/$ink"
for file in package.json icons.json chars.json; do cp "node_modules/$ink/$file" "$stage/node_modules/$ink/"; done
cp "node_modules/$renders/package.json" "$stage/node_modules/$renders/"
# Only those renders that have a drawing travel.
node -e '
const [from, to, chars] = process.argv.slice(1), known = require(chars), { copyFileSync, readdirSync } = require("fs");
for (const file of readdirSync(from))
  if (known[file.slice(0, -5)] && !/1f3f[b-f]/.test(file)) copyFileSync(`${from}/${file}`, `${to}/${file}`);
' "$root/node_modules/$renders/assets" "$stage/node_modules/$renders/assets" "$root/node_modules/$ink/chars.json"
XZ_OPT=-9e tar -C "$stage" -cJf "$out/samples.tar.xz" .
cp bench/gpu-train-run.sh "$out/train.sh"
# What only the bench wants stays here.
rm "$out/run.sh"
du -h "$out"/*
