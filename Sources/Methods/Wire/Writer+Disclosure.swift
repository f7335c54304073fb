import Bureau
import JSON
import JSONRPC
import Services

/// Members that are given out plain, masked, or not at all.
extension Writer {
    mutating func member(_ name: StaticString, _ value: some TextValue, _ disclosure: Disclosure, _ mask: Mask) {
        switch disclosure {
        case .plain: member(name, value)
        case .masked: member(name, mask.masked(value.text))
        case .denied: break
        }
    }

    mutating func member(_ name: StaticString, _ value: String, _ disclosure: Disclosure, _ mask: Mask) {
        switch disclosure {
        case .plain: member(name, value)
        case .masked: member(name, mask.masked(value))
        case .denied: break
        }
    }

    /// Appends nothing when there is no value.
    mutating func optional(_ name: StaticString, _ value: (some TextValue)?, _ disclosure: Disclosure, _ mask: Mask) {
        if let value { member(name, value, disclosure, mask) }
    }

    /// Appends nothing when there is no value.
    mutating func optional(_ name: StaticString, _ value: String?, _ disclosure: Disclosure, _ mask: Mask) {
        if let value { member(name, value, disclosure, mask) }
    }

    /// Appends a number, masked to its first significant digit.
    mutating func member(_ name: StaticString, _ value: Int64, _ disclosure: Disclosure) {
        switch disclosure {
        case .plain: member(name, value)
        case .masked: member(name, value.maskedToFirstDigit)
        case .denied: break
        }
    }

    /// Appends the member `restricted`, when anything that the method shows is masked or denied.
    mutating func restricted(_ disclosed: Disclosed<some Sendable>) {
        if disclosed.isPlain { return }
        key("restricted")
        object { restricted in
            restricted.groups("masked", disclosed.disclosures.masked)
            restricted.groups("denied", disclosed.groups.subtracting(disclosed.disclosures.shown))
        }
    }

    private mutating func groups(_ name: StaticString, _ groups: FieldGroups) {
        if groups.isEmpty { return }
        key(name)
        array { list in
            for group in groups.list { list.string(group) }
        }
    }
}

extension Method {
    /// Appends a result that is an object: the members that `write` appends of what was disclosed, and `restricted`.
    static func object<Value>(
        _ write: @escaping @Sendable (Value, Disclosures, inout Writer) -> Void
    ) -> @Sendable (Disclosed<Value>, inout Writer) -> Void {
        { disclosed, writer in
            writer.object { result in
                write(disclosed.value, disclosed.disclosures, &result)
                result.restricted(disclosed)
            }
        }
    }
}
