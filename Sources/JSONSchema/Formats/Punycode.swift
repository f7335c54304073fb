/// The ASCII encoding of labels beyond ASCII (RFC 3492). Labels are short, so no number overflows.
enum Punycode {
    /// The longest label of a host name, in bytes.
    private static let lengthLimit = 63

    /// Decodes a label without `xn--`, in lower case; nil if the label is malformed.
    static func decoded(_ text: [UInt8]) -> [Unicode.Scalar]? {
        guard text.count <= lengthLimit else { return nil }
        let hyphen = text.lastIndex(of: UInt8(ascii: "-"))
        var scalars = hyphen.map { text[..<$0].map(Unicode.Scalar.init) } ?? []
        var (next, index, bias) = (128, 0, 72)
        var digits = text[(hyphen.map { $0 + 1 } ?? 0)...]
        while !digits.isEmpty {
            let start = index
            var weight = 1
            var position = 36
            while true {
                guard let digit = digits.popFirst().flatMap(value) else { return nil }
                index += digit * weight
                guard index <= 0x10FFFF * (lengthLimit + 1) else { return nil }
                let threshold = min(max(position - bias, 1), 26)
                if digit < threshold { break }
                weight *= 36 - threshold
                guard weight <= 0x10FFFF * (lengthLimit + 1) else { return nil }
                position += 36
            }
            let count = scalars.count + 1
            bias = adapted(index - start, count: count, isFirst: start == 0)
            next += index / count
            index %= count
            guard let scalar = UInt32(exactly: next).flatMap(Unicode.Scalar.init) else { return nil }
            scalars.insert(scalar, at: index)
            index += 1
        }
        return scalars
    }

    /// Encodes a label without `xn--`; nil if the label is too long.
    static func encoded(_ scalars: [Unicode.Scalar]) -> [UInt8]? {
        guard scalars.count <= lengthLimit else { return nil }
        var output = scalars.filter(\.isASCII).map { UInt8($0.value) }
        var handled = output.count
        let basicCount = handled
        if basicCount > 0 { output.append(UInt8(ascii: "-")) }
        var (next, delta, bias) = (128, 0, 72)
        while handled < scalars.count {
            guard let least = scalars.lazy.map({ Int($0.value) }).filter({ $0 >= next }).min() else { return nil }
            delta += (least - next) * (handled + 1)
            next = least
            for scalar in scalars {
                if scalar.value < next { delta += 1 }
                guard scalar.value == next else { continue }
                output += digits(of: delta, bias: bias)
                bias = adapted(delta, count: handled + 1, isFirst: handled == basicCount)
                delta = 0
                handled += 1
            }
            delta += 1
            next += 1
        }
        return output
    }

    private static func digits(of number: Int, bias: Int) -> [UInt8] {
        var (rest, position, digits) = (number, 36, [UInt8]())
        while true {
            let threshold = min(max(position - bias, 1), 26)
            if rest < threshold { return digits + [digit(rest)] }
            digits.append(digit(threshold + (rest - threshold) % (36 - threshold)))
            rest = (rest - threshold) / (36 - threshold)
            position += 36
        }
    }

    /// Adapts the bias (RFC 3492 §6.1).
    private static func adapted(_ delta: Int, count: Int, isFirst: Bool) -> Int {
        var rest = isFirst ? delta / 700 : delta / 2
        rest += rest / count
        var bias = 0
        while rest > 455 {
            rest /= 35
            bias += 36
        }
        return bias + 36 * rest / (rest + 38)
    }

    private static func value(_ byte: UInt8) -> Int? {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"): Int(byte - UInt8(ascii: "a"))
        case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(byte - UInt8(ascii: "0")) + 26
        default: nil
        }
    }

    private static func digit(_ value: Int) -> UInt8 {
        value < 26 ? UInt8(ascii: "a") + UInt8(value) : UInt8(ascii: "0") + UInt8(value - 26)
    }
}
