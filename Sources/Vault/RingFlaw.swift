import Bureau

/// Why a ring is not the one under which a store's data keys are; whoever wrote with it would write what others cannot
/// open.
public enum RingFlaw: Hashable, Sendable, CustomStringConvertible {
    /// The ring lacks a wrapping key that the store has seen, and that was not retired.
    case lacks(number: UInt32)
    /// The ring has another wrapping key of this number.
    case differs(number: UInt32)
    /// The ring lacks a token key that the store has seen: whoever is kept under its tokens would not be found.
    case lacksTokenKey(number: UInt8)
    /// The ring has another token key of this number.
    case differsInTokenKey(number: UInt8)

    public var description: String {
        switch self {
        case .lacks(let number):
            "key ring is an old copy: it lacks wrapping key \(number), which the store has seen"
        case .differs(let number):
            "key ring has another wrapping key \(number) than the store has seen: two copies were rotated apart"
        case .lacksTokenKey(let number):
            "key ring is an old copy: it lacks token key \(number), which the store has seen"
        case .differsInTokenKey(let number):
            "key ring has another token key \(number) than the store has seen: two copies were rotated apart"
        }
    }
}

extension BaseVault {
    /// The flaw of the ring beside what a store has seen; nil when there is none. The ring's file is looked at again
    /// before it is found wanting.
    public func flaw(beside seen: [WrappingKeyNote]) -> RingFlaw? {
        note(isBehind: ringKeys().tokens.isComplete(beyond: seen))
        guard ringKeys().flaw(beside: seen) != nil else { return nil }
        let flaw = ringKeys(lookingAtOnce: true).flaw(beside: seen)
        if flaw != nil { tellFlaw() }
        return flaw
    }

    /// The keys that a store has not seen, and has to note: wrapping keys above all that it has seen, and token keys. A
    /// lower number belongs to a wrapping key that was retired before the store took notes.
    public func notes(besides seen: [WrappingKeyNote]) -> [WrappingKeyNote] {
        let newestSeen = seen.filter { $0.tokenKeyNumber == nil }.map(\.number).max()
        let keys = ringKeys()
        let wrapping = keys.wrapping.fingerprints.keys.sorted().compactMap { number -> WrappingKeyNote? in
            if let newestSeen, number <= newestSeen { return nil }
            return keys.wrapping.fingerprints[number].map { WrappingKeyNote(number: number, fingerprint: $0) }
        }
        // A complete key that is not there tells that the store was put back: `keys tokens move` notes it in the end.
        let tokens = keys.tokens.notes(of: { !$0.isComplete })
        return wrapping + tokens.filter { note in !seen.contains { $0.number == note.number } }
    }

    /// All token keys beside the first one, as a store notes them whose subjects have been moved, or that has none.
    public var tokenKeyNotes: [WrappingKeyNote] { ringKeys().tokens.notes(of: { _ in true }) }
}

extension RingKeys {
    fileprivate func flaw(beside seen: [WrappingKeyNote]) -> RingFlaw? {
        let tokenKeys = seen.filter { $0.tokenKeyNumber != nil }
        return tokens.flaw(beside: tokenKeys) ?? wrapping.flaw(beside: seen.filter { $0.tokenKeyNumber == nil })
    }
}

extension TokenKeys {
    fileprivate func notes(of isWanted: (Key) -> Bool) -> [WrappingKeyNote] {
        keys.filter { isWanted($0.value) }.sorted { $0.key < $1.key }
            .map { WrappingKeyNote(tokenKey: $0.key, fingerprint: $0.value.fingerprint) }
    }

    /// Whether a complete key is not among those that a store has seen.
    fileprivate func isComplete(beyond seen: [WrappingKeyNote]) -> Bool {
        notes(of: \.isComplete).contains { note in !seen.contains { $0.number == note.number } }
    }

    fileprivate func flaw(beside seen: [WrappingKeyNote]) -> RingFlaw? {
        for note in seen {
            guard let number = note.tokenKeyNumber else { continue }
            guard let known = keys[number] else { return .lacksTokenKey(number: number) }
            if known.fingerprint != note.fingerprint { return .differsInTokenKey(number: number) }
        }
        return nil
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
