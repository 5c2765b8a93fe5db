#!/usr/bin/env bash
# Measures this machine's graphics card in under eight minutes, without a network: the kernels, what verification costs, and a short comparison of stock web-llm,
# plain decoding and speculation, of the embedded pair and, where public/models-smollm2 is, of SmolLM2. It runs in Node on dawn's WebGPU, as the server does.
#
#   bash bench/device.sh [--json FILE] [--seconds 450] [--pair embedded|smollm2]...
#
# It needs Node 20.19 or later, a driver for Vulkan, and the checkout with node_modules. For a machine that cannot install packages, run
# `node bench/device.mjs --build` where node_modules is, and carry the checkout with build/device (16 MB): that is enough. Both machines must be of a kind, as
# dawn is a program of its own. FORETOKEN_DEVICE=software computes on SwiftShader, where a Chromium is; what does not end in time is left out, and said. It
# prints tables and writes FILE, by default
# device.json in $OUT or in build/.
set -eu
cd "$(dirname "$0")/.."
if [ ! -d node_modules/vite ] && [ ! -f build/device/inNode.js ]; then
  echo 'node_modules is missing, and so is build/device. Run npm ci, or carry build/device from a machine that has run: node bench/device.mjs --build' >&2
  exit 1
fi
if [ ! -f public/models/manifest.json ]; then
  echo 'public/models is missing: carry the whole checkout.' >&2
  exit 1
fi
# The loader of a Chromium, where the system has none.
export LD_LIBRARY_PATH="$PWD/build/device:${LD_LIBRARY_PATH:-}"
# A driver that no folder names which the loader looks into.
for icd in /usr/local/nvidia/share/vulkan/icd.d/nvidia_icd.json; do
  if [ -z "${VK_DRIVER_FILES:-}${VK_ICD_FILENAMES:-}" ] && [ -f "$icd" ] && ! ls /etc/vulkan/icd.d/nvidia_icd*.json /usr/share/vulkan/icd.d/nvidia_icd*.json >/dev/null 2>&1; then
    export VK_DRIVER_FILES="$icd"
  fi
done
exec node bench/device.mjs "$@"
