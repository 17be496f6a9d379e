package import GasModel

/// Holds every reading against its sensor's limits, and every sensor against the clock.
///
/// Pure: the same records in the same order give the same findings, whenever and wherever they run.
/// Time comes in as records. What it judges by:
/// - Alarm and cut at `>=` (`>` where the law says so), at once: one reading is enough.
/// - Re-power strictly `<`, and only by a fresh reading in order: a fault, silence, a duplicate or
///   a late reading never ends anything.
/// - A late reading over the cut limit still begins a cut, with its own time as onset: evidence
///   that came late is evidence.
///
/// **Cost:** one array element per reading; nothing is allocated unless there is a finding.
/// **Thread:** a value; whoever owns it calls it.
package struct ThresholdDetector: RecordDetector {
    /// A faulty sensor must send good values for this long before the fault is over. Seconds.
    package static let faultQuietSeconds = 10.0
    /// A sensor is silent after so many of its intervals without a message, ...
    package static let silentIntervals = 3.0
    /// ... but not before this many seconds.
    package static let silentSecondsMin = 5.0

    var states: [SensorState]
    private var isLinked = false
    private var linkIsFaulty = false
    private var linkUptime: Int64 = 0

    /// A detector for the sensors of a site, each at its index in the registry; `nil` at an index
    /// whose sensor is no longer in the site: its records are passed over.
    package init(_ roster: SensorRoster) {
        states = roster.sensors.map { SensorState($0) }
        watchedCount = states.count { $0.isWatched }
    }

    /// The newest value of each sensor in order, or `nil` before its first: what a status shows.
    package func latest(of sensor: UInt32) -> (value: Double, eventTime: Timestamp)? {
        states[safe: sensor]?.current
    }

    /// How many sensors of the site have sent anything within their silence bound.
    package var heardCount: Int { states.count { $0.isWatched && $0.wasHeard && !$0.isSilent } }

    /// How many sensors the site has.
    package private(set) var watchedCount: Int

    package mutating func observe(_ reading: Reading, into findings: inout [Finding]) {
        if reading.kind == .measurement, Int(reading.sensor) < states.count {
            if states[Int(reading.sensor)].passes(reading) { return }
        }
        observeSlowly(reading, into: &findings)
    }

    mutating func observeSlowly(_ reading: Reading, into findings: inout [Finding]) {
        switch reading.kind {
        case .measurement, .fault:
            guard Int(reading.sensor) < states.count, states[Int(reading.sensor)].isWatched else {
                return
            }
            states[Int(reading.sensor)].judge(reading, into: &findings)
        case .tick: tick(reading, into: &findings)
        case .linkUp: link(isUp: true, reading, into: &findings)
        case .linkDown: link(isUp: false, reading, into: &findings)
        default: break
        }
    }

    /// Goes over to another site at `record`: changed limits are held against the last good value
    /// at once, see `SensorState.reconsider`. The short form of all rules: what is not named is not
    /// touched, and nothing that stands is ended but by a good, fresh value.
    package mutating func adopt(
        _ change: SiteChange, at record: Reading, into findings: inout [Finding]
    ) {
        for change in change.sensors {
            let index = Int(change.index)
            while states.count <= index { states.append(SensorState(nil)) }
            states[index].adopt(change, at: record)
            guard change.kind == .limits else { continue }
            states[index].reconsider(change.index, at: record, into: &findings)
        }
        watchedCount = states.count { $0.isWatched }
    }

    /// A daemon that was killed between a change of the site and its findings finds them after the
    /// start: the last good value of every sensor is held against the limits that hold now. Where
    /// they are those that it was held against before, that finds nothing.
    package mutating func reconsider(at record: Reading, into findings: inout [Finding]) {
        for index in states.indices {
            states[index].reconsider(UInt32(index), at: record, into: &findings)
        }
    }

    package mutating func restore(
        _ rule: Rule, of subject: Finding.Subject, isActive: Bool, value: Double,
        eventTime: Timestamp
    ) {
        switch subject {
        case .sensor(let index) where Int(index) < states.count:
            states[Int(index)].restore(
                rule, isActive: isActive, value: value, eventTime: eventTime)
        case .link: linkIsFaulty = isActive && rule == .link
        default: return
        }
    }

    package func save(to state: inout StateWriter) {}

    package mutating func load(from state: inout StateReader) throws(StateError) {}

    private mutating func link(
        isUp: Bool, _ reading: Reading, into findings: inout [Finding]
    ) {
        isLinked = isUp
        linkUptime = reading.arrivalUptime
        guard linkIsFaulty == isUp else { return }
        linkIsFaulty = !isUp
        findings.append(Finding(.link, isUp ? .ended : .began, by: reading, of: .link))
    }

    /// Looks for sensors that have been quiet for too long. While the link is down nobody can be
    /// heard, so nobody is called silent: that one finding is on the link.
    private mutating func tick(_ reading: Reading, into findings: inout [Finding]) {
        guard isLinked else { return }
        for index in states.indices where states[index].isWatched && !states[index].isSilent {
            guard
                states[index].hasGoneSilent(
                    atUptime: reading.arrivalUptime, sinceUptime: linkUptime)
            else { continue }
            states[index].isSilent = true
            findings.append(
                Finding(.silence, .began, by: reading, of: .sensor(UInt32(index))))
        }
    }
}

extension Array where Element == SensorState {
    fileprivate subscript(safe sensor: UInt32) -> SensorState? {
        Int(sensor) < count && self[Int(sensor)].isWatched ? self[Int(sensor)] : nil
    }
}
