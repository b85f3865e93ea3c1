#!/bin/sh
# Writes into the Dockerfile and the compose files which images exactly they are made of: today's digest of each name.
# Needs Docker with buildx and the way to its registry. Run it again for newer ones, then look at `git diff`.
set -eu
cd "$(dirname "$0")/.."
for name in python:3.13-slim mongo:8.0 caddy:2.11.4; do
    digest=$(${DOCKER:-docker} buildx imagetools inspect "$name" --format '{{.Manifest.Digest}}') || {
        echo "The digest of $name could not be read: this needs Docker with buildx, and its registry." >&2
        exit 1
    }
    echo "$digest" | grep -Eqx 'sha256:[0-9a-f]{64}' || {
        echo "What Docker says of $name is no digest: $digest" >&2
        exit 1
    }
    sed -i -E "s/$name(@sha256:[0-9a-f]{64})?/$name@$digest/" Dockerfile compose.yaml compose.embedded.yaml
    echo "$name is $digest"
done
