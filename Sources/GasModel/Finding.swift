/// What a detector says of one sensor: something began, grew worse or ended. It is a claim about
/// readings, not yet a decision; `HaltAdvisory` makes advisories of findings.
package struct Finding: Sendable, Equatable {
    /// Which rule of which kind spoke.
    package enum Rule: String, Sendable, CaseIterable {
        /// The alarm limit is reached.
        case alarm
        /// The cut limit is reached.
        case cut
        /// The value is rising towards the cut limit.
        case trend
        /// Messages arrive that hold no usable number.
        case fault
        /// Messages do not arrive at all.
        case silence
        /// The broker is out of reach, so every sensor is.
        case link
    }

    /// What happened to the condition that the rule watches.
    package enum Change: String, Sendable {
        /// It holds now and did not before.
        case began
        /// It holds and has grown more serious by one step.
        case worsened
        /// It no longer holds, proven by a fresh good reading.
        case ended
    }

    /// Index of the sensor in the registry; `nil` for a finding on the link.
    package var sensor: UInt32?
    /// The rule.
    package var rule: Rule
    /// What happened.
    package var change: Change
    /// The value that caused it, in the sensor's unit; `.nan` when there is none.
    package var value: Double
    /// Why the causing record is a fault; `.good` otherwise.
    package var quality: Reading.Quality
    /// When the value that caused it was measured, or the record that did came about.
    package var eventTime: Timestamp
    /// When the site was changed, where not a new reading but the change of a limit caused it;
    /// `nil` otherwise.
    package var changedAt: Timestamp?
    /// When that record arrived.
    package var arrivalTime: Timestamp
    /// Position of that record in the ring.
    package var position: UInt64
    /// Whether the record is newer than all that was judged of this sensor before.
    package var isInOrder: Bool
    /// For `.trend`: minutes until the cut limit is reached if it goes on like this.
    package var minutesToCut: Double?

    /// Since when it is so: the onset, when `change` is `.began`.
    package var since: Timestamp { changedAt ?? eventTime }

    /// A finding with all that is known of its cause.
    package init(
        sensor: UInt32?, rule: Rule, change: Change, value: Double = .nan,
        quality: Reading.Quality = .good, eventTime: Timestamp, arrivalTime: Timestamp,
        position: UInt64, isInOrder: Bool = true, minutesToCut: Double? = nil
    ) {
        self.sensor = sensor
        self.rule = rule
        self.change = change
        self.value = value
        self.quality = quality
        self.eventTime = eventTime
        self.arrivalTime = arrivalTime
        self.position = position
        self.isInOrder = isInOrder
        self.minutesToCut = minutesToCut
    }

    /// The finding `change` of `rule` that the record `reading` caused.
    package init(
        _ rule: Rule, _ change: Change, by reading: Reading, isInOrder: Bool = true,
        minutesToCut: Double? = nil
    ) {
        self.init(
            sensor: reading.sensor, rule: rule, change: change, value: reading.value,
            quality: reading.quality, eventTime: reading.eventTime,
            arrivalTime: reading.arrivalTime, position: reading.position, isInOrder: isInOrder,
            minutesToCut: minutesToCut)
    }
}
