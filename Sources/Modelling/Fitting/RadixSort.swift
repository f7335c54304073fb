/// Sorts numbers by their digits, in time linear in their count.
enum RadixSort {
    private static let digitBits = 11
    private static let digits = 1 << digitBits

    /// Sorts finite numbers in ascending order.
    static func sort(_ numbers: inout [Double]) {
        var keys = numbers.map { number in
            // Zero has two signs. Negative numbers ascend as their bits descend.
            let bits = (number + 0).bitPattern
            return bits >> 63 == 0 ? bits | 1 << 63 : ~bits
        }
        sort(&keys)
        for (index, key) in keys.enumerated() {
            numbers[index] = Double(bitPattern: key >> 63 == 1 ? key & ~(1 << 63) : ~key)
        }
    }

    private static func sort(_ keys: inout [UInt64]) {
        var other = [UInt64](repeating: 0, count: keys.count)
        for shift in stride(from: 0, to: UInt64.bitWidth, by: digitBits) {
            var starts = [Int](repeating: 0, count: digits)
            for key in keys { starts[Int(truncatingIfNeeded: key >> shift) & (digits - 1)] += 1 }
            // A digit that all keys share changes no order.
            if starts.contains(keys.count) { continue }
            var sum = 0
            for digit in 0..<digits { (starts[digit], sum) = (sum, sum + starts[digit]) }
            for key in keys {
                let digit = Int(truncatingIfNeeded: key >> shift) & (digits - 1)
                other[starts[digit]] = key
                starts[digit] += 1
            }
            swap(&keys, &other)
        }
    }
}
