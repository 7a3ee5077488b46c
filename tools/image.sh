#!/bin/sh
# image.sh [NAME...]: build the images of these services, or of all and `local`, with whichever builder works here.
#   REPOSITORY  in front of each name (sangtao)      TAG   the tag (the chart's appVersion)
#   BASE        another base image with Python 3.11  ARGS  further arguments of the builder
#   BUILDER     the only builder to try
set -eu
cd "$(dirname "$0")/.."

repository=${REPOSITORY:-sangtao}
tag=${TAG:-$(sed -n 's/^appVersion: "\(.*\)"/\1/p' deploy/helm/Chart.yaml)}
[ $# -gt 0 ] || set -- registration review reporting notifications portal local

builder() {
    for name in ${BUILDER:-docker podman buildah}; do
        command -v $name > /dev/null || continue
        # That the program is there is not enough: docker needs its daemon, the others namespaces.
        if $name info > /dev/null 2>&1; then
            echo $name
            return
        fi
        echo "image.sh: $name is installed but does not work: $($name info 2>&1 | tail -n 1)" >&2
    done
    echo "image.sh: an image needs docker (with its daemon), podman or buildah, and none of them works here." >&2
    return 1
}

build() {
    case $builder in
        # Its ignore file beside the Dockerfile is known to BuildKit; the others are told.
        docker) DOCKER_BUILDKIT=1 docker build "$@" ;;
        podman) podman build --ignorefile deploy/docker/Dockerfile.dockerignore "$@" ;;
        buildah) buildah build --ignorefile deploy/docker/Dockerfile.dockerignore "$@" ;;
    esac
}

builder=$(builder)
for name in "$@"; do
    image=$repository/$name:$tag
    if [ "$name" = local ]; then target=local; else target=service; fi
    [ $target = local ] || [ -d "services/$name" ] || { echo "image.sh: there is no service $name" >&2; exit 1; }
    echo "== $image ($builder, target $target)"
    # shellcheck disable=SC2086  # ARGS is several words
    build --file deploy/docker/Dockerfile --target $target --build-arg SERVICE="$name" \
        ${BASE:+--build-arg BASE="$BASE"} ${ARGS:-} --tag "$image" .
done
