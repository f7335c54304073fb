import Bureau
import JSON
import Methods

/// What a model sees of a method's results: personal values masked, and texts of others left out.
struct ResultView: Sendable {
    let shape: ResultShape
    let revealed: Set<RevealedField>
    private let now: @Sendable () -> Instant
    private let cursors: CursorNames

    /// A result without a schema is hidden whole.
    init(
        of schema: Value?, _ contracts: ContractSet, revealed: Set<RevealedField>,
        cursors: CursorNames = CursorNames(), now: @escaping @Sendable () -> Instant
    ) {
        shape = schema.map { ResultShape(of: $0, contracts, at: "") } ?? ResultShape()
        self.revealed = revealed
        self.now = now
        self.cursors = cursors
    }

    /// The places of texts that no rule covers; they are left out.
    var unruled: [String] { shape.unruled }

    /// Appends what is seen of a result, one JSON value; null when that is nothing.
    func write(_ result: Value, to writer: inout Writer) {
        if isSeen(result, shape, nil) { write(result, shape, nil, to: &writer) } else { writer.null() }
    }

    /// Whether anything of a value goes out, which was recorded at `recordedAt`, as far as that is told.
    private func isSeen(_ value: Value, _ shape: ResultShape, _ recordedAt: Instant?) -> Bool {
        switch value.kind {
        case .object: shape.isObject
        case .array: !shape.items.isEmpty
        case .string: seen(value, shape, recordedAt) != nil
        case .null: true
        case .number: shape.scalars.contains("integer") || shape.scalars.contains("number")
        default: shape.scalars.contains("boolean")
        }
    }

    private func write(_ value: Value, _ shape: ResultShape, _ recordedAt: Instant?, to writer: inout Writer) {
        switch value.kind {
        case .object:
            let recordedAt = value["recordedAt"]?.string.flatMap { Instant($0) }
            writer.object { object in
                for member in value.members {
                    guard let known = shape.members.first(where: { member.key.equalsText($0.name) }),
                        isSeen(member.value, known.shape, recordedAt)
                    else { continue }
                    object.key(name(of: known))
                    write(member.value, known.shape, recordedAt, to: &object)
                }
            }
        case .array:
            writer.array { array in
                guard let items = shape.items.first else { return }
                for element in value.elements where isSeen(element, items, nil) {
                    write(element, items, nil, to: &array)
                }
            }
        case .string:
            writer.string(seen(value, shape, recordedAt) ?? "")
        default:
            writer.value(value)
        }
    }

    /// The name under which a member is seen.
    func name(of member: ResultShape.Member) -> String {
        member.shape.rule == .birthDate && !revealed.contains(.birthDate) ? "ageBand" : member.name
    }

    /// What is seen of a text; nil for nothing.
    private func seen(_ value: Value, _ shape: ResultShape, _ recordedAt: Instant?) -> String? {
        guard let text = value.string else { return nil }
        if shape.values.contains(text) { return text }
        guard let rule = shape.rule else { return nil }
        if let opener = rule.opener, revealed.contains(opener) { return text }
        return switch rule {
        case .plain: text
        case .cpf: Self.maskedCPF(text)
        case .name: Self.initials(text)
        case .birthDate: Self.ageBand(text, on: CalendarDate.inSaoPaulo(now()))
        case .identifier: Self.isOwn(text, at: recordedAt ?? now()) ? text : nil
        case .cursor: cursors.name(of: text)
        case .contacts, .street, .text, .secret: nil
        }
    }
}

// The forms of masked texts.
extension ResultView {
    /// `***.982.247-**`; a CPF that the policy has masked stays so.
    static func maskedCPF(_ text: String) -> String? {
        if let cpf = CPF(text) {
            let digits = Array(cpf.text)
            return "***.\(String(digits[3..<6])).\(String(digits[6..<9]))-**"
        }
        let isMasked = text.contains("*") && text.allSatisfy { "0123456789*.-".contains($0) }
        return isMasked ? text : nil
    }

    /// `M. C.` of `Maria Clara`.
    static func initials(_ name: String) -> String {
        name.split(whereSeparator: \.isWhitespace).prefix(8)
            .map { word in (word.first { $0.isLetter }).map { "\($0)." } ?? "*." }.joined(separator: " ")
    }

    /// `60-69`; nil when a date of which the policy shows the year alone is in two bands.
    static func ageBand(_ birthDate: String, on today: CalendarDate) -> String? {
        if let date = CalendarDate(birthDate) { return band(date.years(until: today)) }
        guard birthDate.count == 10, let year = Int(birthDate.prefix(4)),
            let first = CalendarDate(year: year, month: 1, day: 1),
            let last = CalendarDate(year: year, month: 12, day: 31)
        else { return nil }
        let (oldest, youngest) = (band(first.years(until: today)), band(last.years(until: today)))
        return oldest == youngest ? oldest : nil
    }

    private static func band(_ age: Int) -> String {
        switch age {
        case ..<18: "under 18"
        case 18..<30: "18-29"
        case 80...: "80 or more"
        default: "\(age / 10 * 10)-\(age / 10 * 10 + 9)"
        }
    }

    /// Whether an identifier bears the marks of one that the daemon made when it recorded an event: the version and the
    /// time of its UUID. One in which a CPF stands is left out, whoever made it.
    static func isOwn(_ text: String, at recordedAt: Instant) -> Bool {
        guard let identifier = RecordID(text), text == identifier.text, !CPF.isHeld(in: text) else { return false }
        let made = Int64(identifier.high >> 16) * 1000
        return identifier.high >> 12 & 0xF == 7 && identifier.low >> 62 == 2
            && abs(made - recordedAt.microsecondsSinceEpoch) <= 60_000_000
    }
}
