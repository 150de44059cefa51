#!/usr/bin/env python3
"""TCP through haproxy, nginx and nodeagent, between network namespaces: client -veth- node -veth- backend."""
import os
import statistics
import subprocess
import sys
import time

import gateway
import rig

PROXIES = ["haproxy", "haproxy-splice", "nginx", "nodeagent"]
WORKLOADS = ["idle", "bulk8", "pp64", "crr32"]
CLIENT, NODE, BACKEND = "na-c", "na-n", "na-b"
NODE_IP, BACKEND_IP = "10.71.1.1", "10.71.2.2"
ECHO_PORT, SINK_PORT = 9000, 9001
IDLE_CONNECTIONS, IDLE_ROUNDS = 4000, 3
START_LIMIT_SECONDS = 20
# Each proxy has two ports of its own: echo and sink.
PORTS = {name: (7000 + 10 * i, 7001 + 10 * i) for i, name in enumerate(PROXIES)}


def ip(*words):
    subprocess.run(["ip", *words], check=True)


def inside(netns, cpu):
    return ["ip", "netns", "exec", netns, "taskset", "-c", str(cpu)]


def remove_network():
    known = subprocess.run(["ip", "netns", "list"], capture_output=True, text=True, check=True).stdout.split()
    for name in (CLIENT, NODE, BACKEND):
        if name in known:
            if subprocess.run(["ip", "netns", "pids", name], capture_output=True, text=True, check=True).stdout.strip():
                raise rig.RigError(f"the network namespace {name} is in use: is another run under way?")
            ip("netns", "del", name)


def make_network():
    remove_network()
    for name in (CLIENT, NODE, BACKEND):
        ip("netns", "add", name)
        ip("-n", name, "link", "set", "lo", "up")
        # Short connections leave ports in TIME_WAIT faster than 60 s give them back.
        for setting in ("net.ipv4.tcp_tw_reuse=1", "net.ipv4.ip_local_port_range=10000 65000"):
            subprocess.run(["ip", "netns", "exec", name, "sysctl", "-qw", setting], check=True)
    for peer, subnet in ((CLIENT, "10.71.1"), (BACKEND, "10.71.2")):
        ip("link", "add", "veth0", "netns", peer, "type", "veth", "peer", "name", f"to-{peer}", "netns", NODE)
        ip("-n", peer, "addr", "add", f"{subnet}.2/24", "dev", "veth0")
        ip("-n", NODE, "addr", "add", f"{subnet}.1/24", "dev", f"to-{peer}")
        ip("-n", peer, "link", "set", "veth0", "up")
        ip("-n", NODE, "link", "set", f"to-{peer}", "up")
        ip("-n", peer, "route", "add", "default", "via", f"{subnet}.1")


def haproxy_config(name):
    echo, sink = PORTS[name]
    splice = name == "haproxy-splice"
    options = "    option splice-request\n    option splice-response\n" if splice else ""
    return f"""global
    nbthread 1
    maxconn 6000
{"    tune.pipesize 262144" if splice else ""}
defaults
    mode tcp
    timeout connect 5s
    timeout client 5m
    timeout server 5m
{options}
listen echo
    bind {NODE_IP}:{echo}
    server backend {BACKEND_IP}:{ECHO_PORT}
listen sink
    bind {NODE_IP}:{sink}
    server backend {BACKEND_IP}:{SINK_PORT}
"""


def nginx_config(folder):
    echo, sink = PORTS["nginx"]
    return f"""load_module /usr/lib/nginx/modules/ngx_stream_module.so;
daemon off;
master_process off;
worker_processes 1;
pid {folder.path}/nginx.pid;
error_log stderr error;
events {{ worker_connections 19000; }}
stream {{
    proxy_timeout 5m;
    server {{ listen {NODE_IP}:{echo} backlog=4096; proxy_pass {BACKEND_IP}:{ECHO_PORT}; }}
    server {{ listen {NODE_IP}:{sink} backlog=4096; proxy_pass {BACKEND_IP}:{SINK_PORT}; }}
}}
"""


def command(name, folder, options):
    if name.startswith("haproxy"):
        return ["haproxy", "-db", "-f", folder.write(f"{name}.cfg", haproxy_config(name))]
    if name == "nginx":
        return ["nginx", "-p", str(folder.path), "-c", folder.write("nginx.conf", nginx_config(folder))]
    echo, sink = PORTS[name]
    objects = gateway.gateway(NODE_IP, {"echo": ("TCP", echo), "sink": ("TCP", sink)})
    for listener, port in (("echo", ECHO_PORT), ("sink", SINK_PORT)):
        objects += gateway.service(listener, BACKEND_IP, port)
        objects.append(gateway.tcp_route(listener, listener, listener, port))
    folder.write("manifests/bench.yaml", gateway.documents(objects))
    return [str(options.nodeagent), "run", "--manifests", str(folder.path / "manifests"), "--state-dir", str(folder.path / "state"),
            "--admin", "127.0.0.1:9811", "--workers", "1", "--drain-timeout", "1", "--access-log", "off"]


def start(name, folder, options):
    """Starts a proxy on CPU 1 and waits until a round trip through both of its ports works."""
    program = rig.Program(name, command(name, folder, options), folder, inside(NODE, 1))
    deadline = time.monotonic() + START_LIMIT_SECONDS
    for port, probe in zip(PORTS[name], (["pp", "1", "64", "0.01"], ["bulk", "1", "0.01"])):
        argv = [*inside(CLIENT, 0), folder.load, probe[0], NODE_IP, str(port), *probe[1:]]
        while True:
            program.check()
            done = subprocess.run(argv, capture_output=True, text=True, timeout=30, check=False)
            result = rig.pairs(done.stdout)
            if done.returncode == 0 and result["errors"] == 0 and result["ops"] > 0:
                break
            if time.monotonic() > deadline:
                raise rig.RigError(f"{name} serves nothing on port {port} after {START_LIMIT_SECONDS} s: {program.err.read_text(errors='replace')[-2000:]}")
            time.sleep(0.1)
    return program


def client(workload, folder, options):
    """A function that runs one slice of the workload through the proxy it is given."""
    words = {"bulk8": ["bulk", 1, "8"], "pp64": ["pp", 0, "64", "64"], "crr32": ["crr", 0, "32"]}[workload]

    def once(name):
        argv = [*inside(CLIENT, 0), folder.load, words[0], NODE_IP, str(PORTS[name][words[1]]), *words[2:], f"{options.slice:g}"]
        result = rig.pairs(rig.run_client(argv, options.slice))
        result["units"] = result["bytes"] / 1e9 if words[0] == "bulk" else result["ops"]
        return result

    return once


def idle_bytes(name, folder, options):
    """Proportional memory a fresh proxy takes for each of many connections that moved 512 bytes once."""
    program = start(name, folder, options)
    argv = [*inside(CLIENT, 0), folder.load, "idle", NODE_IP, str(PORTS[name][0])]
    subprocess.run([*argv, "64"], stdin=subprocess.DEVNULL, capture_output=True, timeout=30, check=True)
    before = program.pss_bytes()
    holder = subprocess.Popen([*argv, str(IDLE_CONNECTIONS)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        if not holder.stdout.readline().startswith("ready"):
            raise rig.RigError(f"{name} did not hold {IDLE_CONNECTIONS} connections")
        after = program.pss_bytes()
    finally:
        holder.communicate(timeout=30)
        program.stop()
    return (after - before) / IDLE_CONNECTIONS, before


def idle_table(folder, options):
    rounds = 1 if options.quick else IDLE_ROUNDS
    lines = [f"## idle: PSS per connection, {IDLE_CONNECTIONS} connections, fresh processes: {rounds} each", "",
             "| proxy | bytes/connection [min-max] | x haproxy | MB before |", "|---|---|---|---|"]
    found = {name: [] for name in options.only}
    for turn in range(rounds):
        for name in options.only:
            found[name].append(idle_bytes(name, folder, options))
            print(f"idle {turn + 1} {name}: {found[name][-1][0]:.0f} bytes/connection", file=sys.stderr)
    middle = {name: statistics.median(b for b, _ in samples) for name, samples in found.items()}
    for name, samples in found.items():
        ratio = f"{middle[name] / middle['haproxy']:.2f}" if middle.get("haproxy") else "-"
        lines.append(f"| {name} | {middle[name]:.0f} [{min(b for b, _ in samples):.0f}-{max(b for b, _ in samples):.0f}] | "
                     f"{ratio} | {statistics.median(m for _, m in samples) / 1e6:.1f} |")
    return [*lines, ""]


def run():
    options = rig.arguments(__doc__, PROXIES, WORKLOADS, "bench/results/l4.md")
    names = ["ip", "taskset", "cc"]
    names += ["haproxy"] if any(p.startswith("haproxy") for p in options.only) else []
    names += ["nginx", "nginx-stream"] if "nginx" in options.only else []
    rig.require(names, options.install)
    if "nodeagent" in options.only and not options.nodeagent.exists():
        raise rig.RigError(f"{options.nodeagent} is not there: make build, or leave it out with --only")
    if os.cpu_count() < 2:
        raise rig.RigError("needs 2 CPUs: one for client and backend, one for the proxy")

    folder = rig.WorkFolder(options.keep)
    lines = rig.heading("TCP through one proxy thread, between namespaces", options, rig.versions(options))
    make_network()
    try:
        backends = [rig.Program(f"{kind}-server", [folder.load, f"{kind}-server", BACKEND_IP, str(port)], folder, inside(BACKEND, 0))
                    for kind, port in (("echo", ECHO_PORT), ("sink", SINK_PORT))]
        if "idle" in options.workloads:
            lines += idle_table(folder, options)
        proxies = {name: start(name, folder, options) for name in options.only}
        for workload, title, unit, scale in (
                ("bulk8", "8 streams to the backend", "s/GB", 1e9),
                ("pp64", "64-byte ping-pong, 64 connections", "us/round trip", 1e3),
                ("crr32", "connect, 1 byte each way, close; 32 at a time", "us/connection", 1e3)):
            if workload in options.workloads:
                rows = rig.interleave(proxies, backends, client(workload, folder, options), options, workload)
                lines += [f"## {workload}: {title}", "", *rig.table(rows, options, unit, scale, "haproxy"), ""]
    finally:
        rig.Program.stop_all()
        remove_network()
    rig.publish(lines, options)


if __name__ == "__main__":
    rig.main(run)
