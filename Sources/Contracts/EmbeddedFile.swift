/// One file of `schema/`, carried inside the binary.
public struct EmbeddedFile: Sendable {
    /// The path below `schema/`, such as `rpc/person.get.json`.
    public let path: String
    public let text: StaticString

    public var bytes: [UInt8] {
        text.withUTF8Buffer { Array($0) }
    }
}

extension EmbeddedFile {
    /// The files that make the contracts, which `--schema` replaces: methods, types, scorecards and the
    /// policy, by their paths.
    public static var contracts: [String: [UInt8]] {
        let files = all.filter { isContract($0.path) }
        return Dictionary(uniqueKeysWithValues: files.map { ($0.path, $0.bytes) })
    }

    /// The catalogue of characteristics, which tells what the program computes, so that nothing replaces it.
    public static var catalogue: [UInt8] { all.first { $0.path == "characteristics.json" }?.bytes ?? [] }

    /// Whether a path below `schema/` is that of a contract, which `--schema` replaces; steps of a store never are.
    public static func isContract(_ path: String) -> Bool {
        path == "policy.json"
            || path.hasSuffix(".json") && ["rpc/", "types/", "scorecards/"].contains { path.hasPrefix($0) }
    }
}
