# make run    build, and show the main job on the sample
# make install PREFIX=~/.local   build, and install the program, stripped, with its debug file beside it
# make check  build for debugging, and run the tests that need no server and no release build
# make test   build, start the real stores, run every test
# make bench  measure the release build
# make trials failovers of PostgreSQL and Redis under load, and what an operator's stores do otherwise
# make fuzz / make sanitize   mutated input for a while; the unit tests and the sample under the sanitizers
# make format / make lint

export CREDITD_STRICT := 1
CREDITD := .build/release/creditd

.PHONY: run check test test-stores bench trials soak build install uninstall fuzz sanitize format lint \
    packages test-packages bench-packages trial-packages bench-micro

run: build
	@home=$$(mktemp -d) && $(CREDITD) --home "$$home" < schema/sample/bureau.ndjson; \
	    status=$$?; rm -rf "$$home"; exit $$status

# Swift's libraries go into the binary: it runs where there is no Swift, and starts in two thirds of the time. The
# tables of ICU, which nothing here reads, stay out of it, and so do names of symbols, which nobody links to. Each
# function has a section of its own, so that those that nobody calls stay out, too, and equal ones, of which generic
# code makes many, are there once. lld packs relocations, which would be 2.4 MB otherwise; glibc reads them from
# version 2.36 on.
NO_ICU := .build/no-icu-data.o

build: packages $(NO_ICU)
	swift build -c release --product creditd --static-swift-stdlib \
	    -Xlinker --wrap=icudt76_dat -Xlinker "$(CURDIR)/$(NO_ICU)" -Xlinker --no-export-dynamic \
	    -Xswiftc -use-ld=lld -Xlinker -z -Xlinker pack-relative-relocs \
	    -Xswiftc -Xfrontend -Xswiftc -function-sections -Xlinker --gc-sections -Xlinker --icf=all

$(NO_ICU): Sources/creditd/Packaging/no-icu-data.s
	@mkdir -p $(@D)
	as -o $@ $<

PREFIX := /usr/local
BIN := $(DESTDIR)$(PREFIX)/bin

# Debuggers look for the symbols in the folder .debug beside a program.
install: build
	install -d "$(BIN)" "$(BIN)/.debug"
	objcopy --only-keep-debug $(CREDITD) .build/creditd.debug
	strip -o .build/creditd.stripped $(CREDITD)
	objcopy --remove-section=.gnu_debuglink --add-gnu-debuglink=.build/creditd.debug .build/creditd.stripped
	install -m 644 .build/creditd.debug "$(BIN)/.debug/creditd.debug"
	install -m 755 .build/creditd.stripped "$(BIN)/creditd"

uninstall:
	rm -f "$(BIN)/creditd" "$(BIN)/.debug/creditd.debug"

check: packages
	swift build --build-tests
	swift test --skip-build --skip ContractTests --skip DaemonTests

# What is tried is what a user installs: stripped, and without ICU's tables, for which 40 MB would be too little.
INSTALLED := $(CURDIR)/.build/installed

# The suites that start processes or ask servers go one test at a time: they are to fail for what they test, not for
# load. They wait more than they compute, so that three such runs go beside each other, without `swift test`, which runs
# once at a time. The protocol's cases go with the stores' tests, and the others are parted by the letters that their
# suites begin with: so all runs take about as long.
WITH_PROGRAM = PATH="$(CURDIR)/$(PYTHON)/bin:$$PATH" CREDITD_REQUIRE_STORES=1 CREDITD_BINARY="$(INSTALLED)/bin/creditd"
ONE_BY_ONE := .build/debug/creditdPackageTests.xctest --testing-library swift-testing --no-parallel

test: test-packages
	$(MAKE) install DESTDIR="$(INSTALLED)" PREFIX=
	[ "$$(stat -c %s "$(INSTALLED)/bin/creditd")" -lt 40000000 ]
	swift build --build-tests
	swift test --skip-build --skip ContractTests --skip DaemonTests
	$(MAKE) -j3 --output-sync=target test-program-A-J test-program-K-Z test-stores

test-program-%:
	$(WITH_PROGRAM) $(ONE_BY_ONE) --filter 'DaemonTests\.[$*]' --skip DaemonTests.ConformanceTests

test-stores:
	$(WITH_PROGRAM) Tests/Stores/with-stores $(ONE_BY_ONE) --filter ContractTests --filter DaemonTests.ConformanceTests

# BENCH="--rows event.latest 'in flight' --rounds 3" measures less, BENCH=--large more; BENCH=--help tells.
MICRO := .build/micro
RUN_MICRO := CREDITD_EXTRA=micro swift package --scratch-path $(MICRO) --disable-sandbox benchmark

bench: build bench-packages
	$(RUN_MICRO) list > /dev/null
	$(PYTHON)/bin/python Tests/Benchmarks/bench $(CREDITD) --micro $(MICRO) $(BENCH)

# Failovers under load, then the stores taken away one by one, then two daemons on one CPF: a quarter of an hour.
# TRIALS="--only patroni" runs one of the failovers alone.
trials: build trial-packages
	$(PYTHON)/bin/python Tests/Stores/trials $(CREDITD) $(TRIALS)
ifeq ($(TRIALS),)
	$(PYTHON)/bin/python Tests/Stores/outages $(CREDITD)
	$(PYTHON)/bin/python Tests/Stores/outages $(CREDITD) --pgbouncer --standby
	$(PYTHON)/bin/python Tests/Stores/rivals $(CREDITD)
	$(PYTHON)/bin/python Tests/Stores/rivals $(CREDITD) --pgbouncer --standby
endif

# An hour of mixed load with outages; SOAK="--minutes 5" is shorter.
soak: build trial-packages
	$(PYTHON)/bin/python Tests/Stores/soak $(CREDITD) --samples .build/soak.csv --log .build/soak $(SOAK)

# Parse, validate, route and write alone.
bench-micro: packages
	$(RUN_MICRO)

# FUZZ="--targets line --runs 1000" runs less, and FUZZ="--seed 2" otherwise; FUZZ=--help tells. What breaks a target is
# kept under .build/fuzz.
FUZZ_SECONDS := 60

fuzz: packages
	$(call install,python3)
	CREDITD_EXTRA=fuzz swift build -c release --product fuzz --scratch-path .build/fuzz
	Tests/Fuzz/run .build/fuzz/release/fuzz --seconds $(FUZZ_SECONDS) $(FUZZ)

# All tests but those that need servers, and the sample through the daemon, with each memory access watched: by the
# address sanitizer, and by the thread sanitizer. Any report fails it. One test at a time: all at once wait for their
# turns for so long that their time limits pass.
SANITIZERS := address thread
# Swift's own report of a crash waits forever for a process that a sanitizer holds.
WATCHED := SWIFT_BACKTRACE=enable=no LSAN_OPTIONS=suppressions=$(CURDIR)/Tests/Sanitizers/leaks.txt:print_suppressions=0 \
    TSAN_OPTIONS=suppressions=$(CURDIR)/Tests/Sanitizers/threads.txt

sanitize: $(SANITIZERS:%=sanitize-%)

sanitize-%: packages
	swift build --build-tests --sanitize $* --scratch-path .build-$*
	$(WATCHED) swift test --skip-build --no-parallel --sanitize $* --scratch-path .build-$* \
	    --skip ContractTests --skip DaemonTests
	@home=$$(mktemp -d) && $(WATCHED) .build-$*/debug/creditd --home "$$home" < schema/sample/bureau.ndjson \
	    > /dev/null && echo "$*: the sample ran without a report"; status=$$?; rm -rf "$$home"; exit $$status

format:
	swift format --in-place --recursive Package.swift Sources Tests

lint:
	swift format lint --strict --recursive Package.swift Sources Tests

# What the build and the tests need of the system; installed only when it is missing.
PACKAGES := binutils pkg-config libssl-dev libsqlite3-dev libpq-dev libcurl4-openssl-dev libhiredis-dev libexpat1-dev
TEST_PACKAGES := postgresql pgbouncer redis-server g++ openssl python3 python3-venv nodejs openjdk-17-jre-headless \
    chromium chromium-driver fonts-dejavu-core prometheus node-typescript
BENCH_PACKAGES := $(TEST_PACKAGES) redis-tools gcc libc6-dev
TRIAL_PACKAGES := $(TEST_PACKAGES) redis-tools redis-sentinel patroni etcd-server pgbouncer
PYTHON := .build/python
PYTHON_PACKAGES := 'moto[server]' boto3 jsonschema jpmml-evaluator selenium mypy basedpyright
BENCH_PYTHON_PACKAGES := jsonschema-rs
# Clients of the Model Context Protocol; two majors of one package need a folder each.
MCP1_PYTHON_PACKAGES := 'mcp<2'
MCP2_PYTHON_PACKAGES := 'mcp>=2' fastmcp

define install
	@dpkg -s $(1) > /dev/null 2>&1 || { \
	    as_root=; [ "$$(id -u)" = 0 ] || as_root=sudo; \
	    $$as_root apt-get update -q && \
	    DEBIAN_FRONTEND=noninteractive $$as_root apt-get install -q -y --no-install-recommends $(1); }
endef

packages:
	$(call install,$(PACKAGES))

trial-packages: test-packages
	$(call install,$(TRIAL_PACKAGES))

bench-packages: test-packages
	$(call install,$(BENCH_PACKAGES))
	@[ -e $(PYTHON)/ready-to-bench ] || { $(PYTHON)/bin/pip install -q $(BENCH_PYTHON_PACKAGES) && \
	    touch $(PYTHON)/ready-to-bench; }

test-packages:
	$(call install,$(TEST_PACKAGES))
	@[ $(PYTHON)/ready -nt Makefile ] || { python3 -m venv --system-site-packages $(PYTHON) && \
	    $(PYTHON)/bin/pip install -q $(PYTHON_PACKAGES) && touch $(PYTHON)/ready; }
	@[ $(PYTHON)-mcp1/ready -nt Makefile ] || { python3 -m venv $(PYTHON)-mcp1 && \
	    $(PYTHON)-mcp1/bin/pip install -q $(MCP1_PYTHON_PACKAGES) && touch $(PYTHON)-mcp1/ready; }
	@[ $(PYTHON)-mcp2/ready -nt Makefile ] || { python3 -m venv $(PYTHON)-mcp2 && \
	    $(PYTHON)-mcp2/bin/pip install -q $(MCP2_PYTHON_PACKAGES) && touch $(PYTHON)-mcp2/ready; }
