# Sourced by launchers. Sets java_home and java_version to a JDK of at least 25, without starting one.
#
# Looked at, in this order: HOLDFAST_JAVA_HOME, JAVA25_HOME, JAVA_HOME, every folder under
# /usr/lib/jvm, java on the PATH. HOLDFAST_JVM_DIR moves the search: then only its folders count.

NEEDED_JAVA=25

# Takes the folder if its "release" file names a version that is new enough.
try_java() {
    [ -n "$1" ] && [ -x "$1/bin/java" ] && [ -r "$1/release" ] || return 1
    found_version=
    found_runtime=
    while IFS='=' read -r key value; do
        value=${value#\"}
        value=${value%\"}
        case $key in
        JAVA_VERSION) found_version=$value ;;
        JAVA_RUNTIME_VERSION) found_runtime=$value ;;
        esac
    done <"$1/release"
    major=${found_version%%[!0-9]*}
    [ -n "$major" ] && [ "$major" -ge "$NEEDED_JAVA" ] || return 1
    # shellcheck disable=SC2034 # both are read by who sources this
    java_home=$1
    # shellcheck disable=SC2034
    java_version=${found_runtime:-$found_version}
}

try_java_folders() {
    for folder in "$1"/*; do
        try_java "$folder" && return 0
    done
    return 1
}

find_java() {
    if [ -n "${HOLDFAST_JVM_DIR:-}" ]; then
        looked_at=$HOLDFAST_JVM_DIR
        try_java_folders "$HOLDFAST_JVM_DIR" && return 0
    else
        looked_at="HOLDFAST_JAVA_HOME, JAVA_HOME, /usr/lib/jvm and the PATH"
        try_java "${HOLDFAST_JAVA_HOME:-}" && return 0
        try_java "${JAVA25_HOME:-}" && return 0
        try_java "${JAVA_HOME:-}" && return 0
        try_java_folders /usr/lib/jvm && return 0
        on_path=$(command -v java 2>/dev/null) && on_path=$(readlink -f "$on_path") &&
            try_java "${on_path%/bin/java}" && return 0
    fi
    echo "holdfast: JDK $NEEDED_JAVA or newer is needed: none was found in $looked_at. Install one under /usr/lib/jvm, or set JAVA25_HOME." >&2
    exit 1
}
