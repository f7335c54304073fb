/// Which table, where: `dynamodb://TABLE?endpoint=…&region=…&connections=…&timeout=…`; the environment says the rest.
struct DynamoDBAddress: Hashable, Sendable {
    let table: String
    let region: String
    /// `http://` or `https://` with a host and perhaps a port, without a slash at the end.
    let endpoint: String
    /// How many connections may be open at once, when the URL says so.
    let connections: Int?
    /// For how many seconds the endpoint may be silent, when the URL says so.
    let timeoutSeconds: Int?

    /// - Parameters:
    ///   - environment: the process's variables: `AWS_REGION`, `AWS_DEFAULT_REGION`, `AWS_ENDPOINT_URL_DYNAMODB`,
    ///     `AWS_ENDPOINT_URL`. What the URL says wins.
    ///   - profileRegion: the region of the shared config file, which comes last.
    init(
        url: String, environment: [String: String], profileRegion: String?
    ) throws(DynamoDBOpenError) {
        let scheme = "dynamodb://"
        guard url.hasPrefix(scheme) else { throw .invalidURL }
        let parts = url.dropFirst(scheme.count).split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        table = String(parts[0])
        let options = try Self.options(parts.count == 2 ? parts[1] : "")
        guard Self.isTableName(table) else { throw .invalidURL }
        guard
            let region = options["region"] ?? environment.setting("AWS_REGION")
                ?? environment.setting("AWS_DEFAULT_REGION") ?? profileRegion
        else { throw .regionMissing }
        guard Self.isRegion(region) else { throw .invalidURL }
        self.region = region
        connections = try Self.number(options["connections"], in: 1...256)
        timeoutSeconds = try Self.number(options["timeout"], in: 1...60)
        let given =
            options["endpoint"] ?? environment.setting("AWS_ENDPOINT_URL_DYNAMODB")
            ?? environment.setting("AWS_ENDPOINT_URL")
        let domain = region.hasPrefix("cn-") ? "amazonaws.com.cn" : "amazonaws.com"
        endpoint = try Self.endpoint(given ?? "https://dynamodb.\(region).\(domain)")
    }

    /// Whether requests travel over TLS.
    var isEncrypted: Bool { endpoint.hasPrefix("https://") }

    /// The host and port as a `Host` header has them.
    var authority: Substring { endpoint[endpoint.index(after: endpoint.lastIndex(of: "/") ?? endpoint.startIndex)...] }

    private static let optionNames: Set = ["endpoint", "region", "connections", "timeout"]

    private static func options(_ query: Substring) throws(DynamoDBOpenError) -> [String: String] {
        var options: [String: String] = [:]
        for pair in query.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts[0])
            guard parts.count == 2, optionNames.contains(name), options[name] == nil,
                let value = percentDecoded(parts[1])
            else { throw .invalidURL }
            options[name] = value
        }
        return options
    }

    private static func number(_ text: String?, in range: ClosedRange<Int>) throws(DynamoDBOpenError) -> Int? {
        guard let text else { return nil }
        guard let number = Int(text), range.contains(number) else { throw .invalidURL }
        return number
    }

    /// RFC 3986 §2.1; nil when the escapes are broken or what they stand for is no UTF-8.
    private static func percentDecoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%") {
                guard let digits = String(rest.prefix(2)), digits.utf8.count == 2, digits.first?.isHexDigit == true,
                    let value = UInt8(digits, radix: 16)
                else { return nil }
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func endpoint(_ text: String) throws(DynamoDBOpenError) -> String {
        guard text.hasPrefix("http://") || text.hasPrefix("https://"), text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { throw .invalidURL }
        let trimmed = text.hasSuffix("/") ? text.dropLast() : text[...]
        let authority = trimmed.split(separator: "//", maxSplits: 1).last ?? ""
        // A user and password in a URL would be a secret in the wrong place, and the signature is over the path "/".
        guard !authority.isEmpty, !authority.contains(where: { "/?#@".contains($0) }),
            trimmed.contains("://" + authority)
        else { throw .invalidURL }
        return String(trimmed)
    }

    private static func isTableName(_ name: String) -> Bool {
        (3...255).contains(name.utf8.count)
            && name.utf8.allSatisfy { isLetterOrDigit($0) || "_-.".utf8.contains($0) }
    }

    private static func isRegion(_ name: String) -> Bool {
        (1...63).contains(name.utf8.count)
            && name.utf8.allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: "-") }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20
    }
}
