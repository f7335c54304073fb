"""Redis as people run it for availability: a cluster whose primaries have replicas, and sentinels.

All on loopback and free ports, as processes of a `stores.Stores`.
"""

import subprocess

from processes import port_of, wait_until
from stores import HOST, cluster_port, free_port, redis_server


def redis(port, *command):
    """The output of a Redis command; the empty text when the server does not answer."""
    try:
        return subprocess.run(
            ["redis-cli", "-h", HOST, "-p", str(port), *command], capture_output=True, text=True,
            timeout=5).stdout.strip()
    except subprocess.TimeoutExpired:
        return ""


def clients(port):
    """How many clients are connected, but for those of `redis`; None when the server does not answer."""
    lines = [line for line in redis(port, "info", "clients").splitlines() if line.startswith("connected_clients:")]
    return int(lines[0].split(":")[1]) - 1 if lines else None


class AppendOnlyFiles:
    """What Redis servers have appended until they began anew from another server's data."""

    def __init__(self, stores):
        self.stores = stores
        self.folder = stores.folder / "kept"
        self.folder.mkdir()

    def keep(self, name):
        """Keeps the files that a server appends to from now on, also when it removes them itself."""
        for number, file in enumerate(sorted((self.stores.folder / name).glob("appendonlydir/*.aof"))):
            kept = self.folder / f"{name}-{number}-{file.name}"
            if not kept.exists():
                kept.hardlink_to(file)

    def bytes(self):
        return b"".join(file.read_bytes() for file in self.folder.iterdir())


class RedisCluster:
    """Three primaries with a replica each."""

    NODE_TIMEOUT_MILLISECONDS = 5000

    def __init__(self, stores):
        self.stores = stores
        self.ports = []
        while len(self.ports) < 6:
            port = cluster_port()
            if port not in self.ports:
                self.ports.append(port)
        for port in self.ports:
            redis_server(
                stores, self.name(port), port, "--cluster-enabled", "yes", "--appendonly", "yes",
                "--cluster-node-timeout", str(self.NODE_TIMEOUT_MILLISECONDS))
        for port in self.ports:
            stores.wait(self.name(port), lambda: redis(port, "ping") == "PONG")
        subprocess.run(
            ["redis-cli", "--cluster", "create", *(f"{HOST}:{port}" for port in self.ports), "--cluster-replicas",
             "1", "--cluster-yes"], check=True, stdout=subprocess.DEVNULL)
        self.wait_until_whole()

    def name(self, port):
        return f"redis-cluster-{port}"

    def url(self):
        return "redis+cluster://" + ",".join(f"{HOST}:{port}" for port in self.ports)

    def nodes(self):
        """Port -> (id, flags, port of the primary or None), as the first node that answers sees them."""
        for port in self.ports:
            lines = [line.split() for line in redis(port, "cluster", "nodes").splitlines()]
            if lines:
                break
        own_port = lambda fields: port_of(fields[1].split("@")[0])
        ports = {fields[0]: own_port(fields) for fields in lines}
        return {own_port(fields): (fields[0], fields[2], ports.get(fields[3])) for fields in lines}

    def primaries(self):
        return [port for port, (_, flags, _) in self.nodes().items() if "master" in flags and "fail" not in flags]

    def replica(self, primary):
        return next(port for port, (_, flags, of) in self.nodes().items() if of == primary and "fail" not in flags)

    def is_whole(self):
        states = [redis(port, "cluster", "info") for port in self.ports]
        nodes = self.nodes()
        synced = sum("master_link_status:up" in redis(port, "info", "replication") for port in self.ports)
        return (all("cluster_state:ok" in state for state in states) and synced == 3
                and not any("fail" in flags for _, flags, _ in nodes.values()))

    def wait_until_whole(self):
        wait_until(self.is_whole, 60, "a whole cluster with three replicas")

    def kill(self, port):
        process = self.stores.process(self.name(port))
        process.kill()
        process.wait()

    def fail_over(self, primary):
        """Lets its replica take over from a primary that lives, by agreement of the two."""
        replica = self.replica(primary)
        redis(replica, "cluster", "failover")
        wait_until(lambda: replica in self.primaries(), 30, "a new primary")

    def reshard(self, source, target, slots):
        nodes = self.nodes()
        subprocess.run(
            ["redis-cli", "--cluster", "reshard", f"{HOST}:{source}", "--cluster-from", nodes[source][0],
             "--cluster-to", nodes[target][0], "--cluster-slots", str(slots), "--cluster-yes"], check=True,
            stdout=subprocess.DEVNULL)


class Sentinels:
    """A Redis primary with replicas, watched by three sentinels, two of whom decide."""

    DOWN_AFTER_MILLISECONDS = 3000
    PRIMARY = "creditd"

    def __init__(self, stores, replicas, *options):
        self.stores = stores
        self.servers = [free_port() for _ in range(1 + replicas)]
        for place, port in enumerate(self.servers):
            replica = ["--replicaof", f"{HOST} {self.servers[0]}"] if place else []
            redis_server(stores, self.name(port), port, "--appendonly", "yes", *options, *replica)
        for port in self.servers:
            stores.wait(self.name(port), lambda: redis(port, "ping") == "PONG")
        self.sentinels = []
        for number in range(3):
            port = free_port()
            folder = stores.folder / f"sentinel-{number}"
            folder.mkdir()
            configuration = folder / "sentinel.conf"
            configuration.write_text(
                f"bind {HOST}\nport {port}\ndir {folder}\n"
                f"sentinel monitor {self.PRIMARY} {HOST} {self.servers[0]} 2\n"
                f"sentinel down-after-milliseconds {self.PRIMARY} {self.DOWN_AFTER_MILLISECONDS}\n"
                f"sentinel failover-timeout {self.PRIMARY} 10000\n")
            stores.start(f"sentinel-{number}", ["redis-sentinel", str(configuration)])
            self.sentinels.append(port)
        self.wait_until_whole()

    def name(self, port):
        return f"redis-{port}"

    def url(self):
        return "redis+sentinel://" + ",".join(f"{HOST}:{port}" for port in self.sentinels) + f"/{self.PRIMARY}"

    def primary(self):
        lines = redis(self.sentinels[0], "sentinel", "get-master-addr-by-name", self.PRIMARY).splitlines()
        return int(lines[1]) if len(lines) == 2 else None

    def is_whole(self):
        primary = self.primary()
        others = [redis(port, "sentinel", "master", self.PRIMARY).splitlines() for port in self.sentinels]
        field = lambda lines, name: lines[lines.index(name) + 1] if name in lines else None
        replicas = len(self.servers) - 1
        synced = sum("master_link_status:up" in redis(port, "info", "replication") for port in self.servers)
        return (primary and all(field(lines, "num-other-sentinels") == "2" and field(lines, "flags") == "master"
                                and field(lines, "num-slaves") == str(replicas) for lines in others)
                and f"connected_slaves:{replicas}" in redis(primary, "info", "replication") and synced == replicas)

    def fail_over(self):
        """Lets a replica take over from a primary that lives."""
        before = self.primary()
        redis(self.sentinels[0], "sentinel", "failover", self.PRIMARY)
        wait_until(lambda: self.primary() not in (before, None), 30, "a new primary")

    def wait_until_whole(self):
        wait_until(self.is_whole, 60, "a primary with its replicas and three sentinels")

    def kill(self, port):
        process = self.stores.process(self.name(port))
        process.kill()
        process.wait()
