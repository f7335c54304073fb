import ArgumentParser
import Glibc
import JSONRPC
import Logging
import Platform
import Repositories
import Telemetry
import Vault

/// `creditd serve`: serves one client on stdin and stdout until its requests end.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve requests from stdin until it ends (the default).",
        discussion: """
            Everything that was read is answered before the daemon exits. SIGTERM and SIGINT stop the reading and let \
            what was read be answered; a second signal ends the daemon at once. SIGHUP reads the file of \
            --log-level-file, key rings, credentials and password files again. A signal that the parent ignores stays ignored.
            """)

    @OptionGroup var stores: StoreOptions
    @OptionGroup var access: AccessOptions
    @OptionGroup var logging: LogOptions

    @OptionGroup var serving: ServingOptions
    @OptionGroup var tools: ToolOptionGroup

    @OptionGroup var observing: ObservingOptions

    func run() async throws {
        let output = StandardDescriptors.moveOutputAside()
        let level = LogLevel(logging)
        let log = level.logger()
        let start = ServiceStart(log: log)
        StopSignals.now(.endsStart(start))
        do {
            guard output >= 0 else { throw StartFailure(status: ExitStatus.system, message: "no descriptor left") }
            try level.read()
            try await serve(to: output, start, level: level, log: log)
        } catch {
            guard let failure = StartFailure(error) else { throw error }
            throw refuse(failure, log)
        }
    }

    /// Tells the operator why the daemon cannot start, and returns the exit code.
    private func refuse(_ failure: StartFailure, _ log: Logger) -> ExitCode {
        log.critical("cannot start", metadata: ["reason": "\(failure.message)"])
        return failure.status
    }

    private func serve(to output: Int32, _ start: ServiceStart, level: LogLevel, log: Logger) async throws {
        let spans = SpanCounter()
        let tracer = observing.tracer(spans, log)
        let opening = try EarlyConnection(isOrdered: serving.isOrdered)
        let connection = try opening.connection(
            to: output, limits: serving.limits, observer: observing.callLog(log, tracer: tracer))
        async let reading = opening.serve(connection)
        let daemon: Daemon
        let file: MetricsFile?
        do {
            daemon = try await Daemon(
                stores, access: access, limits: serving.limits, reproducibility: serving.reproducibility,
                isDegraded: { [isDegraded = serving.degraded] in
                    if isDegraded { return true }
                    return await opening.hasForeignClient()
                },
                toolOptions: tools, toolSet: opening.tools, spans: spans, start: start, log: log)
            heed(signalsFor: connection, daemon, level: level, log: log)
            try daemon.audit.begin("serve")
            file = try observing.file(of: daemon.metrics, log)
        } catch {
            guard let failure = StartFailure(error) ?? StartFailure(usage: error) else {
                _ = await opening.fail(connection, "the daemon is ending")
                throw error
            }
            guard await opening.fail(connection, failure.message) else { throw error }
            let status = refuse(failure, log)
            // Signals end the session of an assistant that is told why.
            StopSignals.now(.stops({ [weak connection] _ in connection?.stop() }, reload: {}))
            _ = try await reading
            throw status
        }
        defer { file?.remove() }
        // The stores close with the connection, which the signals must not hold.
        defer { StopSignals.now(.stops({ _ in }, reload: {})) }
        let erasures = daemon.erasures.start()
        defer { erasures.cancel() }
        ServiceStart.tellReading()
        opening.succeed(with: daemon.methods)
        let ending = try await reading
        if opening.isForeign {
            // Clients of the other protocol end a daemon that takes longer.
            await daemon.audit.finish(within: .milliseconds(500))
        } else {
            await daemon.audit.finish()
        }
        if let tracer { _ = await OSThread.run { tracer.finish() } }
        let counters = connection.counters
        log.info(
            "the connection has ended",
            metadata: [
                "errors": "\(counters.errors)", "notifications": "\(counters.notifications)",
                "responses": "\(counters.responses)",
            ])
        switch ending {
        case .endOfInput, .stopped:
            if serving.failOnError, counters.errors > 0 { throw ExitStatus.errorAnswer }
        case .cutInput:
            log.error("stdin ended in the middle of a line")
            throw ExitStatus.cutInput
        case .outputClosed:
            log.error("stdout failed", metadata: ["reason": "closed by its reader, or full"])
            throw ExitStatus.inputOutput
        case .inputFailed(let code):
            log.error("stdin failed", metadata: ["reason": "\(String(cString: strerror(code)))"])
            throw ExitStatus.inputOutput
        }
    }
    /// From now on the first SIGTERM stops the reading, and SIGHUP reads settings again.
    private func heed(signalsFor connection: Connection, _ daemon: Daemon, level: LogLevel, log: Logger) {
        StopSignals.now(
            .stops(
                { [weak connection] _ in connection?.stop() },
                reload: {
                    for store in daemon.stores { store.reloadCredentials() }
                    daemon.ringGuard.lookAgain()
                    do throws(StartFailure) {
                        try level.read()
                        log.notice("settings read again", metadata: ["logLevel": "\(level.current.rawValue)"])
                    } catch {
                        log.error("the former log level stays", metadata: ["reason": "\(error.message)"])
                    }
                }))
    }
}
