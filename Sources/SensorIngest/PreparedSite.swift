package import GasModel

/// A change of the site as ingest takes it up: everything that costs time is done when it is made,
/// on a thread that nobody waits for.
package struct PreparedSite: Sendable {
    let run: UInt64
    let generation: UInt64
    let table: SensorTable
    let names: SiteNames

    /// Makes ready for `change`. The registry must hold its sensors on the disk before `take`.
    package init(_ change: SiteChange) {
        run = change.run
        generation = change.generation
        table = SensorTable(sensors: change.roster.sensors)
        names = SiteNames(change.roster)
    }
}
