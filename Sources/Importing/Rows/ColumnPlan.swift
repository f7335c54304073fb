import JSON
import Tables

/// How the columns of a CSV file become the params of a request.
struct ColumnPlan {
    private indirect enum Node {
        case field(column: Int, RowMembers.Form)
        case object([(name: String, node: Node)])
    }

    private var root: Node = .object([])

    /// Puts a column at the place of its member. Columns of one object need not stand together.
    mutating func add(column: Int, _ member: RowMembers.Member) {
        root = Self.adding(column, member.form, at: member.path[...], to: root)
    }

    private static func adding(_ column: Int, _ form: RowMembers.Form, at path: ArraySlice<String>, to node: Node)
        -> Node
    {
        guard let name = path.first, case .object(var members) = node else { return .field(column: column, form) }
        if let index = members.firstIndex(where: { $0.name == name }) {
            members[index].node = adding(column, form, at: path.dropFirst(), to: members[index].node)
        } else {
            members.append((name, adding(column, form, at: path.dropFirst(), to: .object([]))))
        }
        return .object(members)
    }

    /// Appends the params of the current record. An empty field is absent, and so is an object without members.
    func write(_ record: borrowing CSVReader, to params: inout Writer) {
        guard case .object(let members) = root else { return }
        params.object { Self.write(members, record, to: &$0) }
    }

    private static func write(
        _ members: [(name: String, node: Node)], _ record: borrowing CSVReader, to object: inout Writer
    ) {
        for member in members {
            switch member.node {
            case .field(let column, let form):
                let bytes = record[column].bytes.assumingMemoryBound(to: UInt8.self)
                if bytes.isEmpty { continue }
                object.key(member.name)
                write(bytes, as: form, to: &object)
            case .object(let inner):
                guard has(inner, record) else { continue }
                object.key(member.name)
                object.object { write(inner, record, to: &$0) }
            }
        }
    }

    private static func has(_ members: [(name: String, node: Node)], _ record: borrowing CSVReader) -> Bool {
        for member in members {
            switch member.node {
            case .field(let column, _): if !record[column].bytes.isEmpty { return true }
            case .object(let inner): if has(inner, record) { return true }
            }
        }
        return false
    }

    /// Appends a field by its form. What is no such value stays a text, which the method's schema then refuses.
    private static func write(_ bytes: UnsafeBufferPointer<UInt8>, as form: RowMembers.Form, to object: inout Writer) {
        switch form {
        case .text: return object.string(utf8: bytes)
        case .number where isNumber(bytes): return object.verbatim(bytes)
        case .boolean where bytes.elementsEqual("true".utf8): return object.bool(true)
        case .boolean where bytes.elementsEqual("false".utf8): return object.bool(false)
        case .json:
            guard bytes.first == UInt8(ascii: "[") || bytes.first == UInt8(ascii: "{"),
                let document = try? Document(bytes, limits: RowLimits.parser)
            else { return object.string(utf8: bytes) }
            // A line end is white space here, and would end the line of the request.
            let line = document.withRoot { $0.rawText.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 } }
            return line.withUnsafeBufferPointer { object.verbatim($0) }
        case .number, .boolean:
            if bytes.elementsEqual("null".utf8) { return object.null() }
            object.string(utf8: bytes)
        }
    }

    /// Whether the bytes are a number of RFC 8259 §6.
    private static func isNumber(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var index = bytes.first == UInt8(ascii: "-") ? 1 : 0
        func digits() -> Int {
            let start = index
            while index < bytes.count, 0x30...0x39 ~= bytes[index] { index += 1 }
            return index - start
        }
        let start = index
        let whole = digits()
        guard whole == 1 || whole > 1 && bytes[start] != 0x30 else { return false }
        if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
            index += 1
            guard digits() > 0 else { return false }
        }
        if index < bytes.count, bytes[index] | 0x20 == UInt8(ascii: "e") {
            index += 1
            if index < bytes.count, bytes[index] == UInt8(ascii: "+") || bytes[index] == UInt8(ascii: "-") {
                index += 1
            }
            guard digits() > 0 else { return false }
        }
        return index == bytes.count
    }
}
