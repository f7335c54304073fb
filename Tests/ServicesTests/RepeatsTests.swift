import Bureau
import MemoryStores
import Repositories
import Synchronization
import Testing
import Vault

@testable import Services

@Suite("Repeated writes")
struct RepeatsTests {
    /// A store of receipts that counts what took effect.
    private final class Ledger: Sendable {
        private struct State {
            var receipts: [RepeatKey: Receipt] = [:]
            var effects = 0
        }

        private let state = Mutex(State())

        var effects: Int { state.withLock(\.effects) }

        func lookUp(_ keys: [RepeatKey]) async throws(StoreError) -> [Receipt?] {
            state.withLock { state in keys.map { state.receipts[$0] } }
        }

        /// Writes, and answers with the number of effects so far as the version.
        func write(_ write: SubjectWrite<Void>) -> Result<Written, ServiceError> {
            state.withLock { state in
                if let key = write.mark?.key, state.receipts[key] != nil { return .failure(.contended) }
                state.effects += 1
                let debtID = RecordID(high: 3, low: UInt64(state.effects))
                let written = Written(
                    version: Int64(state.effects), at: Sample.parse("2026-06-01T00:00:00Z"), debtIDs: [debtID])
                if let mark = write.mark {
                    var new = mark.receipt(at: written.at, body: Written.receiptBody(written.debtIDs))
                    new.receipt.version = written.version
                    state.receipts[new.key] = new.receipt
                }
                return .success(written)
            }
        }
    }

    private let vault: BaseVault
    private let ledger = Ledger()

    init() throws {
        vault = try BaseVault.fixed(.a, byte: 0x11)
    }

    private func write(_ key: String?, _ content: String = "[]", of subject: Int = 0) -> SubjectWrite<Void> {
        var write = SubjectWrite((), of: subject)
        write.repetition = key.map { Repetition(key: Array($0.utf8), content: Array(content.utf8)) }
        return write
    }

    private func serve(_ writes: SubjectWrite<Void>...) async -> [Result<Written, ServiceError>] {
        await vault.once(writes, lookUp: ledger.lookUp, answer: { Written($0) }) { writes in
            writes.map { ledger.write($0) }
        }
    }

    @Test("the same key and content is answered as the first time, and writes nothing")
    func repeats() async throws {
        let first = try await serve(write("k"))[0].get()
        #expect(try await serve(write("k"))[0].get() == first)
        #expect(first.debtIDs == [RecordID(high: 3, low: 1)] && ledger.effects == 1)
    }

    @Test("the same key with another content is a conflict, and writes nothing")
    func conflict() async {
        _ = await serve(write("k"))
        #expect(await serve(write("k", "[1]")).map(\.failure) == [.idempotencyConflict])
        #expect(ledger.effects == 1)
    }

    @Test("another key, another subject and a write without a key are writes of their own")
    func others() async {
        let results = await serve(write("k"), write("l"), write("k", of: 1), write(nil), write(nil))
        #expect(results.map(\.failure) == [nil, nil, nil, nil, nil])
        #expect(ledger.effects == 5)
    }

    @Test("a write that its own repeat overtakes is answered as that one")
    func overtaken() async throws {
        let first = try await serve(write("k"))[0].get()
        let looks = Mutex(0)
        let second = await vault.once(
            [write("k")],
            lookUp: { (keys) async throws(StoreError) in
                // The other daemon writes between the first look and this one's write.
                let isFirst = looks.withLock { looks in
                    looks += 1
                    return looks == 1
                }
                return isFirst ? keys.map { _ in nil } : try await ledger.lookUp(keys)
            },
            answer: { Written($0) }
        ) { writes in writes.map { ledger.write($0) } }
        #expect(try second[0].get() == first)
        #expect(ledger.effects == 1 && looks.withLock(\.self) == 2)
    }

    @Test("a write that finds nothing to change, because its own repeat was faster, is answered as that one")
    func nothingLeft() async throws {
        let first = try await serve(write("k"))[0].get()
        let looks = Mutex(0)
        let second = await vault.once(
            [write("k"), write("l")],
            lookUp: { (keys) async throws(StoreError) in
                let isFirst = looks.withLock { looks in
                    looks += 1
                    return looks == 1
                }
                return isFirst ? keys.map { _ in nil } : try await ledger.lookUp(keys)
            },
            answer: { Written($0) }, changesNothing: { $0.version == 0 }
        ) { writes in writes.map { _ in .success(Written(version: 0, at: first.at)) } }
        #expect(try second[0].get() == first)
        #expect(try second[1].get().version == 0, "another write has found nothing to change")
    }

    @Test("when receipts cannot be read, a write with a key fails and others are served")
    func unreadable() async {
        let error = StoreError.corrupt(.a)
        let results = await vault.once(
            [write("k"), write(nil)], lookUp: { (_) async throws(StoreError) in throw error },
            answer: { Written($0) }
        ) { writes in writes.map { ledger.write($0) } }
        #expect(results.map(\.failure) == [.store(error), nil])
        #expect(ledger.effects == 1)
    }
}
