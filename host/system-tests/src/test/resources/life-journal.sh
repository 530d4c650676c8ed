#!/bin/sh
# An application that testifies about itself: usage life-journal.sh FILE. It appends to FILE
#
#   start pid=4711 ticks=81240 boot=3f1c… at=812.41 beside=none
#   stop pid=4711 ticks=81240 boot=3f1c… at=890.02
#
# and nothing else ever. "at" is the monotonic clock in seconds since boot. It holds a lock on
# FILE.lock as long as it lives: a life that finds it held says "beside" the pid of the life before it.
# That there are two is then the kernel's word, and nobody's bookkeeping. A life that is killed
# writes no stop. It starts no process that could hold the lock beyond it.
journal=$1
exec 9>"$journal.lock"
read -r boot </proc/sys/kernel/random/boot_id
ticks=$(cut -d ' ' -f 22 "/proc/$$/stat")

note() {
    what=$1
    shift
    read -r now _ </proc/uptime
    echo "$what pid=$$ ticks=$ticks boot=$boot at=$now$*" >>"$journal"
}

beside=none
if ! flock -n 9; then
    beside=$(sed -n 's/^start pid=\([0-9]*\) .*/\1/p' "$journal" | tail -n 1)
fi
note start " beside=$beside"
trap 'note stop; exit 0' TERM INT
# Waits for nothing: a pipe that nobody writes to.
waiting=$journal.$$
mkfifo "$waiting"
exec 8<>"$waiting"
rm "$waiting"
while :; do
    read -r _ <&8
done
