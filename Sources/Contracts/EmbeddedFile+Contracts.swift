extension EmbeddedFile {
    /// The files that make the contracts, which `--schema` replaces: methods, types and scorecards, by their paths.
    package static var contracts: [String: [UInt8]] {
        let files = all.filter { $0.path.hasSuffix(".json") && !$0.path.hasPrefix("dynamodb/") }
        return Dictionary(uniqueKeysWithValues: files.map { ($0.path, $0.bytes) })
    }
}
