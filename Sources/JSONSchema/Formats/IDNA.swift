/// The rules for labels beyond ASCII in host names: IDNA 2008 (RFC 5891 §5.4, RFC 5892).
enum IDNA {
    /// Whether each scalar of a label is allowed at its position, and the label is in NFC.
    static func allows(_ label: [Unicode.Scalar]) -> Bool {
        let marks: [Unicode.GeneralCategory] = [.nonspacingMark, .spacingMark, .enclosingMark]
        guard let first = label.first, !marks.contains(first.properties.generalCategory) else { return false }
        let areAllowed = label.indices.allSatisfy { index in
            switch status(of: label[index]) {
            case .valid: true
            case .contextual: contextAllows(label, at: index)
            case .disallowed: false
            }
        }
        var utf8 = String(String.UnicodeScalarView(label)).utf8Span
        return areAllowed && utf8.checkForNFC(quickCheck: false)
    }

    private enum Status {
        case valid
        /// The scalar is allowed only between certain neighbours (RFC 5892 Appendix A).
        case contextual
        case disallowed
    }

    /// The derived property of RFC 5892 §3, from the Unicode properties in the standard library.
    private static func status(of scalar: Unicode.Scalar) -> Status {
        if let exception = exception(scalar) { return exception }
        if scalar.isASCII {
            return scalar == "-" || scalar.properties.isLowercase || ("0"..."9").contains(scalar) ? .valid : .disallowed
        }
        let properties = scalar.properties
        if properties.isJoinControl { return .contextual }
        // NFKC_Casefold also removes ignorable scalars, which are never allowed (Unstable and IgnorableProperties of
        // RFC 5892 §2.2 and §2.3).
        if properties.changesWhenNFKCCaseFolded || properties.isWhitespace { return .disallowed }
        if isIn(scalar, disallowedRanges) { return .disallowed }
        switch properties.generalCategory {
        case .lowercaseLetter, .uppercaseLetter, .otherLetter, .modifierLetter, .decimalNumber, .nonspacingMark,
            .spacingMark:
            return .valid
        default:
            return .disallowed
        }
    }

    /// The exceptions of RFC 5892 §2.6.
    private static func exception(_ scalar: Unicode.Scalar) -> Status? {
        switch scalar.value {
        case 0xDF, 0x3C2, 0x6FD, 0x6FE, 0xF0B, 0x3007: .valid
        case 0xB7, 0x375, 0x5F3, 0x5F4, 0x30FB, 0x660...0x669, 0x6F0...0x6F9: .contextual
        case 0x640, 0x7FA, 0x302E, 0x302F, 0x3031...0x3035, 0x303B: .disallowed
        default: nil
        }
    }

    /// IgnorableBlocks (RFC 5892 §2.4), and OldHangulJamo (§2.9).
    private static let disallowedRanges: [ClosedRange<UInt32>] = [
        0x20D0...0x20FF, 0x1D100...0x1D1FF, 0x1D200...0x1D24F,
        0x1100...0x11FF, 0xA960...0xA97F, 0xD7B0...0xD7FF,
    ]
}

// Scalars that depend on their neighbours.
extension IDNA {
    /// Whether a scalar is allowed between its neighbours (RFC 5892 Appendix A).
    private static func contextAllows(_ label: [Unicode.Scalar], at index: Int) -> Bool {
        let before = index > 0 ? label[index - 1] : nil
        let isAfterVirama = before?.properties.canonicalCombiningClass == .virama
        let after = index + 1 < label.count ? label[index + 1] : nil
        switch label[index].value {
        case 0x200C: return isAfterVirama || isBetweenJoining(label, index)
        case 0x200D: return isAfterVirama
        case 0xB7: return before == "l" && after == "l"
        case 0x375: return after.map { isIn($0, greek) } == true
        case 0x5F3, 0x5F4: return before.map { isIn($0, hebrew) } == true
        case 0x30FB: return label.contains { isIn($0, japanese) }
        case 0x660...0x669: return !label.contains { isIn($0, [0x6F0...0x6F9]) }
        case 0x6F0...0x6F9: return !label.contains { isIn($0, [0x660...0x669]) }
        default: return false
        }
    }

    private static func isIn(_ scalar: Unicode.Scalar, _ ranges: [ClosedRange<UInt32>]) -> Bool {
        ranges.contains { $0.contains(scalar.value) }
    }

    private static func isBetweenJoining(_ label: [Unicode.Scalar], _ index: Int) -> Bool {
        // Letters on both sides of a nonspacing mark join.
        func isLetter(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.generalCategory != .nonspacingMark }
        let (before, after) = (label[..<index].last(where: isLetter), label[(index + 1)...].first(where: isLetter))
        return before.map { isIn($0, joiningNext) } == true && after.map { isIn($0, joiningPrevious) } == true
    }

    // Scripts are approximated by blocks of Unicode 17 (Blocks.txt). All other scalars in these are disallowed.

    private static let greek: [ClosedRange<UInt32>] = [0x370...0x3E1, 0x3F0...0x3FF, 0x1F00...0x1FFF]
    private static let hebrew: [ClosedRange<UInt32>] = [0x591...0x5FF, 0xFB1D...0xFB4F]
    /// Hiragana, Katakana and Han.
    private static let japanese: [ClosedRange<UInt32>] = [
        0x3041...0x3096, 0x309D...0x309F, 0x30A1...0x30FA, 0x30FD...0x30FF, 0x31F0...0x31FF, 0x1AFF0...0x1B16F,
        0x3005...0x3007, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x3FFFF,
    ]

    /// The letters that join the next letter, dual-joining or left-joining, from DerivedJoiningType.txt of Unicode 14.
    private static let joiningNext: [ClosedRange<UInt32>] = [
        0x0620...0x0620, 0x0626...0x0626, 0x0628...0x0628, 0x062A...0x062E, 0x0633...0x063F, 0x0641...0x0647,
        0x0649...0x064A, 0x066E...0x066F, 0x0679...0x0687, 0x069A...0x06BF, 0x06C1...0x06C2, 0x06CC...0x06CC,
        0x06CE...0x06CE, 0x06D0...0x06D1, 0x06FA...0x06FC, 0x06FF...0x06FF, 0x0712...0x0714, 0x071A...0x071D,
        0x071F...0x0727, 0x0729...0x0729, 0x072B...0x072B, 0x072D...0x072E, 0x074E...0x0758, 0x075C...0x076A,
        0x076D...0x0770, 0x0772...0x0772, 0x0775...0x0777, 0x077A...0x077F, 0x07CA...0x07EA, 0x0841...0x0845,
        0x0848...0x0848, 0x084A...0x0853, 0x0855...0x0855, 0x0860...0x0860, 0x0862...0x0865, 0x0868...0x0868,
        0x0886...0x0886, 0x0889...0x088D, 0x08A0...0x08A9, 0x08AF...0x08B0, 0x08B3...0x08B8, 0x08BA...0x08C8,
        0x1820...0x1878, 0x1887...0x18A8, 0x18AA...0x18AA, 0xA840...0xA872, 0x10AC0...0x10AC4, 0x10ACD...0x10ACD,
        0x10AD3...0x10ADC, 0x10ADE...0x10AE0, 0x10B80...0x10B80, 0x10B82...0x10B82, 0x10B86...0x10B88,
        0x10B8A...0x10B8B, 0x10B8D...0x10B8D, 0x10B90...0x10B90, 0x10D00...0x10D21, 0x10D23...0x10D23,
        0x10F30...0x10F32, 0x10F34...0x10F44, 0x10F70...0x10F73, 0x10F76...0x10F81, 0x10FB0...0x10FB0,
        0x10FB2...0x10FB3, 0x10FB8...0x10FB8, 0x10FBB...0x10FBC, 0x10FBE...0x10FBF, 0x10FC1...0x10FC1,
        0x10FC4...0x10FC4, 0x1E922...0x1E943,
    ]

    /// The letters that join the previous letter: dual-joining or right-joining.
    private static let joiningPrevious: [ClosedRange<UInt32>] = [
        0x0620...0x0620, 0x0622...0x063F, 0x0641...0x064A, 0x066E...0x066F, 0x0671...0x0673, 0x0679...0x06D3,
        0x06D5...0x06D5, 0x06EE...0x06EF, 0x06FA...0x06FC, 0x06FF...0x06FF, 0x0710...0x0710, 0x0712...0x072F,
        0x074D...0x077F, 0x07CA...0x07EA, 0x0840...0x0858, 0x0860...0x0860, 0x0862...0x0865, 0x0867...0x086A,
        0x0870...0x0882, 0x0886...0x0886, 0x0889...0x088E, 0x08A0...0x08AC, 0x08AE...0x08C8, 0x1820...0x1878,
        0x1887...0x18A8, 0x18AA...0x18AA, 0xA840...0xA871, 0x10AC0...0x10AC5, 0x10AC7...0x10AC7, 0x10AC9...0x10ACA,
        0x10ACE...0x10AD6, 0x10AD8...0x10AE1, 0x10AE4...0x10AE4, 0x10B80...0x10B91, 0x10D01...0x10D23,
        0x10F30...0x10F44, 0x10F70...0x10F81, 0x10FB0...0x10FB0, 0x10FB2...0x10FB6, 0x10FB8...0x10FBF,
        0x10FC1...0x10FC4, 0x1E922...0x1E943,
    ]
}
