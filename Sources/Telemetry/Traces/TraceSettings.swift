import Encodings

/// Where traces go and what is traced: OpenTelemetry's variables of the environment.
public struct TraceSettings: Hashable, Sendable {
    /// Something in the environment that cannot be used. It holds no value.
    public struct Flaw: Error, Hashable, Sendable {
        public let description: String
    }

    /// The URL that takes traces.
    public var endpoint: String
    /// Lines of an HTTP header.
    public var headers: [String] = []
    public var serviceName = "creditd"
    public var resourceAttributes: [(key: String, value: String)] { attributes.map { ($0.key, $0.value) } }
    private var attributes: [Attribute] = []
    public var sampler = TraceSampler.parentBased(root: .never)
    public var timeout = Duration.seconds(10)
    /// A file of certificates to trust in place of the system's.
    public var certificateFile: String?

    private struct Attribute: Hashable, Sendable {
        var key: String
        var value: String
    }

    public init(endpoint: String) {
        self.endpoint = endpoint
    }

    /// Reads the environment; nil when nothing asks for traces.
    public init?(_ environment: [String: String]) throws(Flaw) {
        func value(_ name: String) -> String? { environment["OTEL_" + name].flatMap { $0.isEmpty ? nil : $0 } }
        func ofTraces(_ name: String) -> String? {
            value("EXPORTER_OTLP_TRACES_\(name)") ?? value("EXPORTER_OTLP_\(name)")
        }
        if value("SDK_DISABLED")?.lowercased() == "true" || value("TRACES_EXPORTER") == "none" { return nil }
        if let endpoint = value("EXPORTER_OTLP_TRACES_ENDPOINT") {
            self.endpoint = endpoint
        } else if let base = value("EXPORTER_OTLP_ENDPOINT") {
            endpoint = base + (base.hasSuffix("/") ? "" : "/") + "v1/traces"
        } else {
            return nil
        }
        guard endpoint.hasPrefix("http://") || endpoint.hasPrefix("https://") else {
            throw Flaw(description: "OTEL_EXPORTER_OTLP_ENDPOINT is no URL of http or https")
        }
        if ofTraces("PROTOCOL") == "grpc" {
            throw Flaw(description: "OTEL_EXPORTER_OTLP_PROTOCOL is grpc, and traces are sent by http/json alone")
        }
        headers = try Self.pairs(ofTraces("HEADERS"), "OTEL_EXPORTER_OTLP_HEADERS").map { "\($0.key): \($0.value)" }
        attributes = try Self.pairs(value("RESOURCE_ATTRIBUTES"), "OTEL_RESOURCE_ATTRIBUTES")
        let nameIndex = attributes.firstIndex { $0.key == "service.name" }
        let named = nameIndex.map { attributes.remove(at: $0).value }
        serviceName = value("SERVICE_NAME") ?? named ?? serviceName
        if let name = value("TRACES_SAMPLER") {
            guard let sampler = TraceSampler(name: name, argument: value("TRACES_SAMPLER_ARG")) else {
                throw Flaw(description: "OTEL_TRACES_SAMPLER names no sampler that is known")
            }
            self.sampler = sampler
        }
        if let milliseconds = ofTraces("TIMEOUT").flatMap({ Int($0) }), (1...600_000).contains(milliseconds) {
            timeout = .milliseconds(milliseconds)
        }
        certificateFile = ofTraces("CERTIFICATE")
    }

    /// Reads `key=value,…` with percent-encoded values (W3C Baggage §3.2).
    private static func pairs(_ text: String?, _ variable: String) throws(Flaw) -> [Attribute] {
        var pairs: [Attribute] = []
        for pair in (text ?? "").split(separator: ",") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(Self.trimmed)
            guard parts.count == 2, !parts[0].isEmpty, let value = decoded(parts[1]),
                (parts[0] + value).utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
            else { throw Flaw(description: "\(variable) is no list of key=value") }
            pairs.append(Attribute(key: parts[0], value: value))
        }
        return pairs
    }

    private static func trimmed(_ text: Substring) -> String {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        let start = text.drop(while: isBlank)
        return String(start.reversed().drop(while: isBlank).reversed())
    }

    /// Nil when the bytes are no UTF-8.
    private static func decoded(_ text: String) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let number = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(number)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
