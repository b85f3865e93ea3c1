#!/bin/sh
# Says what to install where there is no IMAP server for the tests of answers by mail; with --install, installs it (Debian, as root).
{ command -v dovecot || [ -x /usr/sbin/dovecot ]; } >/dev/null && exit 0
if [ "$1" = --install ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "installing Dovecot for the tests of answers by mail …"
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends dovecot-imapd >/dev/null && exit 0
fi
echo "There is no Dovecot: the tests of answers by mail over IMAP are left out."
echo "Install it (Debian: apt install dovecot-imapd), then run make test again."
