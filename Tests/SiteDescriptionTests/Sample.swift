import Foundation
import GasModel
import SiteDescription

/// The samples that stand in the repository, and small sites that tests change.
enum Sample {
    static let folder = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Deploy/samples")

    /// The names of the sample sites, such as `heading.yaml`.
    static let names =
        (try? FileManager.default.contentsOfDirectory(atPath: folder.path))?
        .filter { $0.hasSuffix(".yaml") }.sorted() ?? []

    static func bytes(_ name: String = "heading.yaml") throws -> [UInt8] {
        Array(try Data(contentsOf: folder.appending(path: name)))
    }

    /// A site of few lines with limits of its own, without a line that could be missed.
    static let short = """
        mine: {code: demo, name: Demonstration mine}
        limit-table: own
        places:
          - id: H101
            name: Heading 101
            kind: heading
        sensors:
          - id: H101-T1
            place: H101
            role: T1
            unit: "%CH4"
            limits: {alarm: 1.0, cut: 1.5, repower: 1.0}
            interval: 1s
            range: [0, 4]
        """

    /// A site under `TestLaw` with every key that there is.
    static let full = """
        mine: {code: demo, name: Demonstration mine, gas-class: outburst, licensed-output: 450000}
        limit-table: law
        policy: province
        grounds:
          - {id: blind, allowed: 2min, allowed-rising: 30s}
        timing: {escalate: 60s, remind: 2min, hold: 2min}
        people:
          - {name: Li Ming, duty: dispatcher, contact: ext. 110, login: console}
          - {name: Chen Jun, duty: chief-engineer, login: chen.jun, powers: [release, note]}
        districts:
          - {id: D1, name: District 1}
        places:
          - id: H101
            name: Heading 101
            kind: heading
            district: D1
            ventilates: [R1]
            production: [H101-P]
          - {id: R1, name: Return 1, kind: district-return, district: D1, ventilates: [MR]}
          - {id: MR, name: Main return, kind: main-return}
        sensors:
          - id: H101-T1
            place: H101
            role: T1
            unit: "%LEL"
            lel: 5.0
            type: laser
            range: [0, 100]
            resolution: 0.2
            limits: {alarm: 0.8}
            alarm-delay: {on: 5s, off: 10s}
            interval: 1s
            calibration-due: 2026-12-01
            gateway: G1
          - id: H101-M
            place: H101
            role: machine
            unit: mg/m3
            temperature: 20
            pressure: 101.325
            interval: 1s
          - {id: R1-M, place: R1, role: district-return, type: catalytic, interval: 2s}
          - {id: MR-M, place: MR, role: main-return, unit: ppm, interval: 2s}
          - {id: R1-CO, place: R1, quantity: carbon-monoxide, limits: {alarm: 24}, interval: 2s}
          - {id: R1-V, place: R1, quantity: air-velocity, unit: m/min, interval: 2s}
          - {id: R1-F, place: R1, quantity: feed-power, type: contact, interval: 2s}
          - id: H101-P
            place: H101
            quantity: production
            unit: A
            on-at: 20
            range: [0, 400]
            interval: 1s
        accepted-gaps:
          - requirement: heading-t2
            place: H101
            accepted-by: Chen Jun
            reason: driven from January on
            until: 2026-12-31
        decommissioned:
          - {sensor: H101-T9, by: Chen Jun, reason: replaced by H101-T1}
        retention: {journal-days: 1100, raw-days: 100}
        language: zh
        delivery:
          - kind: webhook
            name: control-room
            url: "https://alerts.mine.example:8443/firedamp?mine=demo"
            format: alertmanager
            secret-file: /etc/firedamp/webhook.secret
            ca-file: /etc/firedamp/ca.pem
            timeout: 3s
          - {kind: cap, name: regulator, directory: /var/lib/firedamp-cap}
          - {kind: hook, name: pager, command: [/usr/local/bin/page, --duty, 7], timeout: 20s}
          - {kind: syslog, name: siem, address: "[::1]:6514", transport: tcp}
          - {kind: syslog, name: local}
          - {kind: journald, name: journal}
        """

    /// The site that a text describes under `TestLaw`.
    static func site(_ text: String) throws(SiteProblems) -> Site {
        try SiteFile.read(
            text, name: "f", tables: TestLaw.tables, policies: TestLaw.policies)
    }

    /// What is wrong with a file, one line for each problem as `line:column: message; hint`; empty
    /// when nothing is.
    static func problems(_ text: String) -> [String] { problems(Array(text.utf8)) }

    static func problems(_ bytes: [UInt8]) -> [String] {
        do {
            _ = try SiteFile.read(
                bytes, name: "f", tables: TestLaw.tables, policies: TestLaw.policies)
            return []
        } catch {
            return error.list.map { String($0.text(inFile: "f").dropFirst(2)) }
        }
    }
}
