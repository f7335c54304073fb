/// What tells whether two debts are of one contract: the creditor and the creditor's number of the contract.
///
/// A creditor is known by the CNPJ where both debts have one, and otherwise by the name. Names and numbers are compared
/// without regard to case, to white space around them and to how much of it is between words; and they are equal in NFC
/// and NFD (Unicode canonical equivalence), because they look the same. What is kept and given out is as it was given.
struct DebtContract: Sendable {
    private let number: String
    private let creditor: String
    private let creditorCNPJ: CNPJ?

    /// Nil when the debt does not tell its contract.
    init?(of debt: Debt) {
        guard let contractID = debt.contractID else { return nil }
        number = contractID.foldedForComparing
        creditor = debt.creditor.foldedForComparing
        creditorCNPJ = debt.creditorCNPJ
    }

    func isSame(as other: DebtContract) -> Bool {
        guard number == other.number else { return false }
        if let creditorCNPJ, let otherCNPJ = other.creditorCNPJ { return creditorCNPJ == otherCNPJ }
        return creditor == other.creditor
    }

}

extension String {
    /// A name or number as it is compared, without regard to case and white space. Capitals come first, because more
    /// letters are one there: ß is SS.
    public var foldedForComparing: String {
        foldedASCII ?? split(whereSeparator: \.isWhitespace).joined(separator: " ").uppercased().lowercased()
    }

    /// The same of a text in ASCII, which most names are and which takes no tables of Unicode; nil of any other.
    private var foldedASCII: String? {
        var text = self
        return text.withUTF8 { bytes in
            guard bytes.allSatisfy({ $0 < 0x80 }) else { return nil }
            return String(unsafeUninitializedCapacity: bytes.count) { Self.fold(bytes, into: $0) }
        }
    }

    /// Writes a text in ASCII as it is compared, and returns its length.
    private static func fold(_ bytes: UnsafeBufferPointer<UInt8>, into folded: UnsafeMutableBufferPointer<UInt8>) -> Int
    {
        var count = 0
        var isAfterSpace = false
        for byte in bytes {
            if byte == 0x20 || 0x09...0x0D ~= byte {
                isAfterSpace = true
                continue
            }
            if isAfterSpace, count > 0 {
                folded[count] = 0x20
                count += 1
            }
            isAfterSpace = false
            folded[count] = UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte ? byte | 0x20 : byte
            count += 1
        }
        return count
    }
}

extension Debt {
    /// The contract for comparing; nil when the debt does not tell it.
    var contract: DebtContract? { DebtContract(of: self) }
    /// What tells the creditor from others: the CNPJ, or the name where there is none.
    public var creditorKey: String { creditorCNPJ?.text ?? creditor.foldedForComparing }
}
