/// Follows the air from place to place, in search of circles. Without recursion: the file decides
/// how deep it goes.
struct AirWalk {
    typealias Way = (from: String, to: Found<String>)

    /// A circle: its places, and the reference that closes it.
    struct Circle {
        let places: [String]
        let closedBy: Position

        /// `A -> B -> A`, and not more of it than fits a line.
        var text: String {
            let shown = places.count <= 8 ? places : places.prefix(7) + ["..."]
            return (shown + [places[0]]).joined(separator: " -> ")
        }
    }

    private let next: [String: [Way]]
    private var starts: ArraySlice<String>
    private var done: Set<String> = []
    /// The places from the start to where the walk stands, each with the ways that are left.
    private var path: [(place: String, left: ArraySlice<Way>)] = []
    private var depths: [String: Int] = [:]

    init(_ ways: [Way]) {
        next = Dictionary(grouping: ways, by: \.from)
        starts = ways.map(\.from)[...]
    }

    /// The next circle, in the order of the file; each reference closes one circle at most.
    mutating func nextCircle() -> Circle? {
        while true {
            guard let last = path.last else {
                guard let start = starts.popFirst() else { return nil }
                enter(start)
                continue
            }
            guard let way = path[path.count - 1].left.popFirst() else {
                path.removeLast()
                depths[last.place] = nil
                done.insert(last.place)
                continue
            }
            if let depth = depths[way.to.value] {
                return Circle(places: path[depth...].map(\.place), closedBy: way.to.position)
            }
            enter(way.to.value)
        }
    }

    private mutating func enter(_ place: String) {
        guard !done.contains(place) else { return }
        depths[place] = path.count
        path.append((place, next[place, default: []][...]))
    }
}
