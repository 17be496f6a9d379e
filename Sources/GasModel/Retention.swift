/// How long records are kept, in days; what is older is deleted.
package struct Retention: Sendable, Equatable {
    /// A segment of the journal is up to a month, and a century is for ever.
    package static let journalDaysAllowed = 31...36_525
    /// The evidence of a halt is raw readings: a week is the least in which somebody looks at it.
    package static let rawDaysAllowed = 7...36_525

    /// The journal. Two years: what the mines' rules ask for statistics.
    package var journalDays = 731
    /// Raw readings. Three months: what they ask for those.
    package var rawDays = 92

    /// The times that hold where the site says nothing.
    package init() {}
}
