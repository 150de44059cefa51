#!/usr/bin/env bash
# Starts two demo backends and the gateway with the manifests beside this script, says what to try, and stops
# everything on Ctrl-C. Usage: run-quickstart.sh NODEAGENT ECHO (the two executables; `make run` builds them).
set -euo pipefail

nodeagent=$1
echo_server=$2
manifests=$(cd "$(dirname "$0")" && pwd)/quickstart
state=$(mktemp -d)
admin=127.0.0.1:${NODEAGENT_QUICKSTART_ADMIN_PORT:-9811}
children=()

stop() {
    trap - EXIT INT TERM
    # The gateway first: it drains while its backends still answer.
    for ((i = ${#children[@]} - 1; i >= 0; i--)); do
        kill -TERM "${children[i]}" 2>/dev/null || true
        wait "${children[i]}" 2>/dev/null || true
    done
    rm -rf "$state"
}
trap stop EXIT
trap 'stop; exit 0' INT TERM

# Answers the body of GET PATH on the admin port; fails when nobody listens or the answer is not 200.
get() {
    local status line
    exec 3<>"/dev/tcp/${admin%:*}/${admin#*:}" || return 1
    printf 'GET %s HTTP/1.1\r\nHost: admin\r\nConnection: close\r\n\r\n' "$1" >&3
    read -r _ status _ <&3
    while IFS= read -r line <&3 && [ "$line" != $'\r' ]; do :; done
    cat <&3
    exec 3>&-
    [ "$status" = 200 ]
}

# Children ignore Ctrl-C of the terminal (it reaches the whole group); this script stops them in order.
trap '' INT
"$echo_server" --name blue --http 127.0.0.1:18081 --tcp 127.0.0.1:18091 >"$state/blue.log" 2>&1 &
children+=($!)
"$echo_server" --name green --http 127.0.0.1:18082 --tcp 127.0.0.1:18092 >"$state/green.log" 2>&1 &
children+=($!)
"$nodeagent" run --manifests "$manifests" --address-pool 127.80.0.0/24 --state-dir "$state" --admin "$admin" \
    --access-log - &
gateway=$!
children+=("$gateway")
trap 'stop; exit 0' INT

# Patience: 20 s in all, for a machine that is busy building something else.
deadline=$((SECONDS + 20))
until [ "$(grep -sc '^listening' "$state/blue.log")" = 2 ] && [ "$(grep -sc '^listening' "$state/green.log")" = 2 ] \
    && get /readyz >/dev/null 2>&1; do
    for child in "${children[@]}"; do
        if ! kill -0 "$child" 2>/dev/null || [ "$SECONDS" -ge "$deadline" ]; then
            echo "the quickstart did not come up" >&2
            cat "$state"/*.log >&2
            exit 1
        fi
    done
    sleep 0.05
done

address=$(get /objects | grep -o '127\.80\.0\.[0-9]*' | head -n 1)
try() {
    printf '  %-72s %s\n' "$1" "$2"
}
{
    printf '\nThe gateway is up; its access log follows, a JSON line per request and TCP connection.\nIn another terminal, try:\n\n'
    try "curl http://$address:8080/" "9 of 10 to blue, 1 of 10 to green"
    try "curl -H 'Host: green.example' http://$address:8080/api/hello" "to green as /hello, with headers added"
    try "curl -i -H 'Host: green.example' http://$address:8080/old" "redirected to /new"
    try "curl --http2-prior-knowledge http://$address:8080/" "HTTP/2 on the same port"
    try "nc $address 9000" "type a line: TCP, answered by blue or green"
    try "${nodeagent#"$PWD"/} status --admin http://$admin" "addresses, routes and conditions"
    try "curl http://$admin/metrics" ""
    printf '\nEdit the files in %s and watch: no restart is needed. Ctrl-C stops everything.\n\n' "${manifests#"$PWD"/}"
} >&2
wait "$gateway"
