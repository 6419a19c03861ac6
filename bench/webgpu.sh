#!/bin/sh
# The GPU engine on a real card.
#   bench/webgpu.sh pack DIR     here: everything that a bare Linux x64 machine lacks, as DIR/maquette-gpu.tar.xz and DIR/run.sh
#   sh DIR/run.sh [OPTIONS]      there: adapter, self-test, step times, time by kernel, PyTorch beside it; about 5 minutes
#   sh DIR/run.sh --small        the rehearsal on a software driver (VK_ICD_FILENAMES names it)
# A further option: --no-torch. LIMIT=SECONDS in the environment gives each part more time.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
[ "${1:-}" = pack ] && [ -n "${2:-}" ] || { sed -n '2,6s/^# *//p' "$0"; exit 2; }

mkdir -p "$2"
out=$(cd "$2" && pwd)
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
cd "$root"
mkdir -p "$stage/dist" "$stage/reference" "$stage/bin"
npx rolldown bench/webgpu.ts --file "$stage/dist/bench-webgpu.js" --platform node --format esm \
  -e koffi -e onnxruntime-node -e webgpu --log-level silent 2>/dev/null
cp dist/optimiser.wasm dist/optimiser-thread.js "$stage/dist/"
[ ! -d dist/chunks ] || cp -r dist/chunks "$stage/dist/"
cp package.json "$stage/"
cp bench/reference/*.py "$stage/reference/"
cp "$(readlink -f "$(command -v node)")" "$stage/bin/node"
copy() { mkdir -p "$stage/node_modules/$(dirname "$1")" && cp -rL "node_modules/$1" "$stage/node_modules/$1"; }
for file in webgpu/package.json webgpu/index.js webgpu/dist/linux-x64/dawn.node \
  onnxruntime-node/package.json onnxruntime-node/bin/napi-v6/linux/x64/libonnxruntime.so.1 @koromix/koffi-linux-x64; do copy "$file"; done
for file in koffi/package.json koffi/index.js koffi/index.cjs koffi/indirect.js koffi/indirect.cjs koffi/cnoke.cjs koffi/lib koffi/src; do copy "$file"; done
# Loaders for machines whose driver comes without; never unpacked where there is one.
mkdir "$stage/gl"
(cd "$stage/gl" && apt-get download -qq libvulkan1 libegl1 libglvnd0 libopengl0 libgl1 libglx0 libgles2 >/dev/null 2>&1) || echo 'no loaders packed: the machine must have libvulkan1' >&2
XZ_OPT='-3 -T2' tar -C "$stage" -cJf "$out/maquette-gpu.tar.xz" .
cp bench/webgpu-run.sh "$out/run.sh"
du -h "$out"/*
