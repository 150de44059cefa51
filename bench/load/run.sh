#!/bin/sh
# run.sh l4|l7 [arguments of that rig]: runs a rig without leaving byte code in the tree.
set -eu
rig=$1
shift
exec python3 -B "$(dirname "$0")/$rig.py" "$@"
