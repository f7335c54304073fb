import ArgumentParser
import Bureau
import FoundationEssentials
import Platform
import Repositories
import Services
import Vault

extension KeysCommand {
    /// `creditd keys list`
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "List the wrapping keys of the rings, what each has wrapped, and how far data keys are replaced.")

        @OptionGroup var target: Target

        func run() async throws {
            try await target.recorded("keys.list", .tells) { _ in
                let rings = try target.rings()
                for base in target.bases where base == .c {
                    let numbers = try rings.load(base).wrappingKeyNumbers
                    for number in numbers { try line(base, number, "wraps nothing: base C seals no value") }
                }
                var used: [Base: [UInt32: Int64]] = [:]
                try await target.forEachStore(of: target.bases.filter { $0 != .c }) { base, _, store in
                    for note in try await store.wrappingKeys() {
                        used[base, default: [:]][note.number] = note.encryptions
                    }
                }
                try await target.forEachWalk { base, vault, walk in
                    let tally = try await walk.count { try base.tell($0) }
                    let numbers = Set(vault.wrappingKeyNumbers).union(tally.byNumber.keys).sorted()
                    for number in numbers {
                        let count =
                            "\(tally.byNumber[number, default: 0]) data keys"
                            + (used[base]?[number].map { ", at most \($0) encryptions" } ?? "")
                        let isThere = vault.wrappingKeyNumbers.contains(number)
                        let role =
                            number == vault.wrappingKeyNumbers.last
                            ? ", wraps new ones" : isThere ? "" : ", not in the ring"
                        try line(base, number, count + role)
                    }
                    if !tally.byGeneration.isEmpty {
                        let counts = tally.byGeneration.sorted { $0.key < $1.key }
                            .map { "\($0.value) of generation \($0.key)" }
                        try FileDescriptor(1).put(
                            "\(base.rawValue)  data keys: \(counts.joined(separator: ", "))\n")
                        if let most = try await walk.highestEncryptionCount() {
                            try FileDescriptor(1).put(
                                "\(base.rawValue)  at most \(most) encryptions by one data key\n")
                        }
                    }
                    let mark = try await walk.resealingMark()
                    if let instant = mark.begunAt {
                        try FileDescriptor(1).put(
                            "\(base.rawValue)  reseal to generation \(mark.generation): begun \(instant.text), "
                                + "has not ended or has left subjects\n")
                    }
                }
            }
        }

        private func line(_ base: Base, _ number: UInt32, _ text: String) throws {
            try FileDescriptor(1).put("\(base.rawValue)  \(number)  \(text)\n")
        }
    }

    /// `creditd keys rotate`
    struct Rotate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add a new wrapping key to the rings, which wraps data keys from then on.",
            discussion: """
                The file of a ring is replaced as a whole; comments in it go. The stores remember the new key: from \
                then on an old copy of the ring is refused, here and by daemons at their start, and a running one \
                whose ring is an old copy refuses new subjects and profiles. Keep a copy where no store is kept.
                """)

        @OptionGroup var target: Target

        func run() async throws {
            try await target.recorded("keys.rotate", .changes) { _ in
                let rings = try target.rings()
                // An old copy is refused here, before it would get a key of a number that is taken.
                try await target.forEachStore { _, _, _ in }
                for base in target.bases {
                    let newest = try rings.rotate(base).wrappingKeyNumbers.last ?? 0
                    try FileDescriptor(1).put(
                        "\(base.rawValue)  \(rings.path(of: base))  wraps with key \(newest) from now on\n")
                }
                // Each store notes the new key as it is opened.
                try await target.forEachStore { _, _, _ in }
            }
        }
    }

    /// `creditd keys rewrap`
    struct Rewrap: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Wrap all data keys of bases A and B with the newest wrapping key.",
            discussion: """
                Daemons may serve meanwhile. It can be killed and run again at any time: what was done stays, and the \
                rest is found. Progress is told on stderr. On DynamoDB it needs the right to `Scan`.
                """)

        @OptionGroup var target: Target

        func run() async throws {
            try await target.recorded("keys.rewrap", .changes) { _ in
                try await target.forEachWalk { base, vault, walk in
                    let start = ContinuousClock.now
                    let tally = try await walk.rewrap { try base.tell($0) }
                    let seconds = Double(Int((ContinuousClock.now - start) / .milliseconds(100))) / 10
                    try FileDescriptor(1).put(
                        "\(base.rawValue)  \(tally.rewrapped) data keys wrapped anew in \(seconds) s, "
                            + "\(tally.byNumber[vault.wrappingKeyNumbers.last ?? 0, default: 0]) of \(tally.total) are under "
                            + "key \(vault.wrappingKeyNumbers.last ?? 0)\n")
                    if tally.unreadable > 0 { throw base.unreadable(tally) }
                }
            }
        }
    }

    /// `creditd keys retire NUMBER`
    struct Retire: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take a wrapping key out of the rings, when it has wrapped no data key any more.",
            discussion: """
                Refused while any data key is under it, and for the newest key; all bases are looked at before any \
                ring is changed. Rings that have it no more are passed over, so that the command can be run again. \
                Delete old copies afterwards: a thief of one and of an old backup could open the backup.
                """)

        @Argument(help: "The number of the wrapping key, as `keys list` tells it.")
        var number: UInt32

        @OptionGroup var target: Target

        func run() async throws {
            try await target.recorded("keys.retire", .changes) { _ in
                let rings = try target.rings()
                let former = try rings.retirable(number, of: target.bases)
                // Every process has asked its store meanwhile whether its ring still holds; what it has wrapped before
                // is then in its store.
                try await Task.sleep(for: WrappingBudget.validity + .seconds(1))
                var walks: [Base: DataKeyWalk] = [:]
                try await target.forEachWalk { base, _, walk in
                    try await refuse(base, isInRing: former[base] != nil, while: walk)
                    walks[base] = walk
                }
                for base in target.bases {
                    if former[base] != nil {
                        // Before the ring, because a ring that lacks a key which is in use is refused.
                        try await target.forEachStore(of: [base]) { _, _, store in
                            try await store.setRetired(true, number)
                        }
                        _ = try rings.retire(number, of: base)
                    }
                    if let ring = former[base], let walk = walks[base] {
                        do {
                            try await refuse(base, isInRing: true, while: walk)
                        } catch {
                            // A request that was slower than all this: its key must not be lost.
                            try rings.restore(ring)
                            try await target.forEachStore(of: [base]) { _, _, store in
                                try await store.setRetired(false, number)
                            }
                            throw error
                        }
                    }
                    let verb = former[base] == nil ? "had no key \(number)" : "has no key \(number) any more"
                    try FileDescriptor(1).put("\(base.rawValue)  \(rings.path(of: base))  \(verb)\n")
                }
            }
        }

        private func refuse(_ base: Base, isInRing: Bool, while walk: DataKeyWalk) async throws {
            let count = try await walk.count { try base.tell($0) }.byNumber[number, default: 0]
            if count == 0 { return }
            throw StartFailure(
                status: ExitStatus.unavailable,
                message: "base \(base.rawValue) has \(count) data keys under key \(number)"
                    + (isInRing
                        ? "; run `creditd keys rewrap` first"
                        : ", which its ring has no more; put a copy of the ring back that has it"))
        }
    }

    /// `creditd keys verify`
    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Open every data key of bases A and B with the rings; exit code 69 when one does not open.")

        @OptionGroup var target: Target

        func run() async throws {
            try await target.recorded("keys.verify", .tells) { _ in
                var failures: [StartFailure] = []
                for base in target.bases {
                    do {
                        try await target.forEachWalk(of: [base], evenOldCopies: true) { base, _, walk in
                            let tally = try await walk.count(opening: true) { try base.tell($0) }
                            try FileDescriptor(1).put(
                                "\(base.rawValue)  \(tally.total - tally.unreadable) of \(tally.total) "
                                    + "data keys open\n")
                            if tally.unreadable > 0 { throw base.unreadable(tally) }
                        }
                    } catch {
                        // The other base is told of all the same.
                        guard let failure = StartFailure(error) else { throw error }
                        failures.append(failure)
                    }
                }
                guard let last = failures.popLast() else { return }
                for failure in failures { FileDescriptor(2).offer("creditd: \(failure.message)\n") }
                throw last
            }
        }
    }
}

extension Base {
    /// Tells on stderr how far a walk has come, where somebody may be watching.
    fileprivate func tell(_ tally: DataKeyWalk.Tally) throws {
        guard tally.total % 10_000 == 0, tally.total > 0 else { return }
        FileDescriptor(2).offer("base \(rawValue): \(tally.total) data keys, \(tally.rewrapped) wrapped anew\n")
    }

    fileprivate func unreadable(_ tally: DataKeyWalk.Tally) -> StartFailure {
        StartFailure(
            status: ExitStatus.unavailable,
            message: "base \(rawValue): \(tally.unreadable) of \(tally.total) data keys do not open with this ring")
    }
}
