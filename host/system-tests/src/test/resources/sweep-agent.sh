#!/bin/sh
# A resource agent whose resource is a file in the folder in which it is run, the resource's own.
# With hold=1 a start says that it has begun, and waits to be cancelled; the first stop after that
# fails.
case $1 in
meta-data)
    cat <<END
<?xml version="1.0"?>
<resource-agent name="sweep" version="1.0"><version>1.0</version>
<parameters><parameter name="hold"><content type="boolean" default="0"/></parameter></parameters>
<actions><action name="start" timeout="60s"/><action name="stop" timeout="20s"/>
<action name="monitor" timeout="20s" interval="1s" depth="0"/></actions></resource-agent>
END
    ;;
start)
    if [ "${OCF_RESKEY_hold:-0}" = 1 ]; then
        : >begun
        sleep 50
    fi
    : >up
    ;;
stop)
    rm -f up
    if [ -e begun ]; then
        rm begun
        exit 1
    fi
    ;;
monitor) [ -e up ] || exit 7 ;;
esac
