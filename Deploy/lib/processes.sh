# Sourced by the scripts of Deploy/: processes that they start, and a broker of their own.
#
# Everything is started through `start`, and `end_all` (for `trap ... EXIT`) ends it by process id:
# nothing outlives the script, nothing that it did not start is touched.

# mosquitto stands in /usr/sbin, which the PATH of an ordinary user may lack.
PATH=$PATH:/usr/sbin

started_pids=()

# start LOG COMMAND...: runs it, both outputs appended to LOG; its process id is in $started_pid.
start() {
    local log=$1
    shift
    "$@" </dev/null >>"$log" 2>&1 &
    started_pid=$!
    started_pids+=("$started_pid")
}

# Whether the process still runs and is a child of this script: a number may have a new owner.
runs() { grep -qs "^PPid:[[:space:]]*$$\$" "/proc/$1/status"; }

forget() {
    local left=() pid
    for pid in "${started_pids[@]}"; do [ "$pid" = "$1" ] || left+=("$pid"); done
    started_pids=("${left[@]}")
}

# end PID [SECONDS]: asks it to end, and insists after so many seconds, 10 unless told.
end() {
    local pid=$1 tenths=$((${2:-10} * 10))
    if runs "$pid"; then kill -TERM "$pid"; fi
    while runs "$pid" && ((tenths-- > 0)); do sleep 0.1; done
    if runs "$pid"; then kill -KILL "$pid"; fi
    wait "$pid" 2>/dev/null || true
    forget "$pid"
}

# finish PID: waits until it ends by itself; its exit status.
finish() {
    local status=0
    wait "$1" || status=$?
    forget "$1"
    return "$status"
}

# Ends what runs, the newest first.
end_all() {
    while ((${#started_pids[@]})); do end "${started_pids[-1]}"; done
}

# await SECONDS COMMAND...: until the command succeeds; fails when it does not in so many seconds.
await() {
    local until=$((SECONDS + $1))
    shift
    until "$@"; do
        ((SECONDS < until)) || return 1
        sleep 0.1
    done
}

free_port() {
    python3 -c 'import socket
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1])'
}

is_listening() {
    (: </dev/tcp/127.0.0.1/"$1") 2>/dev/null
}

# The shipped configuration on a free loopback port, with its data in DIRECTORY. Further lines of
# configuration come on standard input. The file is $broker_conf, its port $broker_port.
make_broker_conf() {
    local directory=$1
    broker_port=$(free_port)
    broker_conf=$directory/broker.conf
    {
        # As root, mosquitto would become another user, who may not write to the directory.
        echo "user $(id -un)"
        echo "persistence_location $directory/"
        sed "s/^listener .*/listener $broker_port 127.0.0.1/" Deploy/mosquitto/firedamp.conf
        cat
    } >"$broker_conf"
}

# Starts mosquitto with $broker_conf; its process id is in $broker_pid, its log beside its data.
start_broker() {
    local log=${broker_conf%/*}/broker.log
    start "$log" mosquitto -c "$broker_conf"
    broker_pid=$started_pid
    await 10 is_listening "$broker_port" && runs "$broker_pid" && return
    echo "the broker does not start:" >&2
    tail -n 20 "$log" >&2
    return 1
}
