"""What both rigs share: programs and their CPU, interleaved slices, the table."""
import argparse
import atexit
import ctypes
import datetime
import os
import pathlib
import resource
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
TICK_NS = 1_000_000_000 // os.sysconf("SC_CLK_TCK")
LOG_LIMIT_BYTES = 64 << 20

# What a rig may need: how to see that it is there, and the Debian package that brings it.
PREREQUISITES = {
    "haproxy": ("haproxy", "haproxy"),
    "nginx": ("nginx", "nginx"),
    "nginx-stream": ("/usr/lib/nginx/modules/ngx_stream_module.so", "libnginx-mod-stream"),
    "wrk": ("wrk", "wrk"),
    "h2load": ("h2load", "nghttp2-client"),
    "ip": ("ip", "iproute2"),
    "taskset": ("taskset", "util-linux"),
    "cc": ("cc", "gcc libc6-dev"),
}


class RigError(Exception):
    """The rig cannot go on; the message says why and what to do."""


def arguments(description, proxies, workloads, result):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--only", help=f"comma-separated proxies out of {','.join(proxies)}")
    parser.add_argument("--workloads", help=f"comma-separated workloads out of {','.join(workloads)}")
    parser.add_argument("--rounds", type=int, default=7, help="slices per proxy and workload (default 7)")
    parser.add_argument("--slice", type=float, default=2.0, help="seconds per slice (default 2)")
    parser.add_argument("--quick", action="store_true", help="smoke run: 2 rounds of 0.5 s, nothing is written")
    parser.add_argument("--max-foreign", type=float, default=0.3, help="cores of other work above which a slice is dropped")
    parser.add_argument("--output", type=pathlib.Path, help=f"markdown file (default {result}; none with --quick or --only)")
    parser.add_argument("--nodeagent", type=pathlib.Path, default=ROOT / "out" / "nodeagent")
    parser.add_argument("--keep", action="store_true", help="keep configurations and logs, and say where they are")
    parser.add_argument("--install", action="store_true", help="apt-get install what is missing")
    options = parser.parse_args()
    options.only = choose(parser, options.only, proxies)
    options.workloads = choose(parser, options.workloads, workloads)
    if options.quick:
        options.rounds, options.slice = 2, 0.5
    if options.output is None and not options.quick and options.only == list(proxies) and options.workloads == list(workloads):
        options.output = ROOT / result
    return options


def choose(parser, given, known):
    chosen = given.split(",") if given else list(known)
    for name in chosen:
        if name not in known:
            parser.error(f"{name} is none of {','.join(known)}")
    return chosen


def require(names, install):
    missing = [PREREQUISITES[n][1] for n in names if not shutil.which(PREREQUISITES[n][0]) and not os.path.exists(PREREQUISITES[n][0])]
    if missing and install:
        subprocess.run(["apt-get", "install", "-y", "--no-install-recommends", *" ".join(missing).split()], check=True)
    elif missing:
        raise RigError(f"missing programs: apt-get install -y --no-install-recommends {' '.join(missing)}   (or run with --install)")
    if os.geteuid() != 0:
        raise RigError("network namespaces need root: run it with sudo")


class WorkFolder:
    """A temporary folder with the compiled load program; gone at exit unless it is to be kept."""

    def __init__(self, keep):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="nodeagent-bench-"))
        self.load = str(self.path / "load")
        if keep:
            print(f"configurations and logs are in {self.path}", file=sys.stderr)
        else:
            atexit.register(shutil.rmtree, self.path, ignore_errors=True)
        sources = sorted(str(p) for p in (HERE / "src").glob("*.c"))
        subprocess.run(["cc", "-O2", "-Wall", "-Wextra", "-Werror", "-o", self.load, *sources], check=True)

    def write(self, name, text):
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return str(path)


class Program:
    """One program we started, with its children; it ends when the rig ends, whatever happens."""

    running = []

    def __init__(self, name, argv, folder, prefix=(), env=None):
        self.name = name
        self.out = folder.path / f"{name}.out"
        self.err = folder.path / f"{name}.err"
        # Appending: the files are cut back between slices while the program still writes.
        with open(self.out, "ab") as out, open(self.err, "ab") as err:
            self.process = subprocess.Popen([*prefix, *argv], stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                                            env=None if env is None else {**os.environ, **env}, preexec_fn=die_with_parent)
        Program.running.append(self)

    def check(self):
        if self.process.poll() is not None:
            raise RigError(f"{self.name} ended with {self.process.returncode}:\n{self.err.read_text(errors='replace')[-2000:]}")

    def pids(self):
        children = {}
        for entry in os.listdir("/proc"):
            if entry.isdigit():
                try:
                    stat = pathlib.Path(f"/proc/{entry}/stat").read_text()
                except OSError:
                    continue
                children.setdefault(int(stat.rpartition(")")[2].split()[1]), []).append(int(entry))
        found = [self.process.pid]
        for pid in found:
            found.extend(children.get(pid, []))
        return found

    def pss_bytes(self):
        total = 0
        for pid in self.pids():
            for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1]) * 1024
        return total

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if self in Program.running:
            Program.running.remove(self)

    @staticmethod
    def stop_all():
        for program in list(reversed(Program.running)):
            program.stop()


def die_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG: even a killed rig leaves nothing behind.


class CpuClock:
    """CPU of some programs since it was made: exact from schedstat; in ticks where a thread ended meanwhile, as its schedstat is lost."""

    def __init__(self, programs):
        self.pids = [pid for p in programs for pid in p.pids()]
        self.threads, self.ticks = self.read()

    def read(self):
        threads, ticks = {}, {}
        for pid in self.pids:
            try:
                threads[pid] = {t: int(pathlib.Path(f"/proc/{pid}/task/{t}/schedstat").read_text().split()[0])
                                for t in os.listdir(f"/proc/{pid}/task")}
                stat = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                ticks[pid] = (int(stat[11]) + int(stat[12])) * TICK_NS
            except (OSError, IndexError):
                threads.setdefault(pid, {})
                ticks.setdefault(pid, 0)
        return threads, ticks

    def elapsed_ns(self):
        threads, ticks = self.read()
        total = 0
        for pid in self.pids:
            before, after = self.threads[pid], threads[pid]
            if before.keys() <= after.keys():
                total += sum(ns - before.get(t, 0) for t, ns in after.items())
            else:
                total += ticks[pid] - self.ticks[pid]
        return total


def machine_busy_ns():
    """Busy and stolen CPU of the whole machine since boot, in ticks."""
    user, nice, system, _, _, irq, softirq, steal = map(int, open("/proc/stat").readline().split()[1:9])
    return (user + nice + system + irq + softirq) * TICK_NS, steal * TICK_NS


def own_ns():
    return sum(u.ru_utime + u.ru_stime for u in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))) * 1e9


@dataclass
class Sample:
    """One slice of one proxy under one workload."""
    units: float            # requests, round trips, connections, or GB
    cpu_ns: float           # the proxy's
    total_ns: float         # the whole machine's, less what is foreign
    foreign: float          # cores used by others or stolen by the host
    rate: float             # units per second
    errors: int = 0
    p50_us: float = 0
    p99_us: float = 0
    note: str = ""


def measure(proxy, backends, client):
    """Runs the client once; it returns a dict with units, seconds, errors and maybe p50_us and p99_us."""
    proxy_clock, backend_clock = CpuClock([proxy]), CpuClock(backends)
    own, (busy, steal), started = own_ns(), machine_busy_ns(), time.monotonic()
    result = client()
    wall = time.monotonic() - started
    (busy_after, steal_after), own_after = machine_busy_ns(), own_ns()
    proxy_ns, backend_ns = proxy_clock.elapsed_ns(), backend_clock.elapsed_ns()
    ours = proxy_ns + backend_ns + own_after - own
    foreign_ns = max(0, busy_after - busy - ours) + steal_after - steal
    units = max(result["units"], 1e-9)
    proxy.check()
    return Sample(units, proxy_ns, ours, foreign_ns / 1e9 / wall, units / result["seconds"], int(result["errors"]),
                  result.get("p50_us", 0), result.get("p99_us", 0), result.get("note", ""))


def run_client(argv, seconds):
    """Runs a load generator to its end; its standard output."""
    done = subprocess.run(argv, capture_output=True, text=True, timeout=seconds + 30, check=False)
    if done.returncode != 0:
        raise RigError(f"{' '.join(argv[:12])} ended with {done.returncode}: {done.stderr[-1000:]}")
    return done.stdout


def pairs(text):
    """The name=value pairs of a line."""
    return {name: float(value) for name, value in (word.split("=") for word in text.split() if "=" in word)}


@dataclass
class Row:
    proxy: str
    samples: list = field(default_factory=list)

    def clean(self, limit):
        """The slices without foreign work; all of them, marked, if too few are clean."""
        good = [s for s in self.samples if s.foreign <= limit]
        return (good, False) if len(good) * 2 > len(self.samples) or len(good) >= 5 else (self.samples, True)


def interleave(proxies, backends, client, options, label):
    """Slices A B C A B C ...; the first round only warms up. A slice with foreign work is repeated once at the round's end."""
    rows = {name: Row(name) for name in proxies}
    for turn in range(-1, options.rounds):
        again = []
        for name, program in proxies.items():
            sample = measure(program, backends, lambda n=name: client(n))
            if turn < 0:
                continue
            rows[name].samples.append(sample)
            if sample.foreign > options.max_foreign and not options.quick:
                again.append(name)
            print(f"{label} {turn + 1}/{options.rounds} {name}: {sample.cpu_ns / sample.units / 1000:.4g} us/unit, "
                  f"{sample.rate:.4g}/s, errors {sample.errors}, foreign {sample.foreign:.2f} {sample.note}", file=sys.stderr)
        for name in again:
            sample = measure(proxies[name], backends, lambda n=name: client(n))
            if sample.foreign <= options.max_foreign:
                rows[name].samples.append(sample)
    return rows


def table(rows, options, unit, scale, baseline):
    """One workload as markdown; scale turns nanoseconds per unit into the unit shown."""
    lines = [f"| proxy | CPU {unit} [min-max] | x {baseline} | machine {unit} | per second | p50 us | p99 us | errors | slices |",
             "|---|---|---|---|---|---|---|---|---|"]
    base = None
    if baseline in rows:
        base = statistics.median(s.cpu_ns / s.units for s in rows[baseline].clean(options.max_foreign)[0])
    for name, row in rows.items():
        samples, noisy = row.clean(options.max_foreign)
        cpu = sorted(s.cpu_ns / s.units / scale for s in samples)
        middle = statistics.median(cpu)
        latency = [statistics.median(getattr(s, which) for s in samples) for which in ("p50_us", "p99_us")]
        notes = sorted({s.note for s in samples if s.note})
        lines.append(
            f"| {name} | {middle:.3g} [{cpu[0]:.3g}-{cpu[-1]:.3g}] | {'-' if base is None else f'{middle * scale / base:.2f}'} | "
            f"{statistics.median(s.total_ns / s.units / scale for s in samples):.3g} | {statistics.median(s.rate for s in samples):.4g} | "
            f"{'-' if not latency[0] else f'{latency[0]:.0f}'} | {'-' if not latency[1] else f'{latency[1]:.0f}'} | "
            f"{sum(s.errors for s in samples)} | {len(samples)} of {len(row.samples)}{' NOISY' if noisy else ''}{''.join(f', {n}' for n in notes)} |")
    return lines


def cut_logs(paths):
    """Logs are there to cost what they cost, not to fill the disk."""
    for path in paths:
        if os.path.exists(path) and os.path.getsize(path) > LOG_LIMIT_BYTES:
            os.truncate(path, 0)


def machine():
    model = next((line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "unknown CPU")
    return f"{os.cpu_count()} cores, {model}, Linux {os.uname().release}"


def version(argv):
    try:
        done = subprocess.run(argv, capture_output=True, text=True, timeout=20, check=False)
    except OSError:
        return "absent"
    return ((done.stdout + done.stderr).strip().splitlines() or ["unknown"])[0]


def versions(options):
    """One for each program measured."""
    known = {"haproxy": ["haproxy", "-v"], "nginx": ["nginx", "-v"], "nodeagent": [str(options.nodeagent), "version"]}
    names = dict.fromkeys(name.partition("-")[0] for name in options.only)
    found = {name: version(known[name]).partition(" 20")[0] for name in names}
    return [text if name in text.lower() else f"{name} {text}" for name, text in found.items()]


def heading(title, options, programs):
    return [f"# {title}", "",
            f"{datetime.date.today().isoformat()}; {machine()}; {'; '.join(programs)}.", "",
            f"{options.rounds} interleaved rounds of {options.slice:g} s; slices with more than {options.max_foreign:g} cores of foreign work are left out "
            "(NOISY: too few were clean, all are used). How to read it: bench/README.md.", ""]


def publish(lines, options):
    text = "\n".join(lines) + "\n"
    print(text)
    if options.output is not None:
        options.output.parent.mkdir(parents=True, exist_ok=True)
        options.output.write_text(text)
        print(f"written to {options.output}", file=sys.stderr)


def main(run):
    """Runs a rig; every program it started ends with it, on errors, Ctrl-C and SIGTERM too."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        run()
    except RigError as error:
        print(f"{os.path.basename(sys.argv[0])}: {error}", file=sys.stderr)
        sys.exit(2)
    finally:
        Program.stop_all()
