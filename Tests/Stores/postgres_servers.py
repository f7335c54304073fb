"""PostgreSQL as people run it for availability: a standby, PgBouncer, two servers under Patroni.

All on loopback and free ports, as processes of a `stores.Stores`.
"""

import json
import os
import pwd
import signal
import subprocess
import urllib.request

from processes import command_of, family, kill, wait_until
from stores import HOST, POSTGRES, free_port, listens, succeeds

OF_CLIENTS = "FROM pg_stat_activity WHERE backend_type = 'client backend' AND application_name <> 'psql'"


def postgres_account():
    """Options for a process of PostgreSQL, which refuses to run as root."""
    if os.getuid() != 0:
        return {}
    account = pwd.getpwnam("postgres")
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": [], "cwd": "/"}


def own_folder(stores, name):
    folder = stores.folder / name
    folder.mkdir()
    account = postgres_account()
    if account:
        os.chown(folder, account["user"], account["group"])
    folder.chmod(0o700)
    return folder


def sql(port, text, database="postgres"):
    """Runs a statement as superuser and returns its output; the empty text when the server does not answer."""
    return subprocess.run(
        [POSTGRES / "psql", "-h", HOST, "-p", str(port), "-U", "postgres", "-d", database, "-XAtqc", text],
        capture_output=True, text=True, env={**os.environ, "PGCONNECT_TIMEOUT": "3"}).stdout.strip()


def backends(port):
    """How many backends clients have, but for those of `sql`; None when the server does not answer."""
    count = sql(port, f"SELECT count(*) {OF_CLIENTS}")
    return int(count) if count.isdigit() else None


def end_backends(port):
    sql(port, f"SELECT pg_terminate_backend(pid) {OF_CLIENTS}")


def standby(stores, port, name="standby"):
    """A standby of the server at `port`, which from then on waits for it at each commit; its port."""
    data, own_port = own_folder(stores, name), free_port()
    options = postgres_account()
    subprocess.run(
        [POSTGRES / "pg_basebackup", "-h", HOST, "-p", str(port), "-U", "postgres", "-D", data, "-R", "-X", "stream",
         "-d", f"application_name={name}"], check=True, stderr=subprocess.DEVNULL, **options)
    stores.start(
        name,
        [POSTGRES / "postgres", "-D", data, "-p", str(own_port), "-c", f"listen_addresses={HOST}",
         "-c", f"unix_socket_directories={data}", "-c", "max_connections=200"], **options)
    stores.wait(name, lambda: succeeds(POSTGRES / "pg_isready", "-q", "-h", HOST, "-p", str(own_port)))
    sql(port, f"ALTER SYSTEM SET synchronous_standby_names = '{name}'")
    sql(port, "SELECT pg_reload_conf()")
    wait_until(lambda: sql(port, "SELECT sync_state FROM pg_stat_replication") == "sync", 20, "synchronous")
    return own_port


def pgbouncer(stores, port):
    """PgBouncer in transaction mode before the server at `port`; its port."""
    folder, own_port = own_folder(stores, "pgbouncer"), free_port()
    configuration = folder / "pgbouncer.ini"
    configuration.write_text(  # with auth_type = any every client is the user named here
        f"[databases]\n* = host={HOST} port={port} user=postgres\n"
        f"[pgbouncer]\nlisten_addr = {HOST}\nlisten_port = {own_port}\nunix_socket_dir =\n"
        "auth_type = any\npool_mode = transaction\ndefault_pool_size = 20\nmax_client_conn = 200\n"
        "server_login_retry = 1\nignore_startup_parameters = extra_float_digits,options\n")
    configuration.chmod(0o644)
    stores.start("pgbouncer", ["pgbouncer", str(configuration)], **postgres_account())
    stores.wait("pgbouncer", lambda: listens(own_port))
    return own_port


class Patroni:
    """Two PostgreSQL servers under Patroni with one etcd; a commit waits for the standby when there is one."""

    TIME_TO_LIVE_SECONDS = 20  # the shortest that Patroni allows: a leader that is gone is missed for that long

    def __init__(self, stores):
        self.stores = stores
        self.names = ["node1", "node2"]
        etcd, peer = free_port(), free_port()
        self.ports = {name: free_port() for name in self.names}
        self.api_ports = {name: free_port() for name in self.names}
        self.data = {name: own_folder(stores, name) / "data" for name in self.names}
        stores.start(
            "etcd",
            ["etcd", "--data-dir", str(stores.folder / "etcd"), "--listen-client-urls", f"http://{HOST}:{etcd}",
             "--advertise-client-urls", f"http://{HOST}:{etcd}", "--listen-peer-urls", f"http://{HOST}:{peer}",
             "--initial-advertise-peer-urls", f"http://{HOST}:{peer}",
             "--initial-cluster", f"default=http://{HOST}:{peer}"],
            env={**os.environ, "ETCD_LOG_LEVEL": "warn"})
        stores.wait("etcd", lambda: listens(etcd))
        for name in self.names:
            self.configuration(name).write_text(json.dumps(self.settings(name, etcd)))
            stores.start(name, ["patroni", str(self.configuration(name))], **postgres_account())
        self.wait_until_synchronous()

    def configuration(self, name):
        return self.stores.folder / f"{name}.yml"  # JSON is YAML

    def settings(self, name, etcd):
        api, port = f"{HOST}:{self.api_ports[name]}", f"{HOST}:{self.ports[name]}"
        user = lambda name: {"username": name, "password": "unused"}
        return {
            "scope": "creditd", "name": name, "restapi": {"listen": api, "connect_address": api},
            "etcd3": {"host": f"{HOST}:{etcd}"},
            "bootstrap": {
                "dcs": {"ttl": self.TIME_TO_LIVE_SECONDS, "loop_wait": 2, "retry_timeout": 3,
                        "synchronous_mode": True, "maximum_lag_on_failover": 1048576,
                        "postgresql": {"use_pg_rewind": True, "parameters": {"wal_log_hints": "on"}}},
                "initdb": [{"encoding": "UTF8"}, {"locale": "C.UTF-8"}]},
            "postgresql": {
                "listen": port, "connect_address": port, "data_dir": str(self.data[name]), "bin_dir": str(POSTGRES),
                "pgpass": str(self.data[name].parent / "pgpass"),
                "authentication": {"superuser": user("postgres"), "replication": user("replicator"),
                                   "rewind": user("rewinder")},
                "pg_hba": [f"host all all {HOST}/32 trust", f"host replication all {HOST}/32 trust",
                           "local all all trust"],
                "parameters": {"unix_socket_directories": str(self.data[name].parent)}}}

    def url(self, user="postgres"):
        hosts = ",".join(f"{HOST}:{self.ports[name]}" for name in self.names)
        return f"postgresql://{user}@{hosts}/postgres?target_session_attrs=read-write"

    def leader(self):
        for name in self.names:
            if sql(self.ports[name], "SELECT NOT pg_is_in_recovery()") == "t":
                return name
        return None

    def other(self, name):
        return self.names[1 - self.names.index(name)]

    def is_synchronous(self):
        """Whether Patroni itself knows a leader and a synchronous standby, so that it may switch over."""
        for port in self.api_ports.values():
            try:
                with urllib.request.urlopen(f"http://{HOST}:{port}/cluster", timeout=3) as answer:
                    members = json.load(answer)["members"]
            except OSError:
                return False
            if sorted(member["role"] for member in members) != ["leader", "sync_standby"]:
                return False
        return self.leader() is not None

    def wait_until_synchronous(self):
        wait_until(self.is_synchronous, 120, "a leader with a synchronous standby")

    def switch_over(self):
        leader = self.leader()
        result = subprocess.run(
            ["patronictl", "-c", self.configuration(leader), "switchover", "creditd", "--leader", leader,
             "--candidate", self.other(leader), "--force"], capture_output=True, text=True)
        if "Successfully" not in result.stdout:  # it exits with 0 either way
            raise SystemExit(f"no switchover: {result.stdout}{result.stderr}")

    def postmaster(self, name):
        try:
            return int((self.data[name] / "postmaster.pid").read_text().split()[0])
        except (OSError, ValueError, IndexError):
            return None

    def kill_server(self, name):
        """kill -9 of a PostgreSQL server, beside which Patroni goes on."""
        kill(family(self.postmaster(name)))

    def kill_node(self, name):
        """kill -9 of all that runs on a node."""
        postmaster = self.postmaster(name)
        kill([*family(self.stores.process(name).pid), *(family(postmaster) if postmaster else [])])
        self.stores.process(name).wait()

    def end(self):
        """Ends what Patroni would leave behind when it is killed."""
        for name in self.names:
            process, postmaster = self.stores.process(name), self.postmaster(name)
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                self.kill_node(name)
            if postmaster and "postgres" in command_of(postmaster):
                kill(family(postmaster))
