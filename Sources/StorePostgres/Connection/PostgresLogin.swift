import CLibpq
import Glibc
import Platform

/// One login to the hosts of a URL, in the order in which libpq takes them.
///
/// It polls instead of calling `PQconnectdb`, because only a connection that has begun can be told to write the
/// SQLSTATE of a refusal. libpq then leaves the time limit to its caller: when a host stays silent for too long, a new
/// attempt begins with the hosts after it.
struct PostgresLogin {
    private let url: PostgresURL
    private let limits: PostgresLimits
    /// What each host, or the system, said against the login.
    private var refusals: [LoginRefusal] = []

    init(_ url: PostgresURL, _ limits: PostgresLimits) {
        self.url = url
        self.limits = limits
    }

    /// Returns a session. Blocks until one of the hosts has taken the login, at most `connect_timeout` for each.
    mutating func logIn() throws(PostgresFailure) -> OpaquePointer {
        var hosts: LoginHosts?
        repeat {
            guard let handle = start(hosts) else { throw .outOfMemory }
            switch poll(handle) {
            case .done: return handle
            case .refused: hosts = nil
            case .silent: hosts = LoginHosts(of: handle).afterCurrent(of: handle)
            }
            PQfinish(handle)
        } while hosts != nil
        throw .loginFailed(LoginRefusal.reason(of: refusals))
    }

    private enum Ending {
        case done
        case refused
        /// The current host gave no answer in time, and those after it have not been tried.
        case silent
    }

    private mutating func poll(_ handle: OpaquePointer) -> Ending {
        PQsetErrorVerbosity(handle, PQERRORS_VERBOSE)
        let timeout = timeout(handle)
        var host = Self.current(handle)
        var deadline = ContinuousClock.now + timeout
        var waitsToRead = false
        while PQstatus(handle) != CONNECTION_BAD {
            let socket = FileDescriptor(PQsocket(handle))
            guard socket.wait(for: waitsToRead ? POLLIN : POLLOUT, until: deadline) else {
                note(handle)
                refusals.append(.silent(host: host))
                return .silent
            }
            switch PQconnectPoll(handle) {
            case PGRES_POLLING_OK:
                PQsetErrorVerbosity(handle, PQERRORS_DEFAULT)
                return .done
            case PGRES_POLLING_READING: waitsToRead = true
            default: waitsToRead = false
            }
            if Self.current(handle) != host {
                host = Self.current(handle)
                deadline = .now + timeout
            }
        }
        note(handle)
        return .refused
    }

    private func start(_ hosts: LoginHosts?) -> OpaquePointer? {
        // The URL overrides the options before it, and the options after it override the URL.
        let options =
            [
                ("fallback_application_name", "creditd"), ("keepalives_idle", "10"), ("keepalives_interval", "3"),
                ("keepalives_count", "3"), ("tcp_user_timeout", "\(Int(limits.silenceTimeout / .milliseconds(1)))"),
                ("dbname", url.text), ("client_encoding", "UTF8"),
            ] + (hosts?.options ?? [])
        return withCStrings(options.map(\.0)) { keywords in
            withCStrings(options.map(\.1)) { values in PQconnectStartParams(keywords, values, 1) }
        }
    }

    /// Keeps what libpq says of the hosts that it has tried.
    private mutating func note(_ handle: OpaquePointer) {
        let text = PQerrorMessage(handle).map { String(cString: $0) } ?? ""
        let password = PQpass(handle).map { String(cString: $0) } ?? ""
        refusals += LoginRefusal.list(text, password: password)
    }

    /// The `connect_timeout` of the URL, a service file or the environment, else the limit's.
    private func timeout(_ handle: OpaquePointer) -> Duration {
        guard let text = LoginHosts.option("connect_timeout", of: handle), let seconds = Int(text) else {
            return .seconds(limits.connectTimeoutSeconds)
        }
        // For libpq, zero and less mean to wait for ever, and one second counts as two.
        return seconds <= 0 ? .seconds(86_400) : .seconds(max(2, seconds))
    }

    /// The host that a login has come to: name, address and port.
    private static func current(_ handle: OpaquePointer) -> [String] {
        [PQhost(handle), PQhostaddr(handle), PQport(handle)].map { $0.map { String(cString: $0) } ?? "" }
    }
}

/// The hosts of a login, as libpq lists them.
private struct LoginHosts {
    /// Each empty or one for each host, but for a port that holds for all.
    private var names: [String]
    private var addresses: [String]
    private var ports: [String]

    /// Reads all hosts of a login.
    init(of handle: OpaquePointer) {
        func parts(_ keyword: String) -> [String] {
            guard let text = Self.option(keyword, of: handle), !text.isEmpty else { return [] }
            return text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        names = parts("host")
        addresses = parts("hostaddr")
        ports = parts("port")
    }

    /// The hosts after the one that the login has come to; nil when it is the last.
    func afterCurrent(of handle: OpaquePointer) -> LoginHosts? {
        let count = max(names.count, addresses.count)
        let name = PQhost(handle).map { String(cString: $0) } ?? ""
        let port = PQport(handle).map { String(cString: $0) } ?? ""
        let current = (0..<count).first { index in
            let ownName = index < names.count && !names[index].isEmpty ? names[index] : nil
            let ownPort = ports.count == 1 ? ports[0] : index < ports.count ? ports[index] : ""
            return (ownName ?? name) == name && (ownPort.isEmpty ? port : ownPort) == port
        }
        guard let current, current + 1 < count else { return nil }
        var rest = self
        rest.names = Array(names.dropFirst(current + 1))
        rest.addresses = Array(addresses.dropFirst(current + 1))
        rest.ports = ports.count > 1 ? Array(ports.dropFirst(current + 1)) : ports
        return rest
    }

    /// The hosts as options of a login, which override those of a URL.
    var options: [(String, String)] {
        [("host", names), ("hostaddr", addresses), ("port", ports)].filter { !$0.1.isEmpty }
            .map { ($0.0, $0.1.joined(separator: ",")) }
    }

    /// The value of an option of a login, wherever libpq has it from.
    static func option(_ keyword: String, of handle: OpaquePointer) -> String? {
        guard let options = PQconninfo(handle) else { return nil }
        defer { PQconninfoFree(options) }
        var option = options
        while let name = option.pointee.keyword {
            if String(cString: name) == keyword { return option.pointee.val.map { String(cString: $0) } }
            option += 1
        }
        return nil
    }
}
