internal import GasModel

/// The last quarter of an hour of one sensor in means of a minute, and the minute under way.
///
/// What is measured every second and what is measured twice a minute look alike here, and the work
/// of a check is done once a minute.
struct Minutes: Sendable {
    /// How many closed minutes a window has.
    static let window = 15
    /// A hole longer than this, in minutes, begins the window anew.
    static let holeMax: Int64 = 2

    /// The closed minutes, the newest in the last place that was written.
    private(set) var means = InlineArray<15, Float>(repeating: 0)
    private var next = 0
    private(set) var filled = 0
    /// The minute under way, counted from 1970; `.min` before the first reading.
    private(set) var minute = Int64.min
    private var sum: Float = 0
    private(set) var count: Int32 = 0
    private(set) var lowest: Float = 0
    private(set) var highest: Float = 0
    private(set) var last: Float = 0

    /// Whether the window is full.
    var isFull: Bool { filled == Self.window }
    /// The mean of the minute under way, or of what there is of it.
    var mean: Float { count > 0 ? sum / Float(count) : 0 }

    /// The mean `back` closed minutes ago; 0 is the newest. Needs `back < filled`.
    func mean(back: Int) -> Float {
        let place = next - 1 - back
        return means[place < 0 ? place + Self.window : place]
    }

    /// The mean of the newest `number` closed minutes, or of as many as there are.
    func mean(of number: Int) -> Float {
        let number = min(number, filled)
        guard number > 0 else { return mean }
        var sum: Float = 0
        for back in 0..<number { sum += mean(back: back) }
        return sum / Float(number)
    }

    /// Ends the minute under way, before the first reading of `minute` is taken.
    mutating func close(for minute: Int64) {
        if count > 0 {
            means[next] = mean
            next = next + 1 == Self.window ? 0 : next + 1
            filled = min(filled + 1, Self.window)
        }
        if minute &- self.minute > Self.holeMax { filled = 0 }
        begin(minute)
    }

    /// Forgets the window, and begins `minute`.
    mutating func restart(at minute: Int64) {
        filled = 0
        begin(minute)
    }

    private mutating func begin(_ minute: Int64) {
        self.minute = minute
        sum = 0
        count = 0
    }

    /// Takes a value of the minute under way.
    mutating func add(_ value: Float) {
        lowest = count == 0 ? value : min(lowest, value)
        highest = count == 0 ? value : max(highest, value)
        sum += value
        count += 1
        last = value
    }

    /// Highest less lowest mean of the window.
    var swing: Float {
        var (low, high) = (mean(back: 0), mean(back: 0))
        for back in 1..<max(filled, 1) {
            low = min(low, mean(back: back))
            high = max(high, mean(back: back))
        }
        return high - low
    }

    /// How restless the means are about their own course: the root of the mean square of the
    /// second differences, scaled so that white noise of SD s gives s. A straight or slowly bent
    /// course, as of a head behind a bag, gives next to nothing.
    var unrest: Float {
        guard filled > 2 else { return 0 }
        var squares: Float = 0
        var (newer, middle) = (mean(back: 0), mean(back: 1))
        for back in 2..<filled {
            let older = mean(back: back)
            let bend = newer - 2 * middle + older
            squares += bend * bend
            (newer, middle) = (middle, older)
        }
        return (squares / Float(filled - 2) / 6).squareRoot()
    }

    /// Between which bounds the means lie about their straight line (least squares), highest less
    /// lowest: what a head does that nothing but its own lag moves.
    var bend: Float {
        guard isFull else { return 0 }
        var (sum, slope): (Float, Float) = (0, 0)
        for back in 0..<Self.window {
            sum += mean(back: back)
            slope += Float(7 - back) * mean(back: back)
        }
        // The squares of -7...7 add up to 280.
        let (middle, rise) = (sum / Float(Self.window), slope / 280)
        var (low, high) = (Float.infinity, -Float.infinity)
        for back in 0..<Self.window {
            let off = mean(back: back) - middle - rise * Float(7 - back)
            low = min(low, off)
            high = max(high, off)
        }
        return high - low
    }

    mutating func exchange(_ state: inout StateExchange) throws(StateError) {
        for place in means.indices { try state.word(&means[place]) }
        try state.word(&next)
        try state.word(&filled)
        guard (0..<Self.window).contains(next), (0...Self.window).contains(filled) else {
            throw state.damage
        }
        try state.word(&minute)
        try state.word(&sum)
        try state.word(&count)
        try state.word(&lowest)
        try state.word(&highest)
        try state.word(&last)
    }
}
