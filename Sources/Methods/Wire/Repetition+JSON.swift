import JSON
import Services

extension Repetition {
    /// Makes the name of a call from its idempotency key, and its content from its method and params.
    ///
    /// The content is canonical: members in the order of their names' bytes, numbers by their values, strings without
    /// needless escapes. It leaves out the CPF, which may be masked or not and which the subject's token stands for.
    init(_ key: Value, of method: String, _ params: Value) {
        var writer = Writer(reserving: 256)
        writer.array { content in
            content.string(method)
            content.canonical(params, without: "cpf")
        }
        self.init(key: key.withUTF8 { Array($0) }, content: writer.take())
    }
}

extension Writer {
    /// Appends a value in a form that is equal for equal values, without the member `omitted` of its own.
    fileprivate mutating func canonical(_ value: Value, without omitted: StaticString? = nil) {
        switch value.kind {
        case .object:
            let members = value.members.filter { member in omitted.map { !member.key.equals($0) } ?? true }
                .map { (key: $0.key.withUTF8 { Array($0) }, value: $0.value) }
                .sorted { $0.key.lexicographicallyPrecedes($1.key) }
            // An array of names and values, because a name of `object` is known when the program is built.
            array { list in
                list.string("{")
                for member in members {
                    member.key.withUnsafeBufferPointer { list.string(utf8: $0) }
                    list.canonical(member.value)
                }
            }
        case .array:
            array { list in
                list.string("[")
                for element in value.elements { list.canonical(element) }
            }
        case .string: value.withUTF8 { string(utf8: $0) }
        case .number:
            if let integer = value.int64 { number(integer) } else { self.value(value) }
        default: self.value(value)
        }
    }
}
