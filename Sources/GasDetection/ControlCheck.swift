internal import GasModel

/// Something that control asks of one place or sensor, again with every tick.
struct ControlCheck: Sendable, Equatable {
    let rule: Rule
    let subject: Finding.Subject
    /// Index of its place in `ControlDetector.rooms`.
    let room: Int
    /// The sensors that answer, by index: fans, production sensors, one feed sensor, or one of
    /// three and then the two others.
    let sensors: [UInt32]
    /// For so long the answer must be bad before it is a finding, ...
    var onNanoseconds: Int64
    /// ... and good before it is none any more.
    let offNanoseconds: Int64
    var isOn = false
    /// Since when the answer is another than what stands; -1 when it is not.
    var turnUptime: Int64 = -1

    init(
        _ rule: Rule, _ subject: Finding.Subject, room: Int, sensors: [UInt32],
        onSeconds: Double, offSeconds: Double
    ) {
        self.rule = rule
        self.subject = subject
        self.room = room
        self.sensors = sensors
        onNanoseconds = Int64(onSeconds * 1e9)
        offNanoseconds = Int64(offSeconds * 1e9)
    }

    /// How far the uptime of a tick may lie behind the beginning of its second: a reading that
    /// arrives just before the tick is written puts it off. Without it a wait of whole seconds is
    /// over at one tick or at the next, by chance. Nanoseconds.
    private static let lagNanosecondsMax: Int64 = 100_000_000

    /// What tells it from the others of a site.
    struct Key: Hashable {
        let rule: Rule
        let subject: Finding.Subject
    }

    var key: Key { Key(rule: rule, subject: subject) }

    /// Takes the answer at `now`; `nil`: not known, which neither begins nor ends anything. Returns
    /// what has changed.
    mutating func answer(_ isBad: Bool?, atUptime now: Int64) -> Finding.Change? {
        guard let isBad else {
            // Nobody saw it stay good.
            if isOn { turnUptime = -1 }
            return nil
        }
        guard isBad != isOn else {
            turnUptime = -1
            return nil
        }
        if turnUptime < 0 { turnUptime = now }
        let wait = (isBad ? onNanoseconds : offNanoseconds) &- Self.lagNanosecondsMax
        guard now &- turnUptime >= wait else { return nil }
        turnUptime = -1
        isOn = isBad
        return isBad ? .began : .ended
    }
}

/// What is known of one place.
struct ControlRoom: Sendable, Equatable {
    let id: String
    /// Whether a halt stands in it, of whatever rule, active or waiting for its release.
    var isHalted = false
    /// Its methane sensors that have limits, by index, rising.
    var methane: [UInt32] = []
    /// Those that tell whether a cut is commanded.
    var commands: [UInt32] = []
}

/// How a place stands against its limits; what a status shows of it.
package struct PlaceStatus: Sendable, Equatable {
    /// 0: no sensor of it is over its cut; 1: one is, below the first of its graver steps (in China
    /// below 2 %); one more for each step reached (2 to 3 %: 2, from 3 %: 3).
    package var tier: Int
    /// The sensor that stands highest, by its tier and then its share of its cut (of its alarm
    /// where it has no cut), by index; `nil` when nothing is known of any.
    package var worst: UInt32?
    /// The newest good value of `worst`, in the quantity's own unit; `.nan` when `worst` is `nil`.
    package var value: Double
    /// Whether a halt stands in it, active or latched.
    package var isHalted: Bool
    /// How many of its methane sensors nothing is known of now: silent, faulty, in calibration.
    package var unknown: Int
}
