import Bureau
import Encodings
import Repositories

/// The address of a table: `dynamodb://TABLE?endpoint=…&region=…&connections=…&timeout=…`, completed by the
/// environment.
struct DynamoDBAddress: Hashable, Sendable {
    let table: String
    let region: String
    /// `http://` or `https://` with a host and perhaps a port; no slash at the end.
    let endpoint: String
    /// Whether the endpoint is AWS's own for the region.
    let isOfAWS: Bool
    /// The most connections at once, when the URL has the option.
    let connections: Int?
    /// The seconds for which the endpoint may be silent, when the URL has the option.
    let timeoutSeconds: Int?

    /// - Parameters:
    ///   - environment: the process's variables: `AWS_REGION`, `AWS_DEFAULT_REGION`, `AWS_ENDPOINT_URL_DYNAMODB`,
    ///     `AWS_ENDPOINT_URL`. The URL's options come first.
    ///   - files: the shared files, whose region and endpoint are used last.
    init(url: String, environment: [String: String], files: SharedConfigFiles) throws(StoreOpenError) {
        let scheme = "dynamodb://"
        guard url.hasPrefix(scheme) else { throw Self.invalidURL }
        let parts = url.dropFirst(scheme.count).split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        table = String(parts[0])
        let options = try Self.options(parts.count == 2 ? parts[1] : "")
        guard Self.isName(table, of: 3...255, marks: "_-.") else { throw Self.invalidURL }
        guard
            let region = options["region"] ?? environment.setting("AWS_REGION")
                ?? environment.setting("AWS_DEFAULT_REGION") ?? files.value("region")
        else { throw Self.regionMissing }
        guard Self.isName(region, of: 1...63, marks: "-") else { throw Self.invalidURL }
        self.region = region
        connections = try Self.number(options["connections"], in: 1...256)
        timeoutSeconds = try Self.number(options["timeout"], in: 1...60)
        let configured = try configured { () throws(CredentialFailure) in
            try files.endpoint(of: "dynamodb", environment: environment)
        }
        let given = options["endpoint"] ?? configured
        endpoint = try Self.endpoint(given ?? "https://dynamodb.\(region).\(CredentialFetcher.domain(of: region))")
        isOfAWS = given == nil
    }

    var isEncrypted: Bool { endpoint.hasPrefix("https://") }

    /// The host and port as a `Host` header has them.
    var authority: Substring { endpoint[endpoint.index(after: endpoint.lastIndex(of: "/") ?? endpoint.startIndex)...] }

    private static let invalidURL = StoreOpenError(
        .b, .configuration, "the URL must be dynamodb://TABLE?endpoint=URL&region=NAME, and its parts valid")
    private static let regionMissing = StoreOpenError(
        .b, .configuration, "no AWS region is given; add region=NAME to the URL or set AWS_REGION")
    private static let optionNames: Set = ["endpoint", "region", "connections", "timeout"]

    private static func options(_ query: Substring) throws(StoreOpenError) -> [String: String] {
        var options: [String: String] = [:]
        for pair in query.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts[0])
            guard parts.count == 2, optionNames.contains(name), options[name] == nil,
                let value = PercentEncoding.decode(parts[1])
            else { throw Self.invalidURL }
            options[name] = value
        }
        return options
    }

    private static func number(_ text: String?, in range: ClosedRange<Int>) throws(StoreOpenError) -> Int? {
        guard let text else { return nil }
        guard let number = Int(text), range.contains(number) else { throw Self.invalidURL }
        return number
    }

    private static func endpoint(_ text: String) throws(StoreOpenError) -> String {
        guard text.hasPrefix("http://") || text.hasPrefix("https://"), text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { throw Self.invalidURL }
        let trimmed = text.hasSuffix("/") ? text.dropLast() : text[...]
        let authority = trimmed.split(separator: "//", maxSplits: 1).last ?? ""
        // A password in the URL would be a secret in the wrong place, and the signed path is always "/".
        guard !authority.isEmpty, !authority.contains(where: { "/?#@".contains($0) }),
            trimmed.contains("://" + authority)
        else { throw Self.invalidURL }
        return String(trimmed)
    }

    /// Whether a name has letters, digits and `marks` only.
    private static func isName(_ name: String, of length: ClosedRange<Int>, marks: String) -> Bool {
        length.contains(name.utf8.count) && name.utf8.allSatisfy { isLetterOrDigit($0) || marks.utf8.contains($0) }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20
    }
}
