import Bureau

/// The bytes of a packed score. The first names the layout; integers are of variable length (LEB128, signed ones
/// zigzag), a text has its length before it.
extension PackedScore {
    private static let layout: UInt8 = 1
    /// The same layout, for a score in which account data have no part because the person did not consent.
    private static let layoutWithoutConsent: UInt8 = 2

    /// The score in one value.
    public var bytes: [UInt8] {
        var writer = PackedWriter(reserving: 96 + 8 * inputs.count)
        writer.byte(lacksConsent ? Self.layoutWithoutConsent : Self.layout)
        writer.signed(asOf.microsecondsSinceEpoch)
        writer.write(model)
        writer.signed(rawScore)
        writer.unsigned(UInt64(points.count))
        writer.unsigned(UInt64(inputs.count))
        for input in inputs {
            writer.byte(input.name.number)
            if input.name.number == 0 { writer.text(input.name.name) }
            writer.write(input.value)
        }
        for points in points {
            writer.signed(Int64(points.points))
            writer.signed(Int64(points.attainable))
        }
        writer.unsigned(UInt64(shadows.count))
        for shadow in shadows {
            writer.write(shadow.model)
            writer.signed(shadow.rawScore)
        }
        return writer.bytes
    }

    /// Reads what `bytes` wrote; nil when the bytes are something else.
    public init?(bytes: [UInt8]) {
        let score = PackedReader.read(bytes) { reader -> PackedScore? in
            guard let layout = reader.byte(), [Self.layout, Self.layoutWithoutConsent].contains(layout),
                let microseconds = reader.signed(),
                let asOf = Instant(microsecondsSinceEpoch: microseconds), let model = reader.model(),
                let rawScore = reader.signed(), let pointsCount = reader.count(), let inputsCount = reader.count(),
                pointsCount <= inputsCount,
                let inputs = reader.list(of: inputsCount, { $0.input() }),
                let points = reader.list(of: pointsCount, { $0.points() }), let shadowsCount = reader.count(),
                let shadows = reader.list(of: shadowsCount, { $0.shadow() })
            else { return nil }
            return PackedScore(
                asOf: asOf, model: model, rawScore: rawScore, inputs: inputs, points: points, shadows: shadows,
                lacksConsent: layout == Self.layoutWithoutConsent)
        }
        guard let score else { return nil }
        self = score
    }
}

/// The kinds of values, as packed scores number them.
private enum ValueTag {
    static let integer: UInt8 = 0
    static let double: UInt8 = 1
    static let category: UInt8 = 2
    /// In the order of their tags.
    static let missing: [(tag: UInt8, reason: MissingReason)] = [
        (3, .noRecord), (4, .notApplicable), (5, .truncated), (6, .notKnownThen),
    ]
}

extension PackedWriter {
    fileprivate mutating func write(_ model: ModelIdentity) {
        text(model.name)
        unsigned(UInt64(model.version))
        bytes(model.hash)
    }

    fileprivate mutating func write(_ value: CharacteristicValue) {
        switch value {
        case .number(let number):
            // Nearly all are small whole numbers.
            if let integer = Int64(exactly: number), number.magnitude < 0x1p53 {
                byte(ValueTag.integer)
                signed(integer)
            } else {
                byte(ValueTag.double)
                bytes(withUnsafeBytes(of: number.bitPattern.bigEndian, Array.init))
            }
        case .category(let name):
            byte(ValueTag.category)
            text(name)
        case .missing(let reason):
            byte(ValueTag.missing.first { $0.reason == reason }?.tag ?? 0xFF)
        }
    }
}

extension PackedReader {
    fileprivate mutating func model() -> ModelIdentity? {
        guard let name = text(), let version = unsigned().flatMap({ Int(exactly: $0) }), let hash = bytes(32) else {
            return nil
        }
        return ModelIdentity(name: name, version: version, hash: hash)
    }

    fileprivate mutating func input() -> PackedScore.Input? {
        guard let number = byte() else { return nil }
        let name = number == 0 ? text().map(InputName.init) : InputName(number: number)
        guard let name, let value = value() else { return nil }
        return PackedScore.Input(name: name, value: value)
    }

    private mutating func value() -> CharacteristicValue? {
        guard let tag = byte() else { return nil }
        switch tag {
        case ValueTag.integer: return signed().map { .number(Double($0)) }
        case ValueTag.double:
            return bytes(8).map { bits in
                .number(Double(bitPattern: bits.reduce(0) { $0 << 8 | UInt64($1) }))
            }
        case ValueTag.category: return text().map { .category($0) }
        default: return ValueTag.missing.first { $0.tag == tag }.map { .missing($0.reason) }
        }
    }

    fileprivate mutating func points() -> PackedScore.Points? {
        guard let points = signed().flatMap({ Int32(exactly: $0) }),
            let attainable = signed().flatMap({ Int32(exactly: $0) })
        else { return nil }
        return PackedScore.Points(points: points, attainable: attainable)
    }

    fileprivate mutating func shadow() -> PackedScore.Shadow? {
        guard let model = model(), let rawScore = signed() else { return nil }
        return PackedScore.Shadow(model: model, rawScore: rawScore)
    }
}
