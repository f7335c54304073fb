extension IDNA {
    /// Whether a scalar is allowed between its neighbours: RFC 5892 Appendix A.
    static func contextAllows(_ label: [Unicode.Scalar], at index: Int) -> Bool {
        let before = index > 0 ? label[index - 1] : nil
        let after = index + 1 < label.count ? label[index + 1] : nil
        switch label[index].value {
        case 0x200C:
            return isVirama(before) || isBetweenJoining(label, index)
        case 0x200D:
            return isVirama(before)
        case 0xB7:
            return before == "l" && after == "l"
        case 0x375:
            return after.map(isGreek) == true
        case 0x5F3, 0x5F4:
            return before.map(isHebrew) == true
        case 0x30FB:
            return label.contains(where: isJapanese)
        case 0x660...0x669:
            return !label.contains { (0x6F0...0x6F9).contains($0.value) }
        case 0x6F0...0x6F9:
            return !label.contains { (0x660...0x669).contains($0.value) }
        default:
            return false
        }
    }

    private static func isVirama(_ scalar: Unicode.Scalar?) -> Bool {
        scalar?.properties.canonicalCombiningClass == .virama
    }

    private static func isBetweenJoining(_ label: [Unicode.Scalar], _ index: Int) -> Bool {
        guard let before = label[..<index].last(where: { !JoiningType.isTransparent($0) }),
            let after = label[(index + 1)...].first(where: { !JoiningType.isTransparent($0) })
        else { return false }
        return JoiningType.joinsNext(before) && JoiningType.joinsPrevious(after)
    }

    // Blocks of Unicode 17 (Blocks.txt) for scripts: what else lies in them is not allowed in a label.

    private static func isGreek(_ scalar: Unicode.Scalar) -> Bool {
        [0x370...0x3E1, 0x3F0...0x3FF, 0x1F00...0x1FFF].contains { $0.contains(scalar.value) }
    }

    private static func isHebrew(_ scalar: Unicode.Scalar) -> Bool {
        [0x591...0x5FF, 0xFB1D...0xFB4F].contains { $0.contains(scalar.value) }
    }

    /// Hiragana, Katakana or Han.
    private static func isJapanese(_ scalar: Unicode.Scalar) -> Bool {
        let isKana = [0x3041...0x3096, 0x309D...0x309F, 0x30A1...0x30FA, 0x30FD...0x30FF, 0x31F0...0x31FF]
            .contains { $0.contains(scalar.value) }
        return isKana || (0x1AFF0...0x1B16F).contains(scalar.value)
            || [0x3005...0x3007, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x3FFFF]
                .contains { $0.contains(scalar.value) }
    }
}
