import JSON
import JSONRPC

/// Examples as Example Pairing Objects of OpenRPC 1.3.
///
/// A pairing has no place for an error, nor for what comes first and what is different each time; extensions tell
/// these: `x-error`, `x-given`, `x-takes` and `x-varies`, as schema/README.md describes them.
extension OpenRPCDocument {
    func write(_ example: ContractExample, to list: inout Writer) {
        list.object { pairing in
            pairing.member("name", example.name)
            if let description = Self.description(of: example) { pairing.member("description", description) }
            pairing.key("params")
            pairing.array { params in
                for member in example.call.params.members {
                    guard let name = member.key.string else { continue }
                    Self.write(name, member.value, to: &params)
                }
                for (index, element) in example.call.params.elements.enumerated() {
                    Self.write("\(index)", element, to: &params)
                }
            }
            switch example.answer {
            case .result(let value):
                pairing.key("result")
                Self.write("result", value, to: &pairing)
            case .error(let code, let reason):
                pairing.key("x-error")
                pairing.object { error in
                    error.member("code", Int64(code))
                    error.member("reason", reason)
                }
            }
            if !example.given.isEmpty {
                pairing.key("x-given")
                pairing.array { given in
                    for call in example.given {
                        given.object { object in
                            object.member("method", call.method)
                            object.key("params")
                            object.compact(call.params)
                            Self.write("takes", call.takes, to: &object)
                        }
                    }
                }
            }
            Self.write("x-takes", example.call.takes, to: &pairing)
            if !example.varies.isEmpty {
                pairing.key("x-varies")
                pairing.array { list in
                    for pointer in example.varies { list.string(pointer) }
                }
            }
        }
    }

    /// What comes first, and which error is the answer.
    private static func description(of example: ContractExample) -> String? {
        var sentences: [String] = []
        if !example.given.isEmpty { sentences.append("After \(example.given.map(\.method).joined(separator: ", ")).") }
        if case .error(let code, let reason) = example.answer {
            sentences.append("Answered with the error \(code), \(reason).")
        }
        return sentences.isEmpty ? nil : sentences.joined(separator: " ")
    }

    /// Appends an Example Object.
    private static func write(_ name: String, _ value: Value, to writer: inout Writer) {
        writer.object { example in
            example.member("name", name)
            example.key("value")
            example.compact(value)
        }
    }

    private static func write(
        _ name: StaticString, _ takes: [(target: String, source: String)], to object: inout Writer
    ) {
        if takes.isEmpty { return }
        object.key(name)
        object.object { pointers in
            for (target, source) in takes {
                pointers.key(target)
                pointers.string(source)
            }
        }
    }
}
