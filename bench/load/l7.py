#!/usr/bin/env python3
"""HTTP through haproxy, nginx and nodeagent with 1,000 hosts and an access log, on the loopback of a network namespace of its own."""
import ctypes
import http.client
import os
import re
import subprocess
import time

import gateway
import rig

PROXIES = ["haproxy", "nginx", "nodeagent"]
IP = "127.0.0.1"
BACKEND_PORT = 9000
ADMIN_PORT = 9811
HOSTS = 1000
START_LIMIT_SECONDS = 60
# Less than this for each request means that lines were left out.
LOG_LINE_MIN_BYTES = 40
CLONE_NEWNET = 0x40000000
# Each proxy has two ports of its own: HTTP/1.1 and h2c (the same one for nodeagent, which tells them apart).
PORTS = {"haproxy": (7000, 7001), "nginx": (7010, 7011), "nodeagent": (7020, 7020)}

# name: (title, connections, method, path, body bytes, Connection)
WORKLOADS = {
    "tiny": ("GET, 100 B answers, keep-alive, 64 connections", 64, "GET", "/tiny", 0, "keep-alive"),
    "10k": ("GET, 10 KB answers, keep-alive, 64 connections", 64, "GET", "/10k", 0, "keep-alive"),
    "1m": ("GET, 1 MB answers, keep-alive, 16 connections", 16, "GET", "/1m", 0, "keep-alive"),
    "post": ("POST, 10 KB bodies, 100 B answers, keep-alive, 64 connections", 64, "POST", "/tiny", 10240, "keep-alive"),
    "close": ("GET, 100 B answers, a new connection per request, 64 at a time", 64, "GET", "/tiny", 0, "close"),
    "h2c": ("GET over h2c, 100 B answers, 16 connections x 16 streams, one host", 16, "GET", "/tiny", 0, None),
}


def enter_own_network():
    """This process and all it starts get a network of their own: no port is taken, no trace is left."""
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET) != 0:
        raise rig.RigError(f"no network namespace: {os.strerror(ctypes.get_errno())}")
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    subprocess.run(["sysctl", "-qw", "net.ipv4.tcp_tw_reuse=1", "net.ipv4.ip_local_port_range=10000 65000"], check=True)


def host(i):
    return f"host{i}.bench.test"


def haproxy_config(folder):
    hosts = folder.write("hosts.map", "".join(f"{host(i)} web\n" for i in range(HOSTS)))
    h1, h2c = PORTS["haproxy"]
    return f"""global
    nbthread 2
    maxconn 4000
    log stdout format raw local0 info
defaults
    mode http
    log global
    option httplog
    option forwardfor
    http-reuse always
    timeout connect 5s
    timeout client 1m
    timeout server 1m
frontend main
    bind {IP}:{h1}
    bind {IP}:{h2c} proto h2
    http-request set-header X-Forwarded-Proto http
    http-request set-header X-Forwarded-Host %[req.hdr(host)]
    use_backend %[req.hdr(host),field(1,:),lower,map({hosts})]
backend web
    server one {IP}:{BACKEND_PORT}
"""


def nginx_config(folder):
    h1, h2c = PORTS["nginx"]
    hosts = "\n".join(f"        {host(i)} web;" for i in range(HOSTS))
    return f"""daemon off;
worker_processes 2;
pid {folder.path}/nginx.pid;
error_log stderr error;
events {{ worker_connections 4000; }}
http {{
    access_log {folder.path}/nginx.log combined buffer=64k flush=1s;
    keepalive_requests 100000000;
    proxy_max_temp_file_size 0;
    client_body_temp_path {folder.path}/body;
    proxy_temp_path {folder.path}/proxy;
    fastcgi_temp_path {folder.path}/fastcgi;
    uwsgi_temp_path {folder.path}/uwsgi;
    scgi_temp_path {folder.path}/scgi;
    map_hash_max_size 8192;
    map_hash_bucket_size 128;
    map $host $pool {{
        default "";
{hosts}
    }}
    upstream web {{
        server {IP}:{BACKEND_PORT};
        keepalive 256;
        keepalive_requests 100000000;
    }}
    server {{
        listen {IP}:{h1} reuseport backlog=4096;
        listen {IP}:{h2c} http2 reuseport backlog=4096;
        location / {{
            if ($pool = "") {{ return 404; }}
            proxy_pass http://$pool;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Host $http_host;
            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
            proxy_set_header X-Forwarded-Proto http;
            proxy_set_header X-Forwarded-Host $http_host;
        }}
    }}
}}
"""


def command(name, folder, options):
    if name == "haproxy":
        return ["haproxy", "-db", "-f", folder.write("haproxy.cfg", haproxy_config(folder))]
    if name == "nginx":
        return ["nginx", "-p", str(folder.path), "-c", folder.write("nginx.conf", nginx_config(folder))]
    folder.write("manifests/gateway.yaml", gateway.documents(
        gateway.gateway(IP, {"http": ("HTTP", PORTS[name][0])}) + gateway.service("web", IP, BACKEND_PORT)))
    folder.write("manifests/routes.yaml", gateway.documents(
        gateway.http_route(f"host{i}", host(i), "web", BACKEND_PORT) for i in range(HOSTS)))
    return [str(options.nodeagent), "run", "--manifests", str(folder.path / "manifests"), "--state-dir", str(folder.path / "state"),
            "--admin", f"{IP}:{ADMIN_PORT}", "--workers", "2", "--drain-timeout", "1", "--access-log", str(folder.path / "nodeagent.log")]


def log_of(name, folder):
    return folder.path / ("haproxy.out" if name == "haproxy" else f"{name}.log")


def status(port, path, hostname):
    """The status of one GET, 0 if there is no answer."""
    connection = http.client.HTTPConnection(IP, port, timeout=5)
    try:
        connection.request("GET", path, headers={"Host": hostname})
        return connection.getresponse().status
    except OSError:
        return 0
    finally:
        connection.close()


def start(name, folder, options):
    """Starts a proxy; the first and the last route must serve, a host without a route must not."""
    program = rig.Program(name, command(name, folder, options), folder)
    port = PORTS[name][0]
    wanted = [(port, "/tiny", host(0), {200}), (port, "/tiny", host(HOSTS - 1), {200}), (port, "/tiny", "nobody.bench.test", {404, 503})]
    if name == "nodeagent":
        wanted.insert(0, (ADMIN_PORT, "/readyz", "localhost", {200}))
    deadline = time.monotonic() + START_LIMIT_SECONDS
    for check in wanted:
        while (got := status(*check[:3])) not in check[3]:
            program.check()
            if time.monotonic() > deadline:
                raise rig.RigError(f"{name}: {check[2]}{check[1]} on port {check[0]} gives {got}, not {check[3]}: "
                                   f"{program.err.read_text(errors='replace')[-2000:]}")
            time.sleep(0.1)
    return program


def wrk(workload, name, options):
    _, connections, method, path, body, connection = WORKLOADS[workload]
    text = rig.run_client(
        ["wrk", "-t1", f"-c{connections}", f"-d{max(options.slice, 1):.0f}s", "--latency", "-s", str(rig.HERE / "hosts.lua"),
         f"http://{IP}:{PORTS[name][0]}{path}", "--", str(HOSTS), method, path, str(body), connection], options.slice)
    return rig.pairs(text.strip().splitlines()[-1])


def h2load(workload, name, options):
    _, connections, _, path, _, _ = WORKLOADS[workload]
    text = rig.run_client(
        ["h2load", "-t1", f"-c{connections}", "-m16", "-D", f"{max(options.slice, 1):.0f}", "-H", f":authority: {host(HOSTS // 2)}",
         f"http://{IP}:{PORTS[name][1]}{path}"], options.slice)
    good, bad = (int(re.search(pattern, text).group(1)) for pattern in (r"status codes: (\d+) 2xx", r"(\d+) failed,"))
    other = sum(map(int, re.search(r"2xx, (\d+) 3xx, (\d+) 4xx, (\d+) 5xx", text).groups()))
    rate = float(re.search(r"finished in .*?, ([\d.]+) req/s", text).group(1))
    return {"ops": good, "seconds": good / rate if rate else options.slice, "errors": bad + other}


def client(workload, folder, options):
    """A function that runs one slice of the workload through the proxy it is given."""
    def once(name):
        log = log_of(name, folder)
        before = log.stat().st_size if log.exists() else 0
        result = (h2load if workload == "h2c" else wrk)(workload, name, options)
        result["units"] = result["ops"]
        if (log.stat().st_size if log.exists() else 0) - before < result["ops"] * LOG_LINE_MIN_BYTES:
            result["note"] = "ACCESS LOG SHORT"
        rig.cut_logs([log])
        return result

    return once


def run():
    options = rig.arguments(__doc__, PROXIES, list(WORKLOADS), "bench/results/l7.md")
    names = ["ip", "cc", "wrk", *(p for p in options.only if p != "nodeagent"), *(["h2load"] if "h2c" in options.workloads else [])]
    rig.require(names, options.install)
    if "nodeagent" in options.only and not options.nodeagent.exists():
        raise rig.RigError(f"{options.nodeagent} is not there: make build, or leave it out with --only")
    enter_own_network()
    folder = rig.WorkFolder(options.keep)
    lines = rig.heading(f"HTTP through two proxy threads, {HOSTS:,} hosts, access log on", options, [*rig.versions(options), rig.version(["h2load", "--version"])])
    backends = [rig.Program("http-backend", [folder.load, "http-backend", IP, str(BACKEND_PORT)], folder)]
    proxies = {name: start(name, folder, options) for name in options.only}
    for workload in options.workloads:
        rows = rig.interleave(proxies, backends, client(workload, folder, options), options, workload)
        lines += [f"## {workload}: {WORKLOADS[workload][0]}", "", *rig.table(rows, options, "us/request", 1e3, "haproxy"), ""]
    lines += ["## Memory after all of it", "", "| proxy | PSS MB |", "|---|---|"]
    lines += [f"| {name} | {program.pss_bytes() / 1e6:.1f} |" for name, program in proxies.items()]
    rig.publish(lines, options)


if __name__ == "__main__":
    rig.main(run)
