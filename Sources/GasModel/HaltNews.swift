/// Whether a halt stands in a place, which only who keeps the advisories knows: detectors hear of
/// it by a record of kind `.halt`, so that work under a halt is found, and not after its release.
package struct HaltNews: Sendable, Equatable {
    /// `Place.id`.
    package let place: String
    /// Whether one stands, active or waiting for its release.
    package let stands: Bool

    /// What a record says of `place`.
    package init(place: String, stands: Bool) {
        self.place = place
        self.stands = stands
    }

    /// The record that says so, as of `time` on either clock.
    package func record(at time: Timestamp, uptime: Int64) -> Reading {
        Reading(
            sensor: 0, kind: .halt, sourceTime: time, arrivalTime: time, value: stands ? 1 : 0,
            boot: UInt64(nameHash: place), arrivalUptime: uptime)
    }
}
