import Bureau
import Repositories
import Vault

/// What a client sends to make a write repeatable: a name for it, and what it asks for.
public struct Repetition: Sendable {
    /// The idempotency key.
    let key: [UInt8]
    /// The method and the params in a form that is equal for equal requests.
    let content: [UInt8]

    public init(key: [UInt8], content: [UInt8]) {
        self.key = key
        self.content = content
    }
}

/// A request to write that its client may send again.
public protocol RepeatableWrite: AccessRequest {
    /// The subject that is written about.
    var cpf: CPF { get }
    /// Nil when the client gave no idempotency key.
    var repetition: Repetition? { get }
    /// Set by the service that writes: what the store keeps when the write takes effect.
    var mark: RepeatMark? { get set }
}

/// A repeatable write as a store knows it: keyed hashes of what the client sent.
///
/// Bases A and B keep the day of a write alone, and behind the body the time itself, hidden: times join bases.
public struct RepeatMark: Hashable, Sendable {
    private static let timeBytes = 8

    let key: RepeatKey
    let digest: RecordID
    /// What hides the time; nil in base C, whose events have theirs.
    let timePad: UInt64?

    /// What a store keeps when the write takes effect.
    func receipt(at: Instant, body: [UInt8] = []) -> NewReceipt {
        var receipt = Receipt(digest: digest, at: at, body: body)
        if let timePad {
            receipt.at = at.startOfDay
            receipt.body += RowTimes.hidden(at, by: timePad).microsecondsSinceEpoch.octets
        }
        return NewReceipt(key: key, receipt: receipt)
    }

    /// The receipt with its time; one of an earlier version has it already.
    fileprivate func opened(_ receipt: Receipt) -> Receipt {
        guard let timePad, receipt.at == receipt.at.startOfDay, receipt.body.count >= Self.timeBytes else {
            return receipt
        }
        var opened = receipt
        let hidden = opened.body.suffix(Self.timeBytes).reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
        guard let time = Instant(microsecondsSinceEpoch: Int64(bitPattern: hidden)) else { return receipt }
        opened.at = RowTimes.shown(time, by: timePad)
        opened.body.removeLast(Self.timeBytes)
        return opened
    }
}

extension BaseVault {
    /// Serves writes, each of which takes effect once however often its client sends it with one idempotency key.
    ///
    /// `write` gets the writes that have not taken effect yet, marked; its store keeps a receipt with each effect. A
    /// write that fails, or that finds nothing to change, may have been overtaken by its own repeat in another daemon,
    /// so its receipt is looked for once more. `answer` reads the first answer from a receipt; nil when it is damaged.
    func once<Write: RepeatableWrite, Answer: Sendable>(
        _ writes: [Write], lookUp: ([RepeatKey]) async throws(StoreError) -> [Receipt?],
        answer: (Receipt) -> Answer?, changesNothing: (Answer) -> Bool = { _ in false },
        write: ([Write]) async -> [Result<Answer, ServiceError>]
    ) async -> [Result<Answer, ServiceError>] {
        await once(
            writes, lookUp: lookUp, answer: { receipt, _ in answer(receipt) }, changesNothing: changesNothing,
            write: write)
    }

    /// The same, where the answer needs the subject's token to be read.
    func once<Write: RepeatableWrite, Answer: Sendable>(
        _ writes: [Write], lookUp: ([RepeatKey]) async throws(StoreError) -> [Receipt?],
        answer: (Receipt, SubjectToken) -> Answer?, changesNothing: (Answer) -> Bool = { _ in false },
        write: ([Write]) async -> [Result<Answer, ServiceError>]
    ) async -> [Result<Answer, ServiceError>] {
        guard writes.contains(where: { $0.repetition != nil }) else { return await write(writes) }
        let writes = marked(writes)
        let marks = writes.map(\.mark)
        var results = [Result<Answer, ServiceError>?](repeating: nil, count: writes.count)
        do throws(ServiceError) {
            try await recall(marks, lookUp, answer, into: &results) { _ in true }
        } catch {
            // Without its receipts nothing is known of a repeatable write; the others go on.
            for (index, mark) in marks.enumerated() where mark != nil { results[index] = .failure(error) }
        }
        let left = writes.indices.filter { results[$0] == nil }
        let outcomes = left.isEmpty ? [] : await write(left.map { writes[$0] })
        for (index, outcome) in zip(left, outcomes) { results[index] = outcome }
        do throws(ServiceError) {
            try await recall(marks, lookUp, answer, into: &results) { result in
                switch result {
                case .failure: true
                case .success(let answer): changesNothing(answer)
                case nil: false
                }
            }
        } catch {
            // Whatever failed keeps its failure.
            for (index, mark) in marks.enumerated() where mark != nil {
                if case .success(let answer) = results[index], changesNothing(answer) {
                    results[index] = .failure(error)
                }
            }
        }
        return results.map { $0 ?? .failure(.contended) }
    }

    /// Replaces the results of repeatable writes that have a receipt, where `isOpen` holds for the result so far.
    private func recall<Answer>(
        _ marks: [RepeatMark?], _ lookUp: ([RepeatKey]) async throws(StoreError) -> [Receipt?],
        _ answer: (Receipt, SubjectToken) -> Answer?, into results: inout [Result<Answer, ServiceError>?],
        where isOpen: (Result<Answer, ServiceError>?) -> Bool
    ) async throws(ServiceError) {
        let open = marks.indices.filter { marks[$0] != nil && isOpen(results[$0]) }
        let keys = open.compactMap { marks[$0]?.key }
        for (index, receipt) in zip(open, try await receipts(keys, lookUp)) {
            switch receipt {
            case .success(nil): continue
            case .success(let receipt?):
                guard let mark = marks[index], receipt.digest == mark.digest else {
                    results[index] = .failure(.idempotencyConflict)
                    continue
                }
                let first = answer(mark.opened(receipt), mark.key.token)
                results[index] = first.map { .success($0) } ?? .failure(.unreadable(base))
            case .failure(let error): results[index] = .failure(error)
            }
        }
    }

    /// Looks receipts up, while subjects are being moved also those that are left under former tokens: base C does not
    /// find them with the subject.
    private func receipts(
        _ keys: [RepeatKey], _ lookUp: ([RepeatKey]) async throws(StoreError) -> [Receipt?]
    ) async throws(ServiceError) -> [Result<Receipt?, ServiceError>] {
        var found = try await ask(lookUp, keys)
        guard tokenRotation() == .moving else { return found }
        let missing = found.indices.filter { if case .success(nil) = found[$0] { true } else { false } }
        let former = withSession { session in
            missing.compactMap { index in
                session.former(keys[index].token).first.map { (index, RepeatKey(token: $0, key: keys[index].key)) }
            }
        }
        for ((index, _), receipt) in zip(former, try await ask(lookUp, former.map(\.1))) { found[index] = receipt }
        return found
    }

    private func marked<Write: RepeatableWrite>(_ writes: [Write]) -> [Write] {
        withSession { session in
            writes.map { write in
                guard let repetition = write.repetition else { return write }
                var write = write
                let key = session.identifier(of: repetition.key, for: .repeatKey)
                let token = session.token(of: write.cpf)
                write.mark = RepeatMark(
                    key: RepeatKey(token: token, key: key),
                    digest: session.identifier(of: repetition.content, for: .repeatContent),
                    timePad: base == .c ? nil : session.timePad(of: .receipt(key: key, of: token)))
                return write
            }
        }
    }
}

extension Written {
    /// Reads the answer to a write from its receipt: the body holds the debts' identifiers.
    init?(_ receipt: Receipt) {
        guard receipt.body.count % 16 == 0 else { return nil }
        let words = receipt.body.withUnsafeBytes { bytes in
            stride(from: 0, to: bytes.count, by: 8).map { offset in
                UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            }
        }
        let debtIDs = stride(from: 0, to: words.count, by: 2).map { RecordID(high: words[$0], low: words[$0 + 1]) }
        self.init(version: receipt.version, at: receipt.at, debtIDs: debtIDs)
    }

    /// The identifiers as the body of a receipt.
    static func receiptBody(_ debtIDs: [RecordID]) -> [UInt8] {
        debtIDs.flatMap { id in withUnsafeBytes(of: (id.high.bigEndian, id.low.bigEndian)) { Array($0) } }
    }
}
