import Bureau

/// Some persons of a segment of a walk.
public struct PersonPage: Hashable, Sendable {
    public var persons: [WalkedPerson]
    /// Nil after the last page. A page may be empty although further ones follow.
    public var next: WalkCursor?

    public init(persons: [WalkedPerson], next: WalkCursor?) {
        self.persons = persons
        self.next = next
    }
}

/// A person that a walk has met.
public struct WalkedPerson: Hashable, Sendable {
    public var record: PersonRecord
    /// The payments of all debts, in the order of the debts' identifiers; nil where they were not read along.
    public var payments: [PersonPayment]?
    /// The consents that stand, the newest first; nil where they were not read along.
    public var consents: [ConsentRecord]?

    public init(record: PersonRecord, payments: [PersonPayment]? = nil, consents: [ConsentRecord]? = nil) {
        self.record = record
        self.payments = payments
        self.consents = consents
    }
}

/// What a walk reads along with a page of persons: the most that the page may have of it, or 0 for nothing.
///
/// Where a page has more, the persons behind have none of it, and are asked about apart.
public struct WalkedParts: Hashable, Sendable {
    public var mostPayments: Int
    public var mostConsents: Int

    public init(mostPayments: Int = 0, mostConsents: Int = 0) {
        self.mostPayments = mostPayments
        self.mostConsents = mostConsents
    }
}

extension PersonRepository {
    /// Walks in the order of the tokens, of whose first four bytes each segment has a range. Nothing is read along.
    public func persons(
        _ segment: WalkSegment, after cursor: WalkCursor?, limit: Int, along: WalkedParts
    ) async throws(StoreError) -> PersonPage {
        let page = try await dataKeys(after: DataKeyCursor(cursor?.bytes ?? segment.firstBytes), limit: limit)
        let tokens = page.keys.map(\.token).filter { segment.holds($0) }
        let records = tokens.isEmpty ? [] : try await read(tokens, audit: [])
        let hasEnded = page.next == nil || tokens.count < page.keys.count
        return PersonPage(
            persons: records.compactMap { $0.map { WalkedPerson(record: $0) } },
            next: hasEnded ? nil : page.next.map { WalkCursor($0.bytes) })
    }
}

extension WalkSegment {
    private func boundary(_ number: Int) -> UInt64 { UInt64(number) * (1 << 32) / UInt64(count) }

    fileprivate var firstBytes: [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: boundary(number) >> (24 - 8 * $0)) }
    }

    fileprivate func holds(_ token: SubjectToken) -> Bool {
        let first = token.bytes.prefix(4).reduce(0) { $0 << 8 | UInt64($1) }
        return first < boundary(number + 1)
    }
}
