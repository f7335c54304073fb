import JSON

/// How far an import has come, as its file of state has it: no value of a row.
package struct ImportState: Equatable, Sendable {
    /// Names the import in idempotency keys.
    package var importID: String
    /// A digest of the kind, the options and the stores: another import does not go on with it.
    package var options: String
    /// A digest of the first bytes of the file, and how many these are.
    package var head: String
    package var headBytes: Int
    package var place: ImportLedger.Place
    package var tally: ImportTally
    /// The length of the file of rejects.
    package var rejectBytes: Int

    package init(importID: String, options: String, head: String, headBytes: Int) {
        self.importID = importID
        self.options = options
        self.head = head
        self.headBytes = headBytes
        place = ImportLedger.Place(offset: 0, line: 0)
        tally = ImportTally()
        rejectBytes = 0
    }

    /// Reads a state; nil for anything else.
    package init?(_ text: [UInt8]) {
        guard let document = try? Document(text), let state = document.withRoot({ ImportState($0) }) else { return nil }
        self = state
    }

    private init?(_ root: Value) {
        func number(_ name: StaticString) -> Int? {
            root[name]?.int64.flatMap { Int(exactly: $0) }.flatMap { $0 >= 0 ? $0 : nil }
        }
        guard root["format"]?.int64 == 1, let importID = root["import"]?.string, !importID.isEmpty,
            importID.utf8.count <= 32, importID.utf8.allSatisfy({ 0x30...0x7A ~= $0 && $0 != 0x5C }),
            let options = root["options"]?.string, let head = root["head"]?.string, let headBytes = number("headBytes"),
            headBytes <= 1 << 20, let offset = number("offset"), let line = number("line"),
            let rejectBytes = number("rejectBytes"), let counts = root["counts"], let tally = ImportTally(counts)
        else { return nil }
        self.init(importID: importID, options: options, head: head, headBytes: headBytes)
        place = ImportLedger.Place(offset: offset, line: line)
        self.tally = tally
        self.rejectBytes = rejectBytes
    }

    /// The text of the file.
    package var text: [UInt8] {
        var writer = Writer()
        writer.object { root in
            root.key("format")
            root.number(1)
            for (name, text): (StaticString, String) in [("import", importID), ("options", options), ("head", head)] {
                root.key(name)
                root.string(text)
            }
            for (name, number): (StaticString, Int) in [
                ("headBytes", headBytes), ("offset", place.offset), ("line", place.line), ("rejectBytes", rejectBytes),
            ] {
                root.key(name)
                root.number(number)
            }
            root.key("counts")
            root.object { tally.write(to: &$0) }
        }
        return writer.take() + [UInt8(ascii: "\n")]
    }
}
