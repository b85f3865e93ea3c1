#!/bin/sh
# Says what to install where there is no promtool for the test of the alerts; with --install, installs it alone (Debian, as root).
command -v promtool >/dev/null && exit 0
if [ "$1" = --install ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "installing promtool for the test of the alerts …"
    folder=$(mktemp -d) && cd "$folder" && apt-get update -qq && apt-get download -qq prometheus 2>/dev/null &&
        dpkg-deb --fsys-tarfile prometheus_*.deb | tar -x --directory /usr/local --strip-components 2 ./usr/bin/promtool
    rm -rf "$folder"
    command -v promtool >/dev/null && exit 0
fi
echo "There is no promtool: Prometheus's own look at the alerts is left out."
echo "Install it (Debian: apt install prometheus), then run make test again."
