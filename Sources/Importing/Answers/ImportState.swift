import JSON

/// How far an import has come, as its file of state has it: no value of a row.
public struct ImportState: Equatable, Sendable {
    /// Names the import in idempotency keys.
    public var importID: String
    /// A digest of the kind, the options and the stores: another import does not go on with it.
    public var options: String
    /// How far the file was read, with a digest of it up to there.
    public var place: ImportLedger.Place
    public var tally = ImportTally()
    /// The length of the file of rejects; nil without one.
    public var rejectBytes: Int?

    public init(importID: String, options: String, place: ImportLedger.Place) {
        self.importID = importID
        self.options = options
        self.place = place
    }

    /// Reads a state; nil for anything else.
    public init?(_ text: [UInt8]) {
        guard let document = try? Document(text), let state = document.withRoot({ ImportState($0) }) else { return nil }
        self = state
    }

    private init?(_ root: Value) {
        func number(_ name: StaticString) -> Int? {
            root[name]?.int64.flatMap { Int(exactly: $0) }.flatMap { $0 >= 0 ? $0 : nil }
        }
        guard root["format"]?.int64 == 1, let importID = root["import"]?.string, !importID.isEmpty,
            importID.utf8.count <= 32, importID.utf8.allSatisfy({ 0x30...0x7A ~= $0 && $0 != 0x5C }),
            let options = root["options"]?.string, let offset = number("offset"), let line = number("line"),
            let digest = root["digest"]?.string.flatMap({ UInt64($0, radix: 16) }), let counts = root["counts"],
            let tally = ImportTally(counts)
        else { return nil }
        if root["rejectBytes"] != nil {
            guard let length = number("rejectBytes") else { return nil }
            rejectBytes = length
        }
        self.importID = importID
        self.options = options
        place = ImportLedger.Place(offset: offset, line: line, digest: digest)
        self.tally = tally
    }

    /// The text of the file.
    public var text: [UInt8] {
        var writer = Writer()
        writer.object { root in
            root.key("format")
            root.number(1)
            for (name, text): (StaticString, String) in [
                ("import", importID), ("options", options), ("digest", String(place.digest, radix: 16)),
            ] {
                root.key(name)
                root.string(text)
            }
            for (name, number): (StaticString, Int?) in [
                ("offset", place.offset), ("line", place.line), ("rejectBytes", rejectBytes),
            ] {
                guard let number else { continue }
                root.key(name)
                root.number(number)
            }
            root.key("counts")
            root.object { tally.write(to: &$0) }
        }
        return writer.take() + [UInt8(ascii: "\n")]
    }
}
