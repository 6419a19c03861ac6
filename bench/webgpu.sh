#!/bin/sh
# The GPU engine on a real card.
#   bench/webgpu.sh pack DIR     here: everything that a bare Linux x64 machine lacks, 48 MB
#   sh DIR/run.sh [OPTIONS]      there: adapter, step times, time by kernel, self-test, a training on the card that goes on
#                                without it, PyTorch beside it; about 5 minutes
#   sh DIR/run.sh --small        the rehearsal on a software driver (VK_ICD_FILENAMES names it)
# A further option: --no-torch. LIMIT=SECONDS in the environment gives each part more time,
# PARTS='tune time test drift cross pictures apply torch' names those that are wanted.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
[ "${1:-}" = pack ] && [ -n "${2:-}" ] || { sed -n '2,8s/^# *//p' "$0"; exit 2; }

mkdir -p "$2"
out=$(cd "$2" && pwd)
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
cd "$root"

# What changes from day to day: our own code.
mkdir -p "$stage/ours/dist" "$stage/ours/reference"
npx rolldown bench/webgpu.ts main/hosts/cli.ts main/engine/processes/trainer.ts main/engine/processes/loader.ts \
  main/engine/webgpu/probe-process.ts main/engine/host/kernels/thread.ts --dir "$stage/ours/dist" --platform node \
  --format esm -e koffi -e onnxruntime-node -e webgpu -e sharp --log-level silent >/dev/null 2>&1
mv "$stage/ours/dist/probe-process.js" "$stage/ours/dist/gpu-probe.js"
mv "$stage/ours/dist/thread.js" "$stage/ours/dist/optimiser-thread.js"
cp dist/*.wasm "$stage/ours/dist/"
node bin/maquette.js samples props --out "$stage/ours/pairs" --count 48 >/dev/null
rm "$stage/ours/pairs/LICENSES.md"
mkdir "$stage/ours/models"
cp assets/models/portraits/model.onnx "$stage/ours/models/portraits.onnx"
cp assets/models/characters/model.onnx "$stage/ours/models/characters.onnx"
cp assets/upscalers/art-2x/model.onnx "$stage/ours/models/art-2x.onnx"
cp package.json "$stage/ours/"
cp bench/reference/*.py "$stage/ours/reference/"
tar -C "$stage/ours" -czf "$out/ours.tar.gz" .
cp bench/webgpu-run.sh "$out/run.sh"
cp bench/webgpu-unpack.sh "$out/unpack.sh"

# What does not, and takes minutes to pack: Node, ONNX Runtime, Dawn, koffi, and loaders for drivers that come without.
if [ ! -f "$out/theirs.tar.xz" ]; then
  mkdir -p "$stage/theirs/bin" "$stage/theirs/gl"
  cp "$(readlink -f "$(command -v node)")" "$stage/theirs/bin/node"
  for file in webgpu/package.json webgpu/index.js webgpu/dist/linux-x64/dawn.node onnxruntime-node/package.json \
    onnxruntime-node/bin/napi-v6/linux/x64/libonnxruntime.so.1 @koromix/koffi-linux-x64/package.json \
    @koromix/koffi-linux-x64/index.js @koromix/koffi-linux-x64/linux_x64 koffi/package.json \
    koffi/index.js koffi/index.cjs koffi/indirect.js koffi/indirect.cjs koffi/cnoke.cjs koffi/lib koffi/src/koffi/index.js koffi/src/koffi/indirect.js koffi/src/koffi/src/static.js; do
    mkdir -p "$stage/theirs/node_modules/$(dirname "$file")"
    cp -rL "node_modules/$file" "$stage/theirs/node_modules/$file"
  done
  # Symbols are of no use there.
  strip "$stage/theirs/bin/node" "$stage/theirs/node_modules/webgpu/dist/linux-x64/dawn.node"
  (cd "$stage/theirs/gl" && apt-get download -qq libvulkan1 libegl1 libglvnd0 libopengl0 libgl1 libglx0 libgles2 >/dev/null 2>&1) ||
    echo 'no loaders packed: the machine must have libvulkan1' >&2
  XZ_OPT='-6 -T2' tar -C "$stage/theirs" -cJf "$out/theirs.tar.xz" .
fi
if [ ! -f "$out/codecs.tar.xz" ]; then
  mkdir -p "$stage/codecs/node_modules/@img"
  cp -rL node_modules/sharp "$stage/codecs/node_modules/"
  cp -rL node_modules/@img/* "$stage/codecs/node_modules/@img/"
  for name in detect-libc semver; do
    [ ! -d "node_modules/$name" ] || cp -rL "node_modules/$name" "$stage/codecs/node_modules/"
  done
  tar -C "$stage/codecs" -cJf "$out/codecs.tar.xz" .
fi
du -h "$out"/*
