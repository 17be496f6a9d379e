package import GasModel

/// Lowest and highest value of each short stretch of a record, so that a picture of years shows
/// every peak. When there are too many stretches, each two become one.
///
/// **Memory:** 16 bytes a stretch.
package struct ValueEnvelope: Sendable {
    /// One stretch.
    package struct Bucket: Sendable {
        /// Its lowest value; above `high` where there is none.
        package var low = Float.infinity
        /// Its highest value.
        package var high = -Float.infinity
        /// Whether the record has a gap somewhere before its first value.
        package var isAfterGap = false

        var isEmpty: Bool { low > high }
    }

    /// The stretches, the first one from `start` on.
    package private(set) var buckets: [Bucket] = []
    /// When the first stretch begins.
    package private(set) var start = Timestamp.distantPast
    /// How long a stretch is. Nanoseconds.
    package private(set) var widthNanoseconds: Int64 = 1_000_000_000
    private let bucketsMax: Int
    private let gapNanoseconds: Int64
    private var last: Timestamp?

    init(bucketsMax: Int, gapSeconds: Double) {
        self.bucketsMax = bucketsMax
        gapNanoseconds = Int64(gapSeconds * 1e9)
    }

    mutating func take(_ value: Double, at time: Timestamp) {
        if last == nil { start = time }
        var index = Int((time.nanoseconds - start.nanoseconds) / widthNanoseconds)
        while index >= bucketsMax {
            halve()
            index /= 2
        }
        while buckets.count <= index { buckets.append(Bucket()) }
        let isGap = last.map { time.nanoseconds - $0.nanoseconds > gapNanoseconds } ?? true
        if isGap, buckets[index].isEmpty { buckets[index].isAfterGap = true }
        buckets[index].low = min(buckets[index].low, Float(value))
        buckets[index].high = max(buckets[index].high, Float(value))
        last = time
    }

    /// A reading that newer ones have overtaken stands where it was measured.
    mutating func takeLate(_ value: Double, at time: Timestamp) {
        let index = Int((time.nanoseconds - start.nanoseconds) / widthNanoseconds)
        guard time >= start, buckets.indices.contains(index) else { return }
        buckets[index].low = min(buckets[index].low, Float(value))
        buckets[index].high = max(buckets[index].high, Float(value))
    }

    private mutating func halve() {
        widthNanoseconds *= 2
        var half: [Bucket] = []
        half.reserveCapacity(bucketsMax)
        for index in stride(from: 0, to: buckets.count, by: 2) {
            var bucket = buckets[index]
            if index + 1 < buckets.count {
                let other = buckets[index + 1]
                bucket.isAfterGap = bucket.isEmpty ? other.isAfterGap : bucket.isAfterGap
                bucket.low = min(bucket.low, other.low)
                bucket.high = max(bucket.high, other.high)
            }
            half.append(bucket)
        }
        buckets = half
    }
}
