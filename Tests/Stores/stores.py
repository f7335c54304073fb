"""Real stores for tests, on loopback and free ports, with their data in a temporary folder."""

import os
import pathlib
import pwd
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse

HOST = "127.0.0.1"
TESTS = pathlib.Path(__file__).resolve().parents[1]
POSTGRES = max(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), default=pathlib.Path("/usr/bin"))
PATIENCE_SECONDS = 60
SINGLE_THREADED_MOTO = """
import sys
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import run_simple
run_simple(sys.argv[1], int(sys.argv[2]), DomainDispatcherApplication(create_backend_app), threaded=False)
"""


def free_port():
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


class Stores:
    """The processes that were started, and what to tell others of them."""

    def __init__(self, folder):
        self.folder = folder
        self.processes = []
        self.commands = {}
        self.environment = {"CREDITD_REQUIRE_STORES": "1", "CREDITD_ROLE": "owner"}

    def start(self, name, command, **options):
        """Starts a process; under a name that was used before, in the place of that one."""
        self.commands[name] = (command, options)
        self.processes = [(other, process) for other, process in self.processes if other != name]
        log = open(self.folder / f"{name}.log", "a")
        process = subprocess.Popen(
            command,
            **{"stdin": subprocess.DEVNULL, "stdout": log, "stderr": log, "start_new_session": True, **options})
        self.processes.append((name, process))
        return process

    def process(self, name):
        return dict(self.processes)[name]

    def family(self, name):
        """A process and its children, who may have sessions of their own."""
        pid = self.process(name).pid
        children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [pid, *map(int, children)]

    def restart(self, name):
        command, options = self.commands[name]
        return self.start(name, command, **options)

    def wait(self, name, is_ready):
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not is_ready():
            died = [process for started, process in self.processes if started == name and process.poll() is not None]
            if died or time.monotonic() > deadline:
                log = (self.folder / f"{name}.log").read_text()[-2000:]
                raise SystemExit(f"with-stores: {name} did not start\n{log}")
            time.sleep(0.05)

    def stop(self):
        for name, process in reversed(self.processes):
            if process.poll() is None:
                for pid in self.family(name):
                    os.kill(pid, signal.SIGCONT)
                process.send_signal(signal.SIGINT)
        for _, process in reversed(self.processes):
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


def succeeds(*command):
    return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


def listens(port):
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0


def postgres(stores):
    data, port = stores.folder / "postgres", free_port()
    data.mkdir()
    options = {}
    if os.getuid() == 0:  # PostgreSQL refuses to run as root.
        account = pwd.getpwnam("postgres")
        os.chown(data, account.pw_uid, account.pw_gid)
        options = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": [], "cwd": "/"}
    subprocess.run(
        [POSTGRES / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"],
        check=True, stdout=subprocess.DEVNULL, **options)
    stores.start(
        "postgres",
        [POSTGRES / "postgres", "-D", data, "-p", str(port), "-c", f"listen_addresses={HOST}",
         "-c", f"unix_socket_directories={data}", "-c", "max_connections=200"],
        **options)
    stores.wait("postgres", lambda: succeeds(POSTGRES / "pg_isready", "-q", "-h", HOST, "-p", str(port)))
    stores.environment["CREDITD_TEST_POSTGRES"] = f"postgresql://postgres@{HOST}:{port}/postgres"


def pgbouncer(stores):
    """PgBouncer before PostgreSQL: every database in transaction mode, but the database `postgres` in session mode."""
    folder, port = stores.folder / "pgbouncer", free_port()
    folder.mkdir()
    server = urllib.parse.urlsplit(stores.environment["CREDITD_TEST_POSTGRES"])
    target = f"host={server.hostname} port={server.port}"
    (folder / "users.txt").write_text('"postgres" ""\n"creditd_contract" ""\n')
    (folder / "pgbouncer.ini").write_text(f"""
[databases]
postgres = {target} pool_mode=session
* = {target}
[pgbouncer]
listen_addr = {HOST}
listen_port = {port}
unix_socket_dir =
auth_type = trust
auth_file = {folder / "users.txt"}
pool_mode = transaction
default_pool_size = 3
""")
    account = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.getuid() == 0 else {}
    stores.start("pgbouncer", ["/usr/sbin/pgbouncer", str(folder / "pgbouncer.ini")], **account)
    stores.wait("pgbouncer", lambda: listens(port))
    stores.environment["CREDITD_TEST_PGBOUNCER"] = f"postgresql://postgres@{HOST}:{port}/"


def redis_server(stores, name, port, *options):
    data = stores.folder / name
    data.mkdir()
    stores.start(
        name,
        ["redis-server", "--bind", HOST, "--port", str(port), "--dir", str(data), "--save", "", *options])


def redis(stores, *options):
    port = free_port()
    redis_server(stores, "redis", port, *options)
    stores.wait("redis", lambda: succeeds("redis-cli", "-h", HOST, "-p", str(port), "ping"))
    stores.environment["CREDITD_TEST_REDIS"] = f"redis://{HOST}:{port}"


def certificate(folder):
    """A test CA, and a certificate of it for localhost and 127.0.0.1."""
    run = lambda *command: subprocess.run(command, check=True, cwd=folder, stderr=subprocess.DEVNULL)
    run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=creditd test CA",
        "-keyout", "ca.key", "-out", "ca.crt")
    run("openssl", "req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-keyout", "server.key",
        "-out", "server.csr")
    (folder / "names").write_text(f"subjectAltName=DNS:localhost,IP:{HOST}\n")
    run("openssl", "x509", "-req", "-in", "server.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial",
        "-days", "2", "-extfile", "names", "-out", "server.crt")


def redis_tls(stores):
    """One server that asks clients for no certificate, and one that does."""
    certificate(stores.folder)
    authority, own, key = (stores.folder / name for name in ("ca.crt", "server.crt", "server.key"))
    for name, asks, variable in (("redis-tls", "no", "TLS"), ("redis-mutual-tls", "yes", "MUTUAL_TLS")):
        port = free_port()
        redis_server(
            stores, name, 0, "--tls-port", str(port), "--tls-cert-file", str(own), "--tls-key-file", str(key),
            "--tls-ca-cert-file", str(authority), "--tls-auth-clients", asks)
        stores.wait(name, lambda: listens(port))
        url = f"rediss://localhost:{port}?cacert={authority}"
        stores.environment[f"CREDITD_TEST_REDIS_{variable}"] = url + (f"&cert={own}&key={key}" if asks == "yes" else "")


def cluster_port():
    """A free port with a free bus port 10 000 above it."""
    while True:
        port = free_port()
        if port < 55000 and not listens(port + 10000):
            return port


def redis_cluster(stores):
    ports = []
    while len(ports) < 3:
        port = cluster_port()
        if port not in ports:
            ports.append(port)
    for port in ports:
        redis_server(stores, f"redis-cluster-{port}", port, "--cluster-enabled", "yes")
    for port in ports:
        stores.wait(
            f"redis-cluster-{port}", lambda: succeeds("redis-cli", "-h", HOST, "-p", str(port), "ping"))
    nodes = [f"{HOST}:{port}" for port in ports]
    subprocess.run(
        ["redis-cli", "--cluster", "create", *nodes, "--cluster-yes"], check=True, stdout=subprocess.DEVNULL)
    ok = lambda: all(
        "cluster_state:ok" in subprocess.run(
            ["redis-cli", "-h", HOST, "-p", str(port), "cluster", "info"], capture_output=True, text=True).stdout
        for port in ports)
    stores.wait(f"redis-cluster-{ports[0]}", ok)
    stores.environment["CREDITD_TEST_REDIS_CLUSTER"] = "redis+cluster://" + ",".join(nodes)


def dynamodb(stores):
    """moto, which lets the first calls through unsigned: they make a user, whose key it then insists on.

    With several threads its conditional writes are not atomic, so it gets one.
    """
    port = free_port()
    calls_to_make_a_user = 3
    stores.start(
        "dynamodb", [sys.executable, "-c", SINGLE_THREADED_MOTO, HOST, str(port)],
        env={**os.environ, "INITIAL_NO_AUTH_ACTION_COUNT": str(calls_to_make_a_user)})
    stores.wait("dynamodb", lambda: listens(port))
    import boto3

    iam = boto3.client(
        "iam", endpoint_url=f"http://{HOST}:{port}", region_name="sa-east-1", aws_access_key_id="none",
        aws_secret_access_key="none")
    iam.create_user(UserName="creditd")
    policy = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'
    iam.put_user_policy(UserName="creditd", PolicyName="all", PolicyDocument=policy)
    key = iam.create_access_key(UserName="creditd")["AccessKey"]
    stores.environment.update(
        CREDITD_TEST_DYNAMODB=f"http://{HOST}:{port}", AWS_ACCESS_KEY_ID=key["AccessKeyId"],
        AWS_SECRET_ACCESS_KEY=key["SecretAccessKey"], AWS_REGION="sa-east-1", AWS_DEFAULT_REGION="sa-east-1",
        AWS_EC2_METADATA_DISABLED="true")


def dynamodb_stand_in(stores, *options):
    """The DynamoDB API in memory, written for the bench and fast. It takes the key that the environment has, or one of
    its own."""
    sources = sorted((TESTS / "Stores/dynamodb").glob("*"))
    program = TESTS.parent / ".build/stores/dynamodb"
    if not program.exists() or program.stat().st_mtime < max(source.stat().st_mtime for source in sources):
        program.parent.mkdir(parents=True, exist_ok=True)
        files = [source for source in sources if source.suffix == ".cpp"]
        subprocess.run(["c++", "-O2", "-std=c++17", "-o", program, *files, "-lcrypto"], check=True)
    stores.environment = {
        "AWS_ACCESS_KEY_ID": secrets.token_hex(10), "AWS_SECRET_ACCESS_KEY": secrets.token_hex(20),
        "AWS_REGION": "sa-east-1", "AWS_DEFAULT_REGION": "sa-east-1", "AWS_EC2_METADATA_DISABLED": "true",
        **stores.environment}
    process = stores.start(
        "".join(["dynamodb-stand-in", *options]), [program, *options],
        env={**os.environ, **stores.environment}, stdout=subprocess.PIPE)
    endpoint = f"http://{HOST}:{int(process.stdout.readline())}"
    stores.environment["CREDITD_TEST_DYNAMODB_STAND_IN"] = endpoint
    return endpoint


def temporary_folder():
    """A folder that other accounts may look into, since PostgreSQL runs as one of its own."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="creditd-stores-"))
    folder.chmod(0o755)
    return folder
