import JSON

extension ContractSet {
    /// A digest of what the contracts accept and answer, by which a client knows the contracts that it was made from.
    ///
    /// FNV-1a of 64 bits, in 16 hexadecimal digits: it tells versions apart, and withstands nobody who forges one.
    public var digest: String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        func add(_ bytes: some Sequence<UInt8>) {
            for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        }
        for contract in contracts {
            add(contract.method.utf8)
            let root = contract.document.root
            for part in [root["params"], root["result"], root["errors"]] { add(part?.rawText ?? Self.nothing) }
        }
        for type in types {
            add(type.name.utf8)
            add(type.document.root.rawText)
        }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    private static var nothing: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: nil, count: 0) }
}
