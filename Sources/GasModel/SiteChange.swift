/// A site with each of its sensors at its index in the registry.
package struct SensorRoster: Sendable, Equatable {
    /// The site, checked.
    package let site: Site
    /// Its sensors by index; `nil` at the index of one that is not in the site.
    package let sensors: [Sensor?]

    /// The roster of `site`, whose sensors stand at their indexes in `sensors`.
    package init(site: Site, sensors: [Sensor?]) {
        self.site = site
        self.sensors = sensors
    }
}

/// What a change of the site means for one sensor. Sensors that it means nothing for have none.
package struct SensorChange: Sendable, Equatable {
    /// How much of what is known of the sensor holds on.
    package enum Kind: Sendable {
        /// It was not in the site before: nothing is known of it.
        case added
        /// It is no longer in the site: its records are passed over, what stands is kept.
        case removed
        /// It is not in the site, and a named person took it out: what stands of it is closed, but
        /// for a latched halt.
        case decommissioned
        /// It watches something else (place, role, quantity or unit): what was measured tells
        /// nothing any more, what stands of it goes on standing.
        case renewed
        /// Its limits are others: all that is known of it holds on and is judged anew.
        case limits
        /// Its interval, range or alarm delay is another: all that is known of it holds on.
        case tuned
    }

    /// Its index in the registry.
    package let index: UInt32
    /// What happened to it.
    package let kind: Kind
    /// The sensor as it was; `nil` when it was not in the site.
    package let before: Sensor?
    /// The sensor as it is; `nil` when it is not in the site.
    package let after: Sensor?

    /// A change of the sensor at `index`.
    package init(index: UInt32, kind: Kind, before: Sensor?, after: Sensor?) {
        self.index = index
        self.kind = kind
        self.before = before
        self.after = after
    }
}

/// A change of the site while the daemon runs: what every part needs to go over to the new one.
///
/// It takes effect at one record of the ring, of kind `.siteChange`, that carries `run` in `boot`
/// and `generation` in `sequence`: what stands before it is judged by the old site, what stands
/// behind it by the new one, whoever reads it and whenever.
package struct SiteChange: Sendable {
    /// A number that no other run of the daemon has: a restarted one must not take the records of
    /// its predecessor for its own.
    package let run: UInt64
    /// How often the site has changed in this run, this change included.
    package let generation: UInt64
    /// What holds from the record on.
    package let roster: SensorRoster
    /// The sensors that it means something for, by index.
    package let sensors: [SensorChange]
    /// Whether sensors belong together otherwise than before: by place, gateway, day of calibration
    /// or by what the law asks for. Where only limits change they do not.
    package let regroups: Bool
    /// What else differs, and how many of it.
    package let others: [(kind: SiteDiff.Other, count: Int)]

    /// The change from `old` to `roster`.
    ///
    /// `names`: the code of each index, see `SensorRegistry`. **Cost:** a look at each sensor;
    /// meant for a thread that nobody waits for.
    package init(
        run: UInt64, generation: UInt64, from old: SensorRoster, to roster: SensorRoster,
        names: [String]
    ) {
        self.run = run
        self.generation = generation
        self.roster = roster
        let decommissioned = Set(roster.site.decommissioned.map(\.sensor))
        sensors = names.indices.compactMap { index in
            let before = index < old.sensors.count ? old.sensors[index] : nil
            let after = index < roster.sensors.count ? roster.sensors[index] : nil
            let isDecommissioned = after == nil && decommissioned.contains(names[index])
            let kind = isDecommissioned ? .decommissioned : Self.kind(from: before, to: after)
            return kind.map {
                SensorChange(index: UInt32(index), kind: $0, before: before, after: after)
            }
        }
        others = SiteDiff(from: old.site, to: roster.site).others
        regroups =
            old.site.places != roster.site.places
            || old.site.needsDrainage != roster.site.needsDrainage
            || old.site.acceptedGaps != roster.site.acceptedGaps
            || old.site.gasClass != roster.site.gasClass
            || old.site.table?.requirements != roster.site.table?.requirements
            || sensors.contains { $0.kind != .limits }
            || names.indices.contains { index in
                let before = index < old.sensors.count ? old.sensors[index] : nil
                let after = index < roster.sensors.count ? roster.sensors[index] : nil
                return before?.gateway != after?.gateway
                    || before?.calibrationDue != after?.calibrationDue
                    || before?.intervalSeconds != after?.intervalSeconds
                    || (before?.limits == nil) != (after?.limits == nil)
            }
    }

    /// The changes of one kind.
    package func count(_ kind: SensorChange.Kind) -> Int { sensors.count { $0.kind == kind } }

    private static func kind(from before: Sensor?, to after: Sensor?) -> SensorChange.Kind? {
        guard let before, let after else {
            if after != nil { return .added }
            return before != nil ? .removed : nil
        }
        if before.place != after.place || before.role != after.role
            || before.quantity != after.quantity || before.conversion != after.conversion
        {
            return .renewed
        }
        if before.limits != after.limits
            || before.steps.map(\.at) != after.steps.map(\.at)
        {
            return .limits
        }
        if before.intervalSeconds != after.intervalSeconds || before.range != after.range
            || before.alarmDelay != after.alarmDelay
        {
            return .tuned
        }
        return nil
    }
}
