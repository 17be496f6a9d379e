internal import GasModel

/// The integrity rules that stand for one sensor, a bit for each.
struct Doubts: Sendable, Equatable {
    var bits: UInt16 = 0

    /// Whether `rule` stands. Rules of other detectors never do.
    subscript(_ rule: Rule) -> Bool {
        get { bits & Self.bit(rule) != 0 }
        set { bits = newValue ? bits | Self.bit(rule) : bits & ~Self.bit(rule) }
    }

    /// Whether one of those stands that already say the head does not measure its air: a second
    /// name for the same state would only be another line to read.
    var isOffAir: Bool { bits & (Self.bit(.freshAir) | Self.bit(.compressedAir)) != 0 }

    /// Whether the sensor is no witness against another one.
    var isDoubtful: Bool { bits & ~(Self.bit(.backdated) | Self.bit(.timelyGap)) != 0 }

    static func bit(_ rule: Rule) -> UInt16 {
        switch rule {
        case .covered: 1
        case .freshAir: 1 << 1
        case .compressedAir: 1 << 2
        case .lowGain: 1 << 3
        case .drift: 1 << 4
        case .calibrationCloak: 1 << 5
        case .timelyGap: 1 << 6
        case .repeatedWindow: 1 << 7
        case .copied: 1 << 8
        case .backdated: 1 << 9
        case .stuck: 1 << 10
        case .contradiction: 1 << 11
        default: 0
        }
    }
}
