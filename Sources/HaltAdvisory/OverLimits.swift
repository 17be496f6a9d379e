/// The halts over the cut limit that count, kept in such an order that a thousand more can be
/// raised at once with years of them remembered.
///
/// **Cost:** a look-up by identifier or time for each; removing one, which only a person's release
/// does, is a look at all.
struct OverLimits: Sendable {
    /// More than the cycle of any policy is not remembered, ...
    static let rememberedMax = 10_000
    /// ... and where there are more the oldest go, so many at once.
    static let forgottenAtOnce = 1000

    /// All of them, oldest first.
    private(set) var list: [OverLimit] = []
    /// Where each stands in `list`, by identifier.
    private var places: [String: Int] = [:]
    /// When each event began, by whichever of its halts still counts.
    private var begins: [String: Int64] = [:]
    /// All of `begins`, rising.
    private var onsets: [Int64] = []

    init(_ list: [OverLimit] = []) { replace(by: list) }

    /// The one with that identifier.
    subscript(_ id: String) -> OverLimit? { places[id].map { list[$0] } }

    /// Takes one more; nothing where it is there already.
    mutating func add(_ overLimit: OverLimit) {
        guard places[overLimit.id] == nil else { return }
        places[overLimit.id] = list.count
        list.append(overLimit)
        let begin = begins[overLimit.event]
        if overLimit.onset < begin ?? .max {
            if let begin { onsets.remove(at: count(through: begin) - 1) }
            begins[overLimit.event] = overLimit.onset
            onsets.insert(overLimit.onset, at: count(through: overLimit.onset))
        }
        if list.count > Self.rememberedMax { replace(by: list.dropFirst(Self.forgottenAtOnce)) }
    }

    mutating func remove(_ id: String) {
        if places[id] != nil { replace(by: list.filter { $0.id != id }) }
    }

    private mutating func replace(by list: some Sequence<OverLimit>) {
        self.list = Array(list)
        places = [:]
        begins = [:]
        for (place, overLimit) in self.list.enumerated() {
            places[overLimit.id] = place
            begins[overLimit.event] = min(begins[overLimit.event] ?? .max, overLimit.onset)
        }
        onsets = begins.values.sorted()
    }

    /// What the newest of `ids` belongs to; `nil` where none of them is known.
    func newestEvent(of ids: Set<String>) -> String? {
        ids.compactMap { places[$0] }.max().map { list[$0].event }
    }

    /// Which one of the last `cycle` nanoseconds it is, from 1, also where it is not there yet.
    func number(of overLimit: OverLimit, within cycle: Int64) -> Int {
        let known = begins[overLimit.event]
        let begin = min(known ?? .max, overLimit.onset)
        let isCounted = known == begin
        let number = count(through: begin) - count(through: begin - cycle) + (isCounted ? 0 : 1)
        return max(1, number)
    }

    /// How many onsets lie at `time` or before it.
    private func count(through time: Int64) -> Int {
        var (low, high) = (0, onsets.count)
        while low < high {
            let middle = (low + high) / 2
            if onsets[middle] <= time { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
