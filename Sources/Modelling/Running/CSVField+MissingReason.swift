import Bureau
import Tables

extension CSVField {
    /// The kind of missing value that the field stands for: without a record where it is empty or says NA, N/A, NaN or
    /// null, and the kind that it names; nil for a value. What `run`, `validate` and `fit` read, they read by this.
    @inline(__always)
    var missingReason: MissingReason? {
        if isMissing { return .noRecord }
        // Each name has 9 or 14 letters.
        return bytes.count == 9 || bytes.count == 14 ? namedReason : nil
    }

    private var namedReason: MissingReason? {
        MissingReason.allCases.first { $0.rawValue.utf8.elementsEqual(bytes) }
    }
}

extension MissingReason {
    /// The place among all kinds.
    var index: Int {
        switch self {
        case .noRecord: 0
        case .notApplicable: 1
        case .truncated: 2
        case .notKnownThen: 3
        }
    }
}
