/// Which labels beyond ASCII a host name may have: IDNA 2008, RFC 5891 §5.4 and RFC 5892.
enum IDNA {
    /// Whether each scalar of a label is allowed where it stands, and the label is in NFC.
    static func allows(_ label: [Unicode.Scalar]) -> Bool {
        guard let first = label.first, !first.properties.generalCategory.isMark else { return false }
        return label.indices.allSatisfy { status(of: label[$0]).isAllowed(in: label, at: $0) } && isNormalized(label)
    }

    private static func isNormalized(_ label: [Unicode.Scalar]) -> Bool {
        var utf8 = String(String.UnicodeScalarView(label)).utf8Span
        return utf8.checkForNFC(quickCheck: false)
    }

    enum Status {
        case valid
        /// Allowed where its neighbours are as RFC 5892 Appendix A says.
        case contextual
        case disallowed

        func isAllowed(in label: [Unicode.Scalar], at index: Int) -> Bool {
            switch self {
            case .valid: true
            case .contextual: IDNA.contextAllows(label, at: index)
            case .disallowed: false
            }
        }
    }

    /// The derived property of RFC 5892 §3, by the standard library's properties of Unicode.
    private static func status(of scalar: Unicode.Scalar) -> Status {
        if let exception = exception(scalar) { return exception }
        if scalar.isASCII {
            return scalar == "-" || scalar.properties.isLowercase || ("0"..."9").contains(scalar) ? .valid : .disallowed
        }
        let properties = scalar.properties
        if properties.isJoinControl { return .contextual }
        // NFKC_Casefold also takes away what may be ignored, which is not allowed in any case (Unstable and
        // IgnorableProperties of RFC 5892 §2.2 and §2.3).
        if properties.changesWhenNFKCCaseFolded || properties.isWhitespace { return .disallowed }
        if disallowedRanges.contains(where: { $0.contains(scalar.value) }) { return .disallowed }
        switch properties.generalCategory {
        case .lowercaseLetter, .uppercaseLetter, .otherLetter, .modifierLetter, .decimalNumber, .nonspacingMark,
            .spacingMark:
            return .valid
        default:
            return .disallowed
        }
    }

    /// RFC 5892 §2.6.
    private static func exception(_ scalar: Unicode.Scalar) -> Status? {
        switch scalar.value {
        case 0xDF, 0x3C2, 0x6FD, 0x6FE, 0xF0B, 0x3007: .valid
        case 0xB7, 0x375, 0x5F3, 0x5F4, 0x30FB, 0x660...0x669, 0x6F0...0x6F9: .contextual
        case 0x640, 0x7FA, 0x302E, 0x302F, 0x3031...0x3035, 0x303B: .disallowed
        default: nil
        }
    }

    /// Marks for symbols and music (IgnorableBlocks, RFC 5892 §2.4), and old Hangul letters (OldHangulJamo, §2.9).
    private static let disallowedRanges: [ClosedRange<UInt32>] = [
        0x20D0...0x20FF, 0x1D100...0x1D1FF, 0x1D200...0x1D24F,
        0x1100...0x11FF, 0xA960...0xA97F, 0xD7B0...0xD7FF,
    ]
}

extension Unicode.GeneralCategory {
    fileprivate var isMark: Bool {
        self == .nonspacingMark || self == .spacingMark || self == .enclosingMark
    }
}
