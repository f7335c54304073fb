import Encodings
import Bureau
import JSON

/// Attribute values of the DynamoDB API: an object with one member, its key the type.
extension Writer {
    /// Appends `{"B": …}`.
    mutating func binary(_ bytes: UnsafeRawBufferPointer) {
        let count = Base64.encodedCount(bytes.count)
        object { writer in
            writer.key("B")
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: count + 2) { text in
                guard let start = text.baseAddress else { return }
                start[0] = UInt8(ascii: "\"")
                Base64.encode(bytes, to: start + 1)
                start[count + 1] = UInt8(ascii: "\"")
                writer.verbatim(UnsafeBufferPointer(start: start, count: count + 2))
            }
        }
    }

    mutating func binary(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { binary($0) }
    }

    /// Appends `{"S": …}`.
    mutating func text(_ text: String) {
        object { writer in
            writer.key("S")
            writer.string(text)
        }
    }

    mutating func text(_ value: some TextValue) {
        object { writer in
            writer.key("S")
            value.withText { writer.string(utf8: $0) }
        }
    }

    /// Appends `{"N": …}`: a number travels as its digits in a string.
    mutating func decimal(_ value: some BinaryInteger) {
        object { writer in
            writer.key("N")
            writer.string(String(value))
        }
    }

    mutating func boolean(_ value: Bool) {
        object { writer in
            writer.key("BOOL")
            writer.bool(value)
        }
    }

    /// Appends `{"M": …}` of which `body` writes the members.
    mutating func map(_ body: (inout Writer) -> Void) {
        object { writer in
            writer.key("M")
            writer.object(body)
        }
    }

    /// Appends `{"L": […]}` with a map for each element.
    mutating func maps<Element>(_ elements: [Element], _ body: (inout Writer, Element) -> Void) {
        object { writer in
            writer.key("L")
            writer.array { writer in
                for element in elements { writer.map { body(&$0, element) } }
            }
        }
    }
}
