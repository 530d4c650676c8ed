#!/bin/sh
# Boots this machine's own /usr in a container, with nothing else of the machine: /etc and /var are empty and
# in memory. It ends when this script's stdin ends, and so with the test that holds that, however it died.
#
#   container.sh NAME FOLDER NSPAWN-OPTION...
#
# FOLDER gets "nspawn", the pid of systemd-nspawn. The container's console is this script's stdout.
set -eu

name=$1
folder=$2
shift 2

# Where no systemd runs, nobody else gives a container its place among the cgroups. Without one of its own it
# would share those of its caller, and two containers would end each other's services.
hierarchies=
alone=
if [ ! -d /run/systemd/system ]; then
    alone=--keep-unit
    for hierarchy in /sys/fs/cgroup /sys/fs/cgroup/systemd /sys/fs/cgroup/unified; do
        [ -f "$hierarchy/cgroup.procs" ] && hierarchies="$hierarchies $hierarchy"
    done
fi

enter() {
    for hierarchy in $hierarchies; do
        mkdir "$hierarchy/$name"
        echo 0 >"$hierarchy/$name/cgroup.procs"
    done
}

leave() {
    for hierarchy in $hierarchies; do
        find "$hierarchy/$name" -depth -type d -exec rmdir {} +
    done
}

(
    enter
    # shellcheck disable=SC2086 # none, or one word
    exec systemd-nspawn --quiet --directory=/ --volatile=yes --register=no $alone --machine="$name" \
        --uuid="$(tr -d - </proc/sys/kernel/random/uuid)" --private-network --link-journal=no \
        --console=pipe "$@"
) </dev/null &
nspawn=$!
echo "$nspawn" >"$folder/nspawn"

cat >/dev/null
# Its first process takes all others with it; systemd-nspawn then tidies up.
pkill -KILL -P "$nspawn" || :
wait "$nspawn" || :
leave
