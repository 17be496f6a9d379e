package import GasModel

/// Tells in which places halts have begun to stand, or stand no more, since it last looked.
package struct HaltWatch: Sendable {
    /// `nil` before the first look, where it is not known what was told before.
    private var halted: Set<String>?
    private var count = UInt64.max

    /// A watch that begins with nothing halted; or, with `isAfterRestart`, one that first tells how
    /// every place of the site stands, since nobody knows what was told last.
    package init(isAfterRestart: Bool = false) { halted = isAfterRestart ? nil : [] }

    /// What has changed, by place in the order of the site. **Cost:** a comparison where nothing
    /// has happened to the book.
    package mutating func news(of book: AdvisoryBook) -> [HaltNews] {
        guard book.assessmentCount != count else { return [] }
        count = book.assessmentCount
        let now = book.haltedPlaces
        let before = halted
        halted = now
        if now == before { return [] }
        return book.site.places.map(\.id)
            .filter { before?.contains($0) != now.contains($0) }
            .map { HaltNews(place: $0, stands: now.contains($0)) }
    }
}
