import Foundation
import Repositories
import Synchronization
import Testing

@testable import StoreRedis

/// A Redis server of one test, which may change its settings, fill it or kill it; gone with its last owner.
///
/// Unchecked: a test starts and stops its servers one after the other.
final class RedisProcess: @unchecked Sendable {
    let folder: TemporaryFolder
    let port: Int
    private let arguments: [String]
    private var process = Process()
    private static let running = RunningServers()

    /// Whether the tests of such servers run: where stores are required, a missing program fails them.
    static var isAvailable: Bool {
        ProcessInfo.processInfo.environment["CREDITD_REQUIRE_STORES"] == "1"
            || FileManager.default.isExecutableFile(atPath: program)
    }

    private static let program = "/usr/bin/redis-server"

    /// Starts a server on loopback with options as on the command line, and waits until it answers.
    ///
    /// - Parameter sentinel: the lines of a sentinel's configuration; nil for a data server.
    init(_ options: [String] = [], sentinel: String? = nil) async throws {
        folder = try TemporaryFolder()
        port = try Self.freePort()
        var arguments: [String] = []
        if let sentinel {
            try sentinel.write(toFile: folder.path("sentinel.conf"), atomically: true, encoding: .utf8)
            arguments = [folder.path("sentinel.conf"), "--sentinel"]
        }
        let own = ["--bind", "127.0.0.1", "--port", "\(port)", "--dir", folder.path(""), "--save", ""]
        self.arguments = arguments + own + options
        try await start()
    }

    deinit {
        Self.running.end(process)
    }

    var url: String { "redis://127.0.0.1:\(port)" }
    var endpoint: String { "127.0.0.1:\(port)" }
    var isRunning: Bool { process.isRunning }

    /// Starts the server, again after `kill`.
    func start() async throws {
        process = Process()
        process.executableURL = URL(fileURLWithPath: Self.program)
        process.arguments = arguments
        // Who reads the tests' output would wait for a server that holds it open.
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        Self.running.add(process)
        try await eventually { try self.ask(["PING"]) != [] }
    }

    /// Ends the server at once, as a crash would.
    func kill() {
        Self.running.end(process)
        process.waitUntilExit()
    }

    @discardableResult
    func ask(_ commands: [String]...) throws -> [HiredisReply] {
        try RedisServers.ask(at: RedisEndpoint(host: "127.0.0.1", port: UInt16(port)), commands)
    }

    private static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let port = withUnsafeMutablePointer(to: &address) { pointer -> UInt16 in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(descriptor, pointer, size)
                getsockname(descriptor, pointer, &size)
            }
            return UInt16(bigEndian: pointer.pointee.sin_port)
        }
        return Int(try #require(port == 0 ? nil : port))
    }
}

/// The servers that run, which end with the test process at the latest.
private final class RunningServers: Sendable {
    private static let processIDs = Mutex<Set<pid_t>>([])

    init() {
        atexit {
            for processID in RunningServers.processIDs.withLock({ $0 }) { kill(processID, SIGKILL) }
        }
    }

    func add(_ process: Process) {
        let processID = process.processIdentifier
        Self.processIDs.withLock { _ = $0.insert(processID) }
    }

    func end(_ process: Process) {
        let processID = process.processIdentifier
        guard Self.processIDs.withLock({ $0.remove(processID) }) != nil else { return }
        kill(processID, SIGKILL)
    }
}

/// Asks again and again until a condition holds; fails the test after a minute.
func eventually(_ holds: () async throws -> Bool, sourceLocation: SourceLocation = #_sourceLocation) async throws {
    let deadline = ContinuousClock.now + .seconds(60)
    while deadline > .now {
        if (try? await holds()) == true { return }
        try await Task.sleep(for: .milliseconds(20))
    }
    Issue.record("it does not come true", sourceLocation: sourceLocation)
    throw CancellationError()
}
