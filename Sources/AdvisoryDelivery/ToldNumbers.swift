/// Which lines of the journal an alert log tells of, by their numbers.
///
/// Lines are told in order, except in a flood, where some pass others that are held back: then all
/// up to the end of the newest group are told, and beyond it those that have a line of their own.
package struct ToldNumbers: Sendable, Equatable {
    /// All lines up to this one are told.
    package private(set) var through: UInt64
    /// Those beyond it that are told, too.
    package private(set) var beyond: Set<UInt64> = []

    /// All lines up to `through`.
    package init(through: UInt64) { self.through = through }

    /// What the lines of a log tell, oldest first; `nil` when they tell of no journal line at all.
    /// What lies before the first of them was told in lines that are rotated away.
    package init?(lines: some Sequence<Substring>) {
        var groups: UInt64 = 0
        var first: UInt64?
        for line in lines {
            guard let fields = AlertFields(line: line), let numbers = fields.numbers else {
                continue
            }
            first = min(first ?? numbers.lowerBound, numbers.lowerBound)
            if fields.isGroup {
                groups = max(groups, numbers.upperBound)
            } else {
                beyond.insert(numbers.lowerBound)
            }
        }
        guard let first else { return nil }
        through = max(groups, first - min(first, 1))
        while beyond.contains(through + 1) { through += 1 }
        beyond = beyond.filter { $0 > through }
    }

    /// Whether the line with that number is told.
    package func contains(_ number: UInt64) -> Bool {
        number <= through || beyond.contains(number)
    }
}
