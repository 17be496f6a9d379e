package import GasModel

/// How many halts stand in each place, by its number in the site: kept as they come and go, since
/// to look at all that stands after each of a thousand halts would cost more than to judge them.
struct HaltCounts: Sendable {
    private(set) var places: [Int: Int] = [:]
    /// Rises whenever the first halt of a place begins to stand, or the last one stands no more.
    private(set) var version: UInt64 = 0

    mutating func add(_ change: Int, to place: Int) {
        let before = places[place] ?? 0
        let now = before + change
        places[place] = now == 0 ? nil : now
        if (before == 0) != (now == 0) { version &+= 1 }
    }

    mutating func clear() {
        places = [:]
        version &+= 1
    }
}

extension AdvisoryBook {
    /// The places in which a halt stands, active or waiting for its release, by code; not those
    /// that only its air goes to.
    package var haltedPlaces: Set<String> {
        let places = site.places
        return Set(haltCounts.places.keys.map { places[$0].id })
    }

    /// Takes note of a halt that stands from now on, or does no more.
    mutating func countHalt(_ announcement: Announcement, by change: Int) {
        guard let advisory = announcement.advisory else { return }
        let site = site
        switch reach(of: announcement, advisory, in: site) {
        case .mine: for place in site.places.indices { haltCounts.add(change, to: place) }
        case .places(let places, _, _):
            for place in places { haltCounts.add(change, to: place) }
        case .noPlace: break
        }
    }

    /// Counts anew: the site has other places.
    mutating func recountHalts() {
        haltCounts.clear()
        for announcement in standing.values where announcement.severity == .halt {
            countHalt(announcement, by: 1)
        }
    }
}

/// Tells in which places halts have begun to stand, or stand no more, since it last looked.
package struct HaltWatch: Sendable {
    /// `nil` before the first look, where it is not known what was told before.
    private var halted: Set<String>?
    private var version = UInt64.max

    /// A watch that begins with nothing halted; or, with `isAfterRestart`, one that first tells how
    /// every place of the site stands, since nobody knows what was told last.
    package init(isAfterRestart: Bool = false) { halted = isAfterRestart ? nil : [] }

    /// What has changed, by place in the order of the site. **Cost:** a comparison where nothing
    /// has happened to the book.
    package mutating func news(of book: AdvisoryBook) -> [HaltNews] {
        guard book.haltCounts.version != version || halted == nil else { return [] }
        version = book.haltCounts.version
        let now = book.haltedPlaces
        let before = halted
        halted = now
        if now == before { return [] }
        return book.site.places.map(\.id)
            .filter { before?.contains($0) != now.contains($0) }
            .map { HaltNews(place: $0, stands: now.contains($0)) }
    }
}
