"""What the rows work with: the stores, loaded through the daemon, and daemons on them. Each is made when a row first
asks for it, and kept to the end."""

import contextlib
import functools
import os
import pathlib
import shutil
import subprocess

import stores
from harness import subjects
from harness.bare_dynamodb import BareDynamoDB
from harness.bare_postgres import BarePostgres
from harness.bare_redis import BareRedis
from harness.daemon import Daemon
from harness.native import Native
from harness.postgres_server import PostgresServer

TABLE = "bench"
SUBJECTS_OF_DYNAMODB = 20_000


class Bench:
    def __init__(self, options, folder):
        self.creditd = pathlib.Path(options.creditd).resolve()
        self.subjects, self.rounds, self.scale = options.subjects, options.rounds, options.scale
        self.folder = folder
        self.native = Native(folder)
        self.micro = options.micro and options.micro.resolve()
        self.stores = stores.Stores(folder)
        self.home = folder / "home"
        subprocess.run([self.creditd, "keys", "init", "--home", self.home], check=True, stdout=subprocess.DEVNULL)

    def close(self):
        self.stores.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def count(self, requests):
        """So many requests, or fewer when the bench is to be quick."""
        return max(100, int(requests * self.scale))

    # Daemons

    def daemon(self, *, a=None, b=None, c=None, home=None, wrapped_by=()):
        """A daemon on these stores, the others embedded."""
        options = [part for base, url in zip("abc", (a, b, c)) if url for part in (f"--base-{base}", url)]
        command = [*wrapped_by, self.creditd, "--home", home or self.home, *options]
        return Daemon(self.native.program("drive"), command, {**os.environ, **self.stores.environment})

    def migrate(self, **urls):
        options = [part for base, url in urls.items() for part in (f"--base-{base}", url)]
        subprocess.run(
            [self.creditd, "migrate", "up", "--home", self.home, *options], check=True, stdout=subprocess.DEVNULL,
            env={**os.environ, **self.stores.environment})

    @contextlib.contextmanager
    def requests(self, lines):
        """A file of requests, for as long as it is needed."""
        path = self.folder / f"requests-{os.urandom(4).hex()}"
        with open(path, "w") as file:
            file.writelines(lines)
        try:
            yield path
        finally:
            path.unlink()

    def load(self, lines, **on):
        with self.daemon(**on) as daemon, self.requests(lines) as file:
            daemon.run(file)

    # Base C

    @functools.cache
    def population(self, count):
        return subjects.Subjects(count)

    @functools.cache
    def redis(self, count):
        """The URL of a Redis with three events of each subject, and the bare clients of it."""
        port = stores.free_port()
        stores.redis_server(self.stores, f"redis-{port}", port)
        self.stores.wait(f"redis-{port}", lambda: stores.listens(port))
        url = f"redis://{stores.HOST}:{port}"
        self.load(subjects.one_event_of_each_kind(self.population(count).cpfs), c=url)
        return url, BareRedis(stores.HOST, port, count)

    @functools.cache
    def embedded(self, count):
        """A home whose base C has three events of each subject."""
        home = self.folder / f"home-{count}"
        self.load(subjects.one_event_of_each_kind(self.population(count).cpfs), home=home)
        return home

    # Base A

    @functools.cached_property
    def postgres_server(self):
        return PostgresServer(self.stores)

    @functools.cache
    def postgres(self, count):
        """The URL of a database with the subjects, and the bare clients of another beside it."""
        server, name = self.postgres_server, f"creditd_{count}"
        for database in (name, f"{name}_bare"):
            server.create(database)
            self.migrate(a=server.url(database))
        self.load(subjects.person_creates(self.population(count).cpfs), a=server.url(name))
        server.query("VACUUM ANALYZE", name)
        return server.url(name), BarePostgres(server, f"{name}_bare", count, self.folder)

    # Base B

    @functools.cache
    def dynamodb(self, *options):
        """The URL of a table with the subjects on the stand-in for the DynamoDB API, and the bare client of it."""
        import boto3

        endpoint = stores.dynamodb_stand_in(self.stores, *options)
        url = f"dynamodb://{TABLE}?endpoint={endpoint}&region=sa-east-1"
        self.migrate(b=url)
        self.load(subjects.profile_puts(self.population(SUBJECTS_OF_DYNAMODB).cpfs), b=url)
        client = boto3.client(
            "dynamodb", endpoint_url=endpoint, region_name="sa-east-1",
            aws_access_key_id=self.stores.environment["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=self.stores.environment["AWS_SECRET_ACCESS_KEY"])
        return url, BareDynamoDB(client, TABLE)
