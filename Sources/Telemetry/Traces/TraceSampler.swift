import JSONRPC

/// Which calls are traced: the samplers of OpenTelemetry's SDK specification, "Built-in samplers".
public enum TraceSampler: Hashable, Sendable {
    case always
    case never
    /// Traces whose identifiers are below a bound: the lowest 63 bits of a trace's identifier are compared.
    case belowBound(UInt64)
    /// As the caller decided; calls without a trace by another sampler.
    indirect case parentBased(root: TraceSampler)

    /// Reads `OTEL_TRACES_SAMPLER` and its argument; nil for a name that is not known.
    public init?(name: String, argument: String?) {
        switch name {
        case "always_on": self = .always
        case "always_off": self = .never
        case "traceidratio": self = .ratio(argument)
        case "parentbased_always_on": self = .parentBased(root: .always)
        case "parentbased_always_off": self = .parentBased(root: .never)
        case "parentbased_traceidratio": self = .parentBased(root: .ratio(argument))
        default: return nil
        }
    }

    /// All traces without a valid ratio, as the specification says.
    private static func ratio(_ argument: String?) -> TraceSampler {
        guard let ratio = argument.flatMap(Double.init), (0..<1).contains(ratio) else { return .always }
        return .belowBound(UInt64(ratio * 0x1p63))
    }

    /// Whether calls that have no trace may be traced.
    var samplesRoots: Bool {
        switch self {
        case .always: true
        case .never: false
        case .belowBound(let bound): bound > 0
        case .parentBased(let root): root.samplesRoots
        }
    }

    /// Whether a call is traced whose caller has said `trace`; without one, `traceLow` belongs to its new trace.
    func samples(_ trace: TraceParent?, traceLow: UInt64) -> Bool {
        switch self {
        case .always: true
        case .never: false
        case .belowBound(let bound): traceLow & (1 << 63 - 1) < bound
        case .parentBased(let root): trace?.isSampled ?? root.samples(nil, traceLow: traceLow)
        }
    }
}
