#!/bin/sh
# Says what to install where there is no browser for the tests of pages; with --install, installs it (Debian, as root).
command -v chromium >/dev/null && exit 0
if [ "$1" = --install ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "installing Chromium for the tests of pages …"
    apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-noto-core fonts-noto-color-emoji >/dev/null && exit 0
fi
echo "There is no Chromium: the tests of pages are left out."
echo "Install it (Debian: apt install chromium fonts-noto-core), then run make test again."
