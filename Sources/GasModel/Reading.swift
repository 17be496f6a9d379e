// Public, as `Timestamp` is: Swift 6.3 inlines nothing across modules that is only `package`, and
// these two are touched for every reading.
/// What one slot of the ring holds: a measurement of one sensor, a fault that stands in for a
/// measurement, or an event of time and link that detectors need to see in order with them.
///
/// **Shape:** 64 bytes, one cache line; the layout is the file format of the ring, so a change of
/// any field is a new ring version. **Value:** in the unit of the sensor, `.nan` unless `kind` is
/// `.measurement`. A fault never carries a number that could be mistaken for a concentration.
@frozen public struct Reading: Sendable {
    /// Index of the sensor in the registry; 0 for records that belong to no sensor.
    public var sensor: UInt32
    /// What the record is.
    public var kind: Kind
    /// Why a fault is a fault; `.good` for everything else.
    public var quality: Quality
    /// What is known of the record besides its quality.
    public var marks: Marks
    /// When the gateway says it was measured, by the gateway's clock.
    public var sourceTime: Timestamp
    /// When the daemon took it from the socket, by the daemon's clock.
    public var arrivalTime: Timestamp
    /// The measured value, in the sensor's unit; `.nan` unless `kind` is `.measurement` (or
    /// `.calibration`, whose minutes stand here).
    public var value: Double
    /// The gateway's own sequence number; meaningful only with the mark `.hasSequence`.
    public var sequence: UInt64
    /// A hash of the gateway's boot id: `sequence` rises only within one boot. 0 when not given.
    public var boot: UInt64
    /// Arrival on the clock that no operator can set, in nanoseconds since the machine booted.
    public var arrivalUptime: Int64
    /// Position of the record in the ring: slot `position % capacity`. Written by the ring itself;
    /// a reader that finds another number here looks at a slot that was never published to it.
    public var position: UInt64

    /// A record with every field named; the ring fills in `position` when it takes the record.
    @inlinable public init(
        sensor: UInt32, kind: Kind, quality: Quality = .good, marks: Marks = [],
        sourceTime: Timestamp, arrivalTime: Timestamp, value: Double = .nan,
        sequence: UInt64 = 0, boot: UInt64 = 0, arrivalUptime: Int64 = 0
    ) {
        self.sensor = sensor
        self.kind = kind
        self.quality = quality
        self.marks = marks
        self.sourceTime = sourceTime
        self.arrivalTime = arrivalTime
        self.value = value
        self.sequence = sequence
        self.boot = boot
        self.arrivalUptime = arrivalUptime
        position = 0
    }

    /// The instant detectors judge by: when it was measured, but never later than it arrived.
    ///
    /// A gateway whose clock runs ahead must not poison a window or make every honest reading after
    /// it look late; a stamp from the future is therefore taken as "now".
    @inlinable public var eventTime: Timestamp { min(sourceTime, arrivalTime) }
}

extension Reading {
    /// A reading that was older than this when it arrived is late: it completes the record and may
    /// raise a halt, but it never ends anything. Seconds.
    package static let freshSecondsMax = Double(freshNanosecondsMax) / 1e9

    /// The same in nanoseconds.
    @usableFromInline package static let freshNanosecondsMax: Int64 = 30_000_000_000

    /// Two values of one head that lie closer together tell no more than one does of how it rises
    /// and whether it can be trusted: heads take 8 s and more to answer. Against its limits every
    /// single one is judged. Nanoseconds.
    package static let distinctNanoseconds: Int64 = 100_000_000

    /// Whether the reading tells of now.
    @inlinable package var isFresh: Bool {
        arrivalTime.nanoseconds &- eventTime.nanoseconds <= Self.freshNanosecondsMax
    }
}

extension Reading {
    /// What a record is. A struct and not an enum: a damaged file may hold any byte.
    @frozen public struct Kind: RawRepresentable, Hashable, Sendable {
        /// The byte in the file.
        public var rawValue: UInt8
        /// The kind with that byte, known or not.
        @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }
        /// A slot that was never written.
        @inlinable public static var blank: Kind { Kind(rawValue: 0) }
        /// A number that a sensor measured.
        @inlinable public static var measurement: Kind { Kind(rawValue: 1) }
        /// A message of a sensor that holds no usable number; `quality` says why.
        @inlinable public static var fault: Kind { Kind(rawValue: 2) }
        /// A second has passed. Only `arrivalTime` and `arrivalUptime` mean anything.
        @inlinable public static var tick: Kind { Kind(rawValue: 3) }
        /// The subscription at the broker stands, from `arrivalTime` on.
        @inlinable public static var linkUp: Kind { Kind(rawValue: 4) }
        /// The broker is out of reach, from `arrivalTime` on: silence is ours, not the sensors'.
        @inlinable public static var linkDown: Kind { Kind(rawValue: 5) }
        /// The site is another from here on: `boot` names the run of the daemon that changed it,
        /// `sequence` the generation within that run. See `SiteChange`.
        @inlinable public static var siteChange: Kind { Kind(rawValue: 6) }
        /// A person calibrates `sensor`: `value` minutes are announced, 0 ends it; `boot` is the
        /// hash of the person's name, see `UInt64.init(nameHash:)`.
        @inlinable public static var calibration: Kind { Kind(rawValue: 7) }
        /// A gateway has come up; `boot` is the hash of its code.
        @inlinable public static var gatewayUp: Kind { Kind(rawValue: 8) }
        /// A gateway is gone, by its own word or its Last Will; `boot` is the hash of its code.
        @inlinable public static var gatewayDown: Kind { Kind(rawValue: 9) }
        /// A halt stands in a place from here on (`value` 1), or none any more, since the last was
        /// released (0); `boot` is the hash of the place's code. See `HaltNews`.
        @inlinable public static var halt: Kind { Kind(rawValue: 10) }
        /// A run of the daemon begins: nobody can have been heard since the run before, and until
        /// the link is up nobody can be.
        @inlinable public static var runBegins: Kind { Kind(rawValue: 11) }
    }

    /// Why a message of a sensor holds no usable number.
    @frozen public struct Quality: RawRepresentable, Hashable, Sendable {
        /// The byte in the file.
        public var rawValue: UInt8
        /// The quality with that byte, known or not.
        @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }
        /// Nothing is known against the value.
        @inlinable public static var good: Quality { Quality(rawValue: 0) }
        /// The gateway sent `null`.
        @inlinable public static var null: Quality { Quality(rawValue: 1) }
        /// The gateway sent NaN or an infinity, or a number too large for one.
        @inlinable public static var nonFinite: Quality { Quality(rawValue: 2) }
        /// The gateway sent the sentinel of KJ systems for "no value", -999999.
        @inlinable public static var sentinel: Quality { Quality(rawValue: 3) }
        /// Below the sensor's measuring range: negative drift, or a broken head.
        @inlinable public static var belowRange: Quality { Quality(rawValue: 4) }
        /// Above the sensor's measuring range, yet possible: it may well be gas.
        @inlinable public static var aboveRange: Quality { Quality(rawValue: 5) }
        /// A value that the quantity cannot take at all, such as 130 % by volume.
        @inlinable public static var impossible: Quality { Quality(rawValue: 6) }

        /// The quality in a word, as documents carry it.
        package var word: String {
            switch self {
            case .good: "good"
            case .null: "null"
            case .nonFinite: "non-finite"
            case .sentinel: "sentinel"
            case .belowRange: "below-range"
            case .aboveRange: "above-range"
            case .impossible: "impossible"
            default: "unknown"
            }
        }
    }

    /// What is known of a record besides its quality.
    @frozen public struct Marks: OptionSet, Sendable {
        /// The bits in the file.
        public var rawValue: UInt16
        /// The set with those bits.
        @inlinable public init(rawValue: UInt16) { self.rawValue = rawValue }
        /// `sequence` was sent by the gateway.
        @inlinable public static var hasSequence: Marks { Marks(rawValue: 1) }
    }
}
