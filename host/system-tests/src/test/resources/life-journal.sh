#!/bin/sh
# An application that testifies about itself: usage life-journal.sh FILE. It appends to FILE
#
#   start pid=4711 ticks=81240 boot=3f1c… at=812.41 beside=none
#   stop pid=4711 ticks=81240 boot=3f1c… at=890.02
#
# and nothing else ever. "at" is the monotonic clock in seconds since boot. "beside" is the pid of
# the life before this one, if that is still there when this one starts: then there are two, whatever
# anybody says. A life that is killed writes no stop.
journal=$1
boot=$(cat /proc/sys/kernel/random/boot_id)
ticks=$(cut -d ' ' -f 22 "/proc/$$/stat")

now() {
    cut -d ' ' -f 1 /proc/uptime
}

value_of() {
    echo "$last" | sed -n "s/.* $1=\([^ ]*\).*/\1/p"
}

beside=none
last=$(grep '^start ' "$journal" 2>/dev/null | tail -n 1)
if [ -n "$last" ]; then
    before=$(value_of pid)
    life=$(cut -d ' ' -f 3,22 "/proc/$before/stat" 2>/dev/null)
    case $life in
    Z* | X* | '') ;;
    *" $(value_of ticks)") [ "$(value_of boot)" = "$boot" ] && beside=$before ;;
    esac
fi
echo "start pid=$$ ticks=$ticks boot=$boot at=$(now) beside=$beside" >>"$journal"
trap 'echo "stop pid=$$ ticks=$ticks boot=$boot at=$(now)" >>"$journal"; exit 0' TERM
while :; do
    sleep 3600 &
    wait $!
done
