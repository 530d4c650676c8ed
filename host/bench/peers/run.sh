#!/bin/sh
# Kills the same things in the same order under Holdfast, supervisord and runit, and prints as a
# Markdown table what became of the applications: usage run.sh [FOLDER]. Raw logs stay in FOLDER
# (a new one under /tmp without it).
#
# Needs Debian's supervisor and runit, and a built distribution (host/bin/holdfast version builds
# one; HOLDFAST_DIST names another). Each peer runs three copies of the system tests'
# life-journal.sh, whose own journal is what counts: each start, and whether an earlier life of the
# same application was still there.
#
# The plan:
#   1. each application is killed, ten rounds (ROUNDS): the time until its next life's first line
#   2. who supervises is killed and nothing else, five times (DEATHS): what has a parent that
#      replaces it (Holdfast's monitor, runit's runsv) is left to that, the others are started again
#      as their init would
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
dist=${HOLDFAST_DIST:-$root/host/dist/target/holdfast}
app=$root/host/system-tests/src/test/resources/life-journal.sh
raw=${1:-$(mktemp -d /tmp/holdfast-peers.XXXXXX)}
names="a b c"
rounds=${ROUNDS:-10}
deaths=${DEATHS:-5}

die() {
    echo "peers: $*" >&2
    exit 1
}

for program in supervisord runsvdir; do
    command -v "$program" >/dev/null || die "$program is not installed: apt-get install supervisor runit"
done
[ -x "$dist/bin/holdfast" ] || die "there is no distribution in $dist; host/bin/holdfast version builds one"
mkdir -p "$raw"
export HOLDFAST_PEERS_RUN="$raw"

millis() {
    echo $(($(date +%s%N) / 1000000))
}

starts() { # PEER NAME
    sed -n '/^start /p' "$raw/$1/$2.journal" 2>/dev/null | wc -l
}

last_pid() { # PEER NAME
    sed -n 's/^start pid=\([0-9]*\) .*/\1/p' "$raw/$1/$2.journal" | tail -n 1
}

await() { # WHAT COMMAND...: a minute, looked at every 2 ms
    what=$1
    shift
    end=$(($(millis) + 60000))
    until "$@"; do
        [ "$(millis)" -lt "$end" ] || die "waited a minute for: $what"
        sleep 0.002
    done
}

has_starts() { # PEER NAME COUNT
    [ "$(starts "$1" "$2")" -ge "$3" ]
}

alive() { # PID
    kill -0 "$1" 2>/dev/null && ! grep -q '^State:.*[ZX] ' "/proc/$1/status" 2>/dev/null
}

living() { # PEER: how many applications there are now, all lives counted
    sed -n 's/^start pid=\([0-9]*\) .*/\1/p' "$raw/$1"/*.journal | sort -u |
        while read -r pid; do
            if alive "$pid" && grep -q life-journal "/proc/$pid/cmdline" 2>/dev/null; then
                echo "$pid"
            fi
        done | wc -l
}

median() {
    sort -n | awk '{ v[NR] = $1 } END { print (NR == 0) ? "-" : v[int((NR + 1) / 2)] }'
}

# ---- the peers: up, supervisor_pid, again ------------------------------------------------------

supervisord_config() {
    cat <<EOF
[supervisord]
nodaemon=true
logfile=$raw/supervisord/supervisord.log
pidfile=$raw/supervisord/supervisord.pid
childlogdir=$raw/supervisord
[unix_http_server]
file=$raw/supervisord/control.sock
EOF
    for name in $names; do
        printf '[program:%s]\ncommand=sh %s %s\nautorestart=true\nstartsecs=0\nstartretries=1000\n' \
            "$name" "$app" "$raw/supervisord/$name.journal"
    done
}

supervisord_again() {
    supervisord -c "$raw/supervisord/supervisord.conf" >>"$raw/supervisord/out" 2>&1 &
    supervisor=$!
}

supervisord_up() {
    supervisord_config >"$raw/supervisord/supervisord.conf"
    supervisord_again
}

runit_again() {
    runsvdir "$raw/runit/services" >>"$raw/runit/out" 2>&1 &
    supervisor=$!
}

runit_up() {
    for name in $names; do
        mkdir -p "$raw/runit/services/$name"
        printf '#!/bin/sh\nexec sh %s %s\n' "$app" "$raw/runit/$name.journal" \
            >"$raw/runit/services/$name/run"
        chmod +x "$raw/runit/services/$name/run"
    done
    runit_again
}

holdfast() {
    HOLDFAST_HOME=$raw/holdfast/home "$dist/bin/holdfast" "$@" >>"$raw/holdfast/out" 2>&1
}

holdfast_again() {
    HOLDFAST_HOME=$raw/holdfast/home "$dist/bin/holdfast" serve >>"$raw/holdfast/out" 2>&1 &
    supervisor=$!
}

holdfast_up() {
    holdfast_again
    await "a cluster service" holdfast status
    holdfast group create apps
    for name in $names; do
        holdfast resource create "$name" -g apps -t "Generic Application" \
            -p "CommandLine=sh $app $raw/holdfast/$name.journal" \
            -p RestartThreshold=-1 -p RestartDelay=0
    done
    holdfast group online apps
}

monitor_pid() {
    HOLDFAST_HOME=$raw/holdfast/home "$dist/bin/holdfast" resource show a -o json |
        sed -n 's/.*"monitorPid" : \([0-9]*\).*/\1/p'
}

another_monitor() { # PID
    found=$(monitor_pid)
    [ -n "$found" ] && [ "$found" != "$1" ]
}

# ---- the plan ----------------------------------------------------------------------------------

kill_applications() { # PEER: prints milliseconds, one a line
    round=0
    while [ "$round" -lt "$rounds" ]; do
        for name in $names; do
            # runit and supervisord hold back what lived less than a second.
            sleep 1.2
            before=$(starts "$1" "$name")
            since=$(millis)
            kill -9 "$(last_pid "$1" "$name")"
            await "$1 starts $name again" has_starts "$1" "$name" $((before + 1))
            echo $(($(millis) - since))
        done
        round=$((round + 1))
    done
}

total_starts() { # PEER
    sum=0
    for name in $names; do
        sum=$((sum + $(starts "$1" "$name")))
    done
    echo "$sum"
}

# ---- deaths of who supervises: kills once, and waits until all has settled --------------------

kill_supervisor() { # PEER
    kill -9 "$supervisor"
    wait "$supervisor" 2>/dev/null || true
    "$1_again"
    sleep 4
}

kill_monitor() { # PEER
    monitor=$(monitor_pid)
    kill -9 "$monitor"
    await "another monitor" another_monitor "$monitor"
}

kill_runsv() { # PEER
    # The one that holds the lock: others wait for it since their runsvdir was killed.
    pkill -9 -o -x -f "runsv a"
    # runsvdir looks every five seconds.
    sleep 7
}

deaths_of() { # PEER WHOM KILL
    before=$(total_starts "$1")
    besides=$(besides_of "$1")
    death=0
    while [ "$death" -lt "$deaths" ]; do
        "$3" "$1"
        death=$((death + 1))
    done
    printf '| %s | %s | %s | %s | %s of 3 |\n' "$2" "$(median <"$raw/$1/restart-millis")" \
        "$(($(total_starts "$1") - before))" "$(($(besides_of "$1") - besides))" "$(living "$1")"
}

besides_of() { # PEER: lives that began beside an earlier one of the same application
    cat "$raw/$1"/*.journal | grep -c '^start .*beside=[0-9]' || true
}

plan() { # PEER
    mkdir -p "$raw/$1"
    "$1_up"
    for name in $names; do
        await "$1 starts $name" has_starts "$1" "$name" 1
    done
    kill_applications "$1" >"$raw/$1/restart-millis"
    case $1 in
    holdfast)
        deaths_of "$1" "holdfast: its monitor" kill_monitor
        deaths_of "$1" "holdfast: its service" kill_supervisor
        ;;
    runit)
        deaths_of "$1" "runit: its runsvdir" kill_supervisor
        deaths_of "$1" "runit: the runsv of one" kill_runsv
        ;;
    *) deaths_of "$1" "$1" kill_supervisor ;;
    esac
}

# Everything of a peer, however it got there.
down() { # PEER
    [ "$1" != holdfast ] || holdfast service stop || true
    kill -9 "$supervisor" 2>/dev/null || true
    # Also the children of applications that were killed: they carry the mark, and nobody's name.
    grep -lsz "^HOLDFAST_PEERS_RUN=$raw\$" /proc/[0-9]*/environ | cut -d / -f 3 |
        while read -r pid; do
            kill -9 "$pid" 2>/dev/null || true
        done
}

trap 'for peer in holdfast supervisord runit; do down "$peer"; done' EXIT
supervisor=0

echo "$(date -u +%F) $(uname -rm), $(nproc) processors, load $(cut -d ' ' -f 1 /proc/loadavg), logs in $raw"
echo
echo "| killed | application killed → next life, ms (p50 of $((rounds * 3))) | starts after $deaths deaths of it alone (0 is right) | lives beside an earlier one | applications now |"
echo "| --- | --- | --- | --- | --- |"
for peer in holdfast supervisord runit; do
    plan "$peer"
    down "$peer"
done
