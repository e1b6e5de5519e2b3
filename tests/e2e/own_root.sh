# What scripts share that install packages: `. own_root.sh` instead of setup.sh. The script runs again in a mount name space of its own, and
# $work/root is a copy of this machine that goes away with it: an overlay whose changes are in memory. `packages`, `deb` and `rpm`: what
# ./dev package censo-agent made.
packages=$(dirname "$(realpath "$1")")/package
deb=$(ls "$packages"/censo-agent_*.deb 2>/dev/null | tail -1) || true
rpm=$(ls "$packages"/censo-agent-*.rpm 2>/dev/null | tail -1) || true
[ -n "$deb" ] && [ -n "$rpm" ] || { echo "no packages in $packages: ./dev package censo-agent"; exit 77; }
if [ -z "${CENSO_OWN_NAMESPACES:-}" ]; then
  [ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null || { echo "needs root and name spaces"; exit 77; }
  CENSO_OWN_NAMESPACES=1 exec unshare -m --propagation private bash "$0" "$@"
fi
. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
release_own() { umount -R "$work/root" "$work/layer" 2>/dev/null || true; }

mkdir "$work/layer" "$work/root"
mount -t tmpfs tmpfs "$work/layer"
# A copy without the changes of an earlier one.
fresh_root() {
  ! mountpoint -q "$work/root" || umount -R "$work/root"
  rm -rf "$work/layer/upper" "$work/layer/work"
  mkdir "$work/layer/upper" "$work/layer/work"
  mount -t overlay overlay -o "lowerdir=/,upperdir=$work/layer/upper,workdir=$work/layer/work" "$work/root" 2>/dev/null ||
    { echo "this kernel has no overlay of its root"; exit 77; }
}
fresh_root
