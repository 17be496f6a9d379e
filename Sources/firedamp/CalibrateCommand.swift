import ArgumentParser
import Foundation
import GasModel
import MQTTSession
import SensorIngest

/// `firedamp calibrate`: announce to the daemon that a named person calibrates a sensor.
struct CalibrateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "calibrate",
        abstract: "Announce that a sensor is being calibrated, by whom and for how long.",
        discussion: """
            While it lasts the sensor's own alarms and halts are held back and what it measures \
            counts as test gas; its neighbours go on guarding. It ends by itself. The announcement \
            goes over the broker, as a gateway could send it, and stands in the alert log with the \
            name: a person whom the site file names under people.

            Exit codes: 0 the daemon's broker has it; 65 the site does not know sensor or person, \
            or the site file is wrong; 66 the site file cannot be read; 69 no broker, or nobody \
            listens there.
            """)

    @Argument(help: "Code of the sensor.")
    var sensor: String

    @Option(help: "Full name of who calibrates, as the site file has it.")
    var by: String

    @Option(help: "How many minutes it may take, up to 60.")
    var minutes = 20.0

    @Flag(help: "End it now.")
    var end = false

    @Option(help: "The site file that describes the mine.")
    var site = "/etc/firedamp/site.yaml"

    @Option(help: "The broker, as mqtt://HOST:PORT.")
    var broker = BrokerAddress.local

    func validate() throws {
        guard minutes > 0, minutes <= CalibrationNotice.minutesMax else {
            throw ValidationError(
                "--minutes takes up to \(Int(CalibrationNotice.minutesMax)), not \(minutes)")
        }
    }

    func run() throws {
        let site = try readSite(site)
        try check(site)
        let now = Int64(Date().timeIntervalSince1970 * 1000)
        let notice = CalibrationNotice(ts: now, by: by, minutes: end ? 0 : minutes)
        let payload = Array(try JSONEncoder().encode(notice))
        let topic = CalibrationNotice.topic(mine: site.mine, sensor: sensor)
        switch try SingleMessage.send(
            MQTTMessage(topic: topic, payload: payload, retain: false), to: broker)
        {
        case .taken:
            print("\(sensor): calibration \(end ? "ended" : "announced") by \(by)")
        case .unheard:
            complain("\(broker): the broker took it, but no daemon of mine \(site.mine) listens")
            throw Exit.unavailable
        case .failed(let reason):
            complain("\(broker): \(reason)")
            throw Exit.unavailable
        }
    }

    private func check(_ site: Site) throws {
        guard let known = site.sensors.first(where: { $0.id == sensor }) else {
            complain("\(self.site): no sensor \(sensor)")
            throw Exit.badData
        }
        guard known.limits != nil else {
            complain("\(self.site): \(sensor) has no limit, so there is no halt to hold back")
            throw Exit.badData
        }
        guard site.people.contains(where: { $0.name == by }) else {
            let names = site.people.map(\.name).joined(separator: ", ")
            complain(
                "\(self.site): nobody named \(by); people are \(names.isEmpty ? "none" : names)")
            throw Exit.badData
        }
    }
}
