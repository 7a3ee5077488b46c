#!/bin/sh
# A Chromium for the browser tests: the system's, else installed as root, else unpacked into .tools/chromium.
# Ends with status 1, and the reason on standard error, where none can be had. Safe to run again.
set -u

here=$(cd "$(dirname "$0")/.." && pwd)
own="$here/.tools/chromium"
packages="chromium fonts-noto-core"

give_up() {
    echo "chromium: $1" >&2
    exit 1
}

works() {
    [ -x "$1" ] && "$1" --version >/dev/null 2>&1
}

if found=$(command -v chromium); then
    echo "$found"
    exit 0
fi
if works "$own/chromium"; then
    echo "$own/chromium"
    exit 0
fi
command -v apt-get >/dev/null || give_up "neither Chromium nor apt-get is here"

if [ "$(id -u)" = 0 ]; then
    export DEBIAN_FRONTEND=noninteractive
    install="apt-get install -qq -y --no-install-recommends chromium fonts-noto-core"
    $install >/dev/null 2>&1 || { apt-get update -qq >/dev/null 2>&1 && $install >/dev/null 2>&1; } ||
        give_up "apt-get could not install it"
    command -v chromium
    exit 0
fi

# Without root: an apt state of our own, the packages and every library of theirs that is missing here, unpacked.
state="$own/apt"
mkdir -p "$state/lists/partial" "$state/cache/archives/partial" "$own/debs" "$own/files" || give_up "cannot write $own"
options="-o Dir::State=$state -o Dir::State::Lists=$state/lists -o Dir::Cache=$state/cache
    -o Dir::State::status=/var/lib/dpkg/status -o APT::Sandbox::User= -o Debug::NoLocking=1"
# shellcheck disable=SC2086
apt-get $options -qq update >/dev/null 2>&1 || give_up "apt-get could not read the package lists"
# What `install` would download is what is not here yet.
# shellcheck disable=SC2086
needed=$(apt-get $options -qq -s --no-install-recommends install $packages 2>/dev/null | sed -n 's/^Inst \([^ ]*\).*/\1/p')
[ -n "$needed" ] || give_up "apt-get does not know the package"
# shellcheck disable=SC2086
(cd "$own/debs" && apt-get $options -qq download $needed >/dev/null 2>&1) || give_up "the packages could not be downloaded"
for package in "$own"/debs/*.deb; do
    dpkg -x "$package" "$own/files" || give_up "$package could not be unpacked"
done
rm -rf "$own/debs" "$state"

cat >"$own/chromium" <<EOF
#!/bin/sh
root="$own/files"
libraries="\$root/usr/lib/chromium:\$root/usr/lib/$(uname -m)-linux-gnu:\$root/lib/$(uname -m)-linux-gnu"
export LD_LIBRARY_PATH="\$libraries" XDG_DATA_DIRS="\$root/usr/share:/usr/local/share:/usr/share"
export FONTCONFIG_FILE="$own/fonts.conf"
exec "\$root/usr/lib/chromium/chromium" "\$@"
EOF
cat >"$own/fonts.conf" <<EOF
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>$own/files/usr/share/fonts</dir><dir>/usr/share/fonts</dir><cachedir>$own/fonts-cache</cachedir></fontconfig>
EOF
chmod +x "$own/chromium"
works "$own/chromium" || give_up "the unpacked Chromium does not start"
echo "$own/chromium"
