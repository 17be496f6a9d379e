package import GasModel

/// How urgent a line is: the first word that an operator reads.
package enum Severity: String, Codable, Sendable, CaseIterable {
    /// Production in the place must stop.
    case halt = "HALT"
    /// A limit that calls for action short of a halt is reached.
    case alarm = "ALARM"
    /// Something is on its way to a limit.
    case warning = "WARNING"
    /// Evidence is missing or cannot be trusted.
    case fault = "FAULT"
    /// Worth knowing; nothing to do at once.
    case notice = "NOTICE"
    /// The daemon is alive and looking.
    case heartbeat = "HEARTBEAT"
}

/// What happened: the second word of a line.
package enum Transition: String, Codable, Sendable, CaseIterable {
    /// The condition is new.
    case raised = "RAISED"
    /// The condition has grown one step graver.
    case worse = "WORSE"
    /// The condition no longer holds. A halt stays latched all the same.
    case gone = "GONE"
    /// The condition of a latched halt holds again.
    case back = "BACK"
    /// A halt that follows from what the mine is, and that no reading can end.
    case standing = "STANDING"
    /// The daemon began its work, with what stood open when it last ended.
    case started = "STARTED"
    /// The daemon ended in good order: from here on nobody looks.
    case stopped = "STOPPED"
    /// Readings may have been lost, in the time that the line states.
    case loss = "LOSS"
    /// Another program uses our client identifier at the broker.
    case rival = "RIVAL"
    /// A damaged file was set aside and a fresh one begun.
    case repaired = "REPAIRED"
    /// The broker refuses a subscription of ours, or a message; or we refuse a site file.
    case refused = "REFUSED"
    /// Another site holds from here on, as the line states.
    case reloaded = "RELOADED"
    /// A sensor was taken out of the mine by a named person, and no longer counts.
    case decommissioned = "DECOMMISSIONED"
    /// Something stands open of a sensor that the site does not have.
    case absent = "ABSENT"
    /// The advisory is closed without proof that its condition is over: its sensor is gone.
    case closed = "CLOSED"
    /// A named person knows of it, and has said what was ordered.
    case acknowledged = "ACKED"
    /// A named person saw that what was ordered was done.
    case verified = "VERIFIED"
    /// A named person with the authority for it has ended a halt.
    case released = "RELEASED"
    /// A named person has put it aside for a time.
    case shelved = "SHELVED"
    /// It is no longer put aside.
    case unshelved = "UNSHELVED"
    /// A named person put a remark on the record.
    case noted = "NOTED"
    /// Nobody answered in time: the next in the order of escalation is called.
    case escalated = "ESCALATED"
    /// Halts still stand.
    case reminded = "REMINDED"
    /// The raw readings around a halt were put aside and sealed.
    case sealed = "SEALED"
    /// More alarms came upon an operator position than one can answer.
    case flood = "FLOOD"
    /// The flood is over.
    case calm = "CALM"
    /// Lines that were held back in a flood, told together with their numbers in the journal.
    case grouped = "GROUPED"
    /// Stands since an earlier segment of the journal, and is restated where a new one begins: no
    /// news, and told nowhere.
    case carried = "CARRIED"
    /// A segment of the journal was deleted, because it was older than records must be kept.
    case retired = "RETIRED"
    /// The minute's sign of life.
    case alive = "ALIVE"
}

/// One thing that the daemon tells the world: a line of the journal, of the alert log and of MQTT.
///
/// It is complete in itself, so that a reader a year later needs no other line to understand it.
/// **Ordering:** the journal gives each its number; revisions of one advisory rise by one.
package struct Announcement: Codable, Sendable, Equatable {
    /// How urgent it is.
    package var severity: Severity
    /// What happened.
    package var transition: Transition
    /// When it was decided: the arrival of the record that led to it, by the daemon's clock,
    /// RFC 3339 in UTC.
    package var at: String
    /// The mine's code.
    package var mine: String
    /// The place's code; absent when it concerns the mine as a whole.
    package var place: String?
    /// The sensor's code; absent when it concerns no single sensor.
    package var sensor: String?
    /// The gateway's code; absent when it concerns no gateway.
    package var gateway: String?
    /// The advisory it belongs to; absent for notices.
    package var advisory: AdvisoryReference?
    /// The reading that caused it; absent for notices.
    package var cause: Cause?
    /// The limit in question, as it is written: `>=1.50` or `<1.00`; absent when there is none.
    package var limit: String?
    /// What that limit rests on; absent when there is no limit, or no table that gives it.
    package var basis: Basis?
    /// Why, in a sentence with the numbers in it, in the language of the site.
    package var why: String {
        // A text that is put in place of another has no phrases, least of all those of the other.
        didSet { if why != oldValue { words?.why = nil } }
    }
    /// What to do, in the imperative; empty when nothing is to be done.
    package var action: String {
        didSet { if action != oldValue { words?.action = nil } }
    }
    /// SHA-256 of the site file that it was judged by.
    package var site: String
    /// What a person did, where one did something.
    package var act: Act?
    /// How far up the order of escalation the call went: 1 for the second in it.
    package var escalation: Int?
    /// The readings that were put aside, for `SEALED`.
    package var seal: EvidenceSeal?

    /// What `why` and `action` are made of, for readers of another language; absent where they have
    /// no keys, and in journals of versions before 0.2. `say` sets all of them.
    package var words: Wording?

    /// The instant of `at`, kept beside it so that ages need no parsing. Nanoseconds since 1970.
    package var atNanoseconds: Int64

    /// An announcement without a cause: a notice of the daemon itself.
    /// `sensor`: the one that it is about, if any.
    package static func notice(
        _ severity: Severity = .notice, _ transition: Transition, at now: Timestamp, site: Site,
        sensor: String? = nil, why: String, action: String = ""
    ) -> Announcement {
        Announcement(
            severity: severity, transition: transition, at: now.rfc3339(), mine: site.mine,
            place: nil, sensor: sensor, gateway: nil, advisory: nil, cause: nil, limit: nil,
            basis: nil,
            why: why, action: action, site: site.fingerprint, act: nil, escalation: nil,
            words: nil, atNanoseconds: now.nanoseconds)
    }

    /// The subject of what concerns the link.
    package static let linkSubject = "broker"

    /// Code of what it is about: sensor, gateway or place, or `broker`. Two of one name cannot be
    /// mixed up in an advisory's identifier, because the rule is part of it too.
    package var subject: String { sensor ?? gateway ?? place ?? Self.linkSubject }

    /// When it was decided.
    package var decidedAt: Timestamp { Timestamp(nanoseconds: atNanoseconds) }
}

/// The row of a limit table that a limit comes from, or that the site is stricter than.
package struct Basis: Codable, Sendable, Equatable {
    /// The table, such as `cn-2025`.
    package var table: String
    /// The row in it.
    package var row: String
    /// The act, regulation or standard.
    package var instrument: String
    /// Its edition.
    package var edition: String
    /// Article, section or row of a table in it.
    package var article: String
    /// Raw value of the `Verification`.
    package var verified: String

    init?(_ sensor: Sensor?, of site: Site) {
        guard let row = sensor?.row, let table = site.table else { return nil }
        self.table = table.name
        self.row = row.id
        instrument = row.basis.instrument
        edition = row.basis.edition
        article = row.basis.article
        verified = row.basis.verified.rawValue
    }

    /// What a ground for a halt rests on.
    init(_ basis: LegalBasis, ground: String) {
        table = "ground"
        row = ground
        instrument = basis.instrument
        edition = basis.edition
        article = basis.article
        verified = basis.verified.rawValue
    }

    /// The row in a few words, with what is to be said of a figure that nobody has checked.
    package var text: String {
        let mark = Verification(rawValue: verified)?.mark ?? "NOT KNOWN TO BE VERIFIED"
        return "\(table) \(row)" + (mark.isEmpty ? "" : " (\(mark))")
    }
}

/// The reading that caused an announcement.
package struct Cause: Codable, Sendable, Equatable {
    /// The value, in `unit`; absent when there is no usable number.
    package var value: Double?
    /// The unit of `value` and of the limit.
    package var unit: String
    /// What the reading is worth: `good`, or why it holds no usable number. Absent in journals of
    /// versions before 0.2.
    package var quality: String?
    /// The smallest difference that the sensor shows, in `unit`; absent when the site does not say.
    package var resolution: Double?
    /// When it was measured, RFC 3339 in UTC.
    package var measuredAt: String
    /// The same instant in nanoseconds since 1970.
    package var measuredNanoseconds: Int64
    /// When it arrived, nanoseconds since 1970.
    package var arrivedNanoseconds: Int64
    /// Its position in the ring.
    package var position: UInt64
    /// Identity of that ring: positions of another ring are not comparable.
    package var ring: UInt64
    /// For a rise: when the limits are reached if it goes on like this.
    package var projection: Projection?
    /// The figures that it rests on; absent where the value says it all.
    package var evidence: [Finding.Evidence]?
}
