package import GasModel

/// One line of the gap ledger: something that was not seen, or was seen in disorder.
package struct GapEntry: Codable, Sendable, Equatable {
    /// What it is about.
    package enum Kind: String, Codable, Sendable, CaseIterable {
        /// The numbers of a sensor, or of several of one place.
        case numbers
        /// No tick for longer than there should be: nobody looked.
        case stall
        /// The civil clock was set, by `seconds`.
        case clockStep = "clock-step"
        /// The machine itself began anew.
        case machineReboot = "machine-reboot"
        /// The broker is out of reach.
        case linkDown = "link-down"
        /// The subscription at the broker stands.
        case linkUp = "link-up"
        /// A gateway is gone.
        case gatewayDown = "gateway-down"
        /// A gateway has come.
        case gatewayUp = "gateway-up"
        /// The daemon began; `from` is when anybody looked last, `to` the start.
        case start
        /// The daemon ended in good order.
        case stop
        /// The broker lost our session: what was sent in that time may be missing.
        case loss
        /// The ring was full: nothing was read from the socket for `seconds` of that time.
        case overload
        /// Payloads were refused, see `reasons`.
        case refused
        /// Readings were judged and not recorded: the raw record has a hole.
        case unrecorded
        /// Raw readings up to `to` were given up for room before their time.
        case dropped
        /// The ring was not in the state directory but in memory, in some of that time at least:
        /// what this ledger did not take meanwhile was never on a disk. `why` says where and why.
        case ringElsewhere = "ring-elsewhere"
    }

    /// What the numbers told; see `NumberTally`.
    package struct Counts: Codable, Sendable, Equatable {
        /// Readings that never came.
        package var missing: UInt64 = 0
        /// The lowest of their numbers; absent when none is missing, or of several sensors.
        package var firstMissing: UInt64?
        /// The highest.
        package var lastMissing: UInt64?
        /// Readings that came after they had been counted as missing.
        package var filled: UInt64 = 0
        /// Readings that came a second time.
        package var duplicates: UInt64 = 0
        /// Readings that were overtaken.
        package var reordered: UInt64 = 0
        /// How often the gateway began to count anew.
        package var reboots: UInt64 = 0
        /// How often its counter ran over.
        package var wraps: UInt64 = 0
        /// Numbers left out by a gateway whose numbers are not believed.
        package var skipped: UInt64 = 0

        /// Nothing.
        package init() {}
    }

    /// What it is about.
    package var kind: Kind
    /// Since when, RFC 3339 in UTC.
    package var from: String
    /// Until when.
    package var to: String
    /// The same in nanoseconds since 1970.
    package var fromNanoseconds: Int64
    /// The same in nanoseconds since 1970.
    package var toNanoseconds: Int64
    /// The ring whose record showed it; absent for what only the daemon knows.
    package var ring: UInt64?
    /// The position of that record.
    package var position: UInt64?
    /// The sensor's code; with several sensors the one that misses most.
    package var sensor: String?
    /// How many sensors it is about, where it is more than one.
    package var sensors: Int?
    /// The place's code.
    package var place: String?
    /// The gateway's code.
    package var gateway: String?
    /// The places whose sensors the gateway sends; for `start` all that the site has.
    package var places: [String]?
    /// What the numbers told.
    package var counts: Counts?
    /// Seconds: what a clock was set by, or for how long nothing was read.
    package var seconds: Double?
    /// How often.
    package var count: UInt64?
    /// How often for which reason.
    package var reasons: [String: UInt64]?
    /// In words.
    package var why: String?

    /// An entry about a stretch of time.
    package init(_ kind: Kind, from: Timestamp, to: Timestamp) {
        self.kind = kind
        self.from = from.rfc3339()
        self.to = to.rfc3339()
        fromNanoseconds = from.nanoseconds
        toNanoseconds = to.nanoseconds
    }

    /// Since when.
    package var start: Timestamp { Timestamp(nanoseconds: fromNanoseconds) }
    /// Until when.
    package var end: Timestamp { Timestamp(nanoseconds: toNanoseconds) }
}

extension GapEntry.Counts {
    init(_ tally: NumberTally) {
        missing = tally.missing
        firstMissing = tally.missing > 0 ? tally.firstMissing : nil
        lastMissing = tally.missing > 0 ? tally.lastMissing : nil
        (filled, duplicates, reordered) = (tally.filled, tally.duplicates, tally.reordered)
        (reboots, wraps, skipped) = (tally.reboots, tally.wraps, tally.skipped)
    }

    mutating func add(_ other: GapEntry.Counts) {
        missing &+= other.missing
        (firstMissing, lastMissing) = (nil, nil)
        filled &+= other.filled
        duplicates &+= other.duplicates
        reordered &+= other.reordered
        reboots &+= other.reboots
        wraps &+= other.wraps
        skipped &+= other.skipped
    }
}

/// The codes behind the indexes and hashes of records.
package struct RecordNames: Sendable {
    /// The site with its sensors by index.
    package let roster: SensorRoster
    /// The code of each index.
    package let codes: [String]
    private let gateways: [UInt64: String]

    /// The most sensors of one minute that have entries of their own; the others are counted
    /// together, place by place.
    static let singleEntriesMax = 256

    /// The codes of `roster`; `names`: the registry's.
    package init(_ roster: SensorRoster, names: [String]) {
        self.roster = roster
        codes = names
        gateways = Dictionary(
            roster.site.sensors.compactMap(\.gateway).map { (UInt64(nameHash: $0), $0) },
            uniquingKeysWith: { first, _ in first })
    }

    private func sensor(_ index: UInt32) -> Sensor? {
        Int(index) < roster.sensors.count ? roster.sensors[Int(index)] : nil
    }

    /// The code of a sensor, also of one that has left the site.
    func code(_ index: UInt32) -> String {
        Int(index) < codes.count ? codes[Int(index)] : sensor(index)?.id ?? "#\(index)"
    }

    /// The lines for what the ledger found, in its order; of the numbers of too many sensors at
    /// once the gravest by themselves and the rest by place.
    func entries(for events: [GapEvent], ring: UInt64) -> [GapEntry] {
        var entries: [GapEntry] = []
        var tallies: [(tally: NumberTally, position: UInt64)] = []
        for event in events {
            if case .numbers(let tally) = event.kind {
                tallies.append((tally, event.position))
            } else {
                entries.append(entry(event, ring))
            }
        }
        tallies.sort {
            ($0.position, $1.tally.missing, $0.tally.sensor)
                < ($1.position, $0.tally.missing, $1.tally.sensor)
        }
        let singles = tallies.prefix(Self.singleEntriesMax).map { entry($0, ring) }
        let rest = tallies.dropFirst(Self.singleEntriesMax).map { entry($0, ring) }
        let groups = Dictionary(grouping: rest) { $0.place ?? "" }.sorted { $0.key < $1.key }
        return entries + singles + groups.map { Self.together($0.value) }
    }

    private func entry(_ tally: (tally: NumberTally, position: UInt64), _ ring: UInt64) -> GapEntry
    {
        var entry = GapEntry(.numbers, from: tally.tally.from, to: tally.tally.to)
        (entry.ring, entry.position) = (ring, tally.position)
        entry.sensor = code(tally.tally.sensor)
        entry.place = sensor(tally.tally.sensor)?.place
        entry.gateway = sensor(tally.tally.sensor)?.gateway
        entry.counts = GapEntry.Counts(tally.tally)
        return entry
    }

    private static func together(_ entries: [GapEntry]) -> GapEntry {
        var sum = entries[0]
        for entry in entries.dropFirst() {
            if let counts = entry.counts { sum.counts?.add(counts) }
            if entry.start < sum.start { (sum.from, sum.fromNanoseconds) = entry.since }
            if entry.end > sum.end { (sum.to, sum.toNanoseconds) = entry.until }
        }
        sum.sensors = entries.count
        return sum
    }

    private func entry(_ event: GapEvent, _ ring: UInt64) -> GapEntry {
        let kind: GapEntry.Kind
        var gateway: String?
        var seconds: Double?
        switch event.kind {
        case .numbers: kind = .numbers
        case .stall:
            kind = .stall
            seconds = event.to.seconds(since: event.from)
        case .clockStep(let step):
            kind = .clockStep
            seconds = Double(step) / 1e9
        case .machineReboot: kind = .machineReboot
        case .link(let isUp): kind = isUp ? .linkUp : .linkDown
        case .gateway(let hash, let isUp):
            kind = isUp ? .gatewayUp : .gatewayDown
            gateway = gateways[hash]
        }
        var entry = GapEntry(kind, from: event.from, to: event.to)
        (entry.ring, entry.position) = (ring, event.position)
        entry.seconds = seconds
        entry.gateway = gateway
        if let gateway { entry.places = places(of: gateway) }
        return entry
    }

    private func places(of gateway: String) -> [String] {
        Set(roster.site.sensors.filter { $0.gateway == gateway }.map(\.place)).sorted()
    }
}

extension GapEntry {
    fileprivate var since: (String, Int64) { (from, fromNanoseconds) }
    fileprivate var until: (String, Int64) { (to, toNanoseconds) }
}
