/// The rule for host names with labels in right-to-left scripts (RFC 5893 §2).
enum Bidi {
    /// Whether all labels follow the rule, which applies only if one of them has a right-to-left scalar.
    static func allows(_ labels: [[Unicode.Scalar]]) -> Bool {
        let classes = labels.map { $0.map(direction) }
        let isRightToLeft = classes.joined().contains { $0 == .right || $0 == .arabicNumber }
        return !isRightToLeft || classes.allSatisfy(isAllowed)
    }

    /// The values of Bidi_Class that matter for labels: L; R and AL; EN; AN; NSM; ES, ON and BN.
    private enum Direction {
        case left, right, europeanNumber, arabicNumber, mark, neutral
    }

    private static func isAllowed(_ label: [Direction]) -> Bool {
        guard let first = label.first, let last = label.last(where: { $0 != .mark }) else { return false }
        switch first {
        case .left:
            return !label.contains { $0 == .right || $0 == .arabicNumber } && [.left, .europeanNumber].contains(last)
        case .right:
            return !label.contains(.left) && last != .neutral
                && !(label.contains(.europeanNumber) && label.contains(.arabicNumber))
        default:
            return false
        }
    }

    /// The class of a scalar that IDNA allows, from DerivedBidiClass.txt of Unicode 14.
    private static func direction(of scalar: Unicode.Scalar) -> Direction {
        switch scalar.value {
        case 0x30...0x39, 0x6F0...0x6F9: return .europeanNumber
        case 0x660...0x669, 0x10D30...0x10D39: return .arabicNumber
        case 0x0CBF, 0x0CC6, 0x11A07...0x11A08, 0x11C3F: return .left
        case _ where scalar.properties.generalCategory == .nonspacingMark: return .mark
        case 0x590...0x8FF, 0xFB1D...0xFDFF, 0xFE70...0xFEFF, 0x10800...0x10FFF, 0x1E800...0x1EFFF: return .right
        case 0x2D, 0xB7, 0x2B9...0x2BA, 0x2C6...0x2CF, 0x2EC, 0x375, 0x200C...0x200D, 0x2E2F, 0x30FB: return .neutral
        case 0xA67F, 0xA717...0xA71F, 0xA788: return .neutral
        default: return .left
        }
    }
}
