# Sourced there by run.sh and train.sh: unpacks what lies beside it into a folder of its own, which goes again, and finds the
# card's driver. Sets `here` (what was packed), `work` (the folder, entered).
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unpack() {
  tar -C "$work" -xf "$here/$1" 2>/dev/null ||
    python3 -c "import sys, tarfile; tarfile.open(sys.argv[1]).extractall(sys.argv[2])" "$here/$1" "$work"
}
unpack theirs.tar.xz && unpack codecs.tar.xz && unpack ours.tar.gz || exit
cd "$work" || exit
if ! ldconfig -p | grep -q libvulkan.so.1; then
  for package in gl/*.deb; do dpkg -x "$package" /; done
  ldconfig
fi
nvidia=/usr/local/nvidia/share/vulkan/icd.d/nvidia_icd.json
if [ -z "${VK_ICD_FILENAMES:-}${VK_DRIVER_FILES:-}" ] && [ -f "$nvidia" ]; then
  export VK_DRIVER_FILES="$nvidia" __EGL_VENDOR_LIBRARY_FILENAMES=/usr/local/nvidia/share/glvnd/egl_vendor.d/10_nvidia.json
fi
: "${XDG_RUNTIME_DIR:=$work/xdg}"
export XDG_RUNTIME_DIR MAQUETTE_HOME="$work/home"
mkdir -p "$XDG_RUNTIME_DIR"
