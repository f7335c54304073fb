/// A diagram of one x and one y axis as inline SVG. Colours come from the page's style by class.
struct Plot {
    struct Axis {
        let label: String
        let range: ClosedRange<Double>
        let ticks: [Double]
        /// The text at a tick.
        let text: (Double) -> String

        /// An axis from 0 to `end` in percentages.
        static func shares(_ label: String, upTo end: Double = 1) -> Axis {
            Axis(label: label, range: 0...end, ticks: niceTicks(0...end)) { tick in
                NumberText.percent(tick, digits: end < 0.05 ? 1 : 0)
            }
        }

        /// An axis over numbers, such as scores.
        static func numbers(_ label: String, _ range: ClosedRange<Double>) -> Axis {
            let range = range.lowerBound < range.upperBound ? range : range.lowerBound - 1...range.upperBound + 1
            return Axis(label: label, range: range, ticks: niceTicks(range)) { NumberText.plain($0) }
        }

        /// Multiples of 1, 2 or 5 times a power of ten within a range, four to eight of them.
        private static func niceTicks(_ range: ClosedRange<Double>) -> [Double] {
            let span = range.upperBound - range.lowerBound
            var unit = 1.0
            while unit * 10 <= span { unit *= 10 }
            while unit > span { unit /= 10 }
            let step = [0.1, 0.2, 0.5, 1, 2].map { $0 * unit }.first { span / $0 <= 6 } ?? unit
            let first = (range.lowerBound / step - 1e-9).rounded(.up)
            let last = (range.upperBound / step + 1e-9).rounded(.down)
            guard first <= last else { return [] }
            return stride(from: first, through: last, by: 1).map { $0 * step }
        }
    }

    private static let size = (width: 460.0, height: 310.0)
    private static let margin = (left: 54.0, right: 24.0, top: 12.0, bottom: 44.0)

    private let x: Axis
    private let y: Axis
    /// What the diagram shows, for those who do not see it.
    private let description: String
    private var body: Markup = ""

    init(_ description: String, x: Axis, y: Axis) {
        self.description = description
        self.x = x
        self.y = y
    }

    /// Draws a line through points. Of more than 400 those are left out that differ by less than a pixel.
    mutating func line(_ points: [(x: Double, y: Double)], _ style: String) {
        var path = ""
        var last: (x: Double, y: Double)?
        for (index, point) in points.enumerated() {
            let place = (x: horizontal(point.x), y: vertical(point.y))
            if points.count > 400, index > 0, index < points.count - 1, let last,
                abs(place.x - last.x) + abs(place.y - last.y) < 1
            {
                continue
            }
            path += (path.isEmpty ? "M" : "L") + Self.text(place.x) + " " + Self.text(place.y)
            last = place
        }
        body += "<path class=\"\(style)\" d=\"\(path)\"/>"
    }

    /// Draws a bar from the x axis up, between two places on it.
    mutating func bar(from start: Double, to end: Double, height: Double, _ style: String) {
        let (left, right) = (horizontal(start), horizontal(end))
        let (top, bottom) = (vertical(height), vertical(0))
        body += """
            <rect class="\(style)" x="\(Self.text(left))" y="\(Self.text(top))" \
            width="\(Self.text(max(0, right - left)))" height="\(Self.text(max(0, bottom - top)))"/>
            """
    }

    /// Draws a point, with a vertical line for its interval.
    mutating func dot(x: Double, y: Double, interval: ClosedRange<Double>? = nil, _ style: String) {
        if let interval { line([(x, interval.lowerBound), (x, interval.upperBound)], "\(style) thin") }
        body += """
            <circle class="\(style)" cx="\(Self.text(horizontal(x)))" cy="\(Self.text(vertical(y)))" r="4"/>
            """
    }

    /// Writes a short text beside a point: to its right, or to its left where it would leave the diagram.
    mutating func note(_ text: String, x: Double, y: Double) {
        let place = horizontal(x)
        let isRight = place < Self.size.width * 0.62
        body += """
            <text class="note" x="\(Self.text(place + (isRight ? 7 : -7)))" y="\(Self.text(vertical(y) + 4))" \
            text-anchor="\(isRight ? "start" : "end")">\(text)</text>
            """
    }

    /// The whole diagram.
    var svg: Markup {
        let (left, right) = (Self.margin.left, Self.size.width - Self.margin.right)
        let (top, bottom) = (Self.margin.top, Self.size.height - Self.margin.bottom)
        var frame: Markup = ""
        for tick in y.ticks {
            let place = Self.text(vertical(tick))
            frame += """
                <path class="grid" d="M\(Self.text(left)) \(place)H\(Self.text(right))"/>\
                <text x="\(Self.text(left - 7))" y="\(Self.text(vertical(tick) + 4))" text-anchor="end">\
                \(y.text(tick))</text>
                """
        }
        for tick in x.ticks {
            frame += """
                <text x="\(Self.text(horizontal(tick)))" y="\(Self.text(bottom + 16))" text-anchor="middle">\
                \(x.text(tick))</text>
                """
        }
        let middle = (x: (left + right) / 2, y: (top + bottom) / 2)
        return """
            <svg viewBox="0 0 \(Self.text(Self.size.width)) \(Self.text(Self.size.height))" role="img" \
            aria-label="\(description)">\(frame)\
            <path class="axis" d="M\(Self.text(left)) \(Self.text(bottom))H\(Self.text(right))"/>\(body)\
            <text class="name" x="\(Self.text(middle.x))" y="\(Self.text(Self.size.height - 8))" \
            text-anchor="middle">\(x.label)</text>\
            <text class="name" transform="translate(13 \(Self.text(middle.y))) rotate(-90)" \
            text-anchor="middle">\(y.label)</text></svg>
            """
    }

    private func horizontal(_ value: Double) -> Double {
        let span = Self.size.width - Self.margin.left - Self.margin.right
        return Self.margin.left + span * Self.share(value, of: x.range)
    }

    private func vertical(_ value: Double) -> Double {
        let span = Self.size.height - Self.margin.top - Self.margin.bottom
        return Self.size.height - Self.margin.bottom - span * Self.share(value, of: y.range)
    }

    private static func share(_ value: Double, of range: ClosedRange<Double>) -> Double {
        let share = (value - range.lowerBound) / (range.upperBound - range.lowerBound)
        return min(max(share, 0), 1)
    }

    /// A coordinate with one decimal at most.
    private static func text(_ coordinate: Double) -> String {
        let tenths = Int((coordinate * 10).rounded())
        return tenths % 10 == 0 ? String(tenths / 10) : "\(tenths / 10).\(abs(tenths % 10))"
    }
}
