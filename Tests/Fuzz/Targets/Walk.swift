import JSON

/// A walk over every value of a text, by everything that can be asked of one.
struct Walk {
    let text: UnsafeBufferPointer<UInt8>

    /// Checks a value and all inside it.
    func take(_ value: Value) {
        let range = value.offset..<value.offset + value.rawText.count
        Promise.demand(!range.isEmpty && range.upperBound <= text.count, "a value lies in its text")
        Promise.demand(
            value.rawText.baseAddress == text.baseAddress.map { $0 + value.offset }, "a value's text is the text's")
        switch value.kind {
        case .null: Promise.demand(value.isNull && value.rawText.elementsEqual("null".utf8), "null")
        case .true: Promise.demand(value.bool == true && value.rawText.elementsEqual("true".utf8), "true")
        case .false: Promise.demand(value.bool == false && value.rawText.elementsEqual("false".utf8), "false")
        case .number: takeNumber(value)
        case .string: takeString(value)
        case .array:
            Promise.demand(
                value.elements.reduce(0) { sum, _ in sum + 1 } == value.count, "an array has as many as it says")
            for element in value.elements { take(element, within: range) }
        case .object:
            Promise.demand(
                value.members.reduce(0) { sum, _ in sum + 1 } == value.count, "an object has as many as it says")
            for member in value.members {
                Promise.demand(member.key.kind == .string, "a key is a string")
                take(member.key, within: range)
                take(member.value, within: range)
                Promise.demand(member.key.withUTF8 { value[$0] != nil }, "a member is found by its key")
            }
        }
    }

    private func take(_ value: Value, within range: Range<Int>) {
        let isInside = range.lowerBound < value.offset && value.offset + value.rawText.count < range.upperBound
        Promise.demand(isInside, "a part lies inside the whole")
        take(value)
    }

    private func takeNumber(_ value: Value) {
        let digits = String(decoding: value.rawText, as: UTF8.self)
        if let plain = Int64(digits) { Promise.demand(value.int64 == plain, "an integer is read as it stands") }
        if let integer = value.int64 {
            Promise.demand(value.isInteger && Double(digits) == Double(integer), "never rounded")
        }
        guard let number = value.number, let double = Double(digits) else {
            return Promise.demand(false, "a number is one")
        }
        if double != 0 {
            Promise.demand(number.isNegative == (double < 0) && !number.isZero, "a number keeps its sign")
        }
    }

    private func takeString(_ value: Value) {
        guard let string = value.string else { return Promise.demand(false, "a string is one") }
        Promise.demand(value.codePointCount == string.unicodeScalars.count, "code points are counted")
        value.withUTF8 { bytes in
            Promise.demand(bytes.elementsEqual(string.utf8), "a string decodes to UTF-8, without repairs")
            Promise.demand(value.equals(bytes), "a string equals what it decodes to")
        }
    }

    /// The second occurrence of a key, looked for in the plainest way.
    static func duplicateKey(of value: Value) -> Value? {
        var seen: Set<[UInt8]> = []
        for member in value.members where !seen.insert(member.key.withUTF8(Array.init)).inserted { return member.key }
        for part in value.members.map(\.value) + Array(value.elements) {
            if let key = duplicateKey(of: part) { return key }
        }
        return nil
    }
}
