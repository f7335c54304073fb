import Bureau

/// Why a ring is not the one under which a store's data keys are; whoever wrote with it would write what others cannot
/// open.
package enum RingFlaw: Hashable, Sendable, CustomStringConvertible {
    /// The ring lacks a wrapping key that the store has seen, and that was not retired.
    case lacks(number: UInt32)
    /// The ring has another wrapping key of this number.
    case differs(number: UInt32)

    package var description: String {
        switch self {
        case .lacks(let number):
            "key ring is an old copy: it lacks wrapping key \(number), which the store has seen"
        case .differs(let number):
            "key ring has another wrapping key \(number) than the store has seen: two copies were rotated apart"
        }
    }
}

extension BaseVault {
    /// The flaw of the ring beside what a store has seen; nil when there is none. The ring's file is looked at again
    /// before it is found wanting.
    package func flaw(beside seen: [WrappingKeyNote]) -> RingFlaw? {
        guard wrappingKeys().flaw(beside: seen) != nil else { return nil }
        return wrappingKeys(lookingAtOnce: true).flaw(beside: seen)
    }

    /// The wrapping keys that a store has not seen, and has to note: those above all that it has seen. A lower number
    /// belongs to a key that was retired before the store took notes.
    package func notes(besides seen: [WrappingKeyNote]) -> [WrappingKeyNote] {
        let newestSeen = seen.map(\.number).max()
        let keys = wrappingKeys()
        return keys.fingerprints.keys.sorted().compactMap { number in
            if let newestSeen, number <= newestSeen { return nil }
            return keys.fingerprints[number].map { WrappingKeyNote(number: number, fingerprint: $0) }
        }
    }
}

extension WrappingKeys {
    fileprivate func flaw(beside seen: [WrappingKeyNote]) -> RingFlaw? {
        for note in seen {
            if let known = fingerprints[note.number] {
                if known != note.fingerprint { return .differs(number: note.number) }
            } else if !note.isRetired {
                return .lacks(number: note.number)
            }
        }
        return nil
    }
}
