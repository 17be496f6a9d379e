import GasModel
import SiteDescription
import Testing

@Suite("Delivery in a site file")
struct DeliveryTests {
    private func outlets(_ lines: String) throws -> [OutletSettings] {
        try Sample.site(Sample.short + "\ndelivery:\n" + lines).delivery
    }

    @Test("has every key of every kind")
    func full() throws {
        let webhook = WebhookTarget(
            url: "https://alerts.mine.example:8443/firedamp?mine=demo", format: .alertmanager,
            secretFile: "/etc/firedamp/webhook.secret", authorityFile: "/etc/firedamp/ca.pem",
            timeoutSeconds: 3)
        #expect(
            try Sample.site(Sample.full).delivery == [
                OutletSettings(name: "control-room", target: .webhook(webhook)),
                OutletSettings(name: "regulator", target: .cap(directory: "/var/lib/firedamp-cap")),
                OutletSettings(
                    name: "pager",
                    target: .hook(
                        command: ["/usr/local/bin/page", "--duty", "7"], answerSeconds: 20)),
                OutletSettings(name: "siem", target: .syslog(.tcp(host: "::1", port: 6514))),
                OutletSettings(name: "local", target: .syslog(.local(path: "/dev/log"))),
                OutletSettings(
                    name: "journal", target: .journald(path: "/run/systemd/journal/socket")),
            ])
    }

    @Test("may be left out, and says little where little is to be said")
    func short() throws {
        #expect(try Sample.site(Sample.short).delivery == [])
        let found = try outlets(
            """
              - {kind: webhook, name: w, url: http://10.0.0.1/x}
              - {kind: syslog, name: s, address: "loghost:514"}
            """)
        #expect(
            found == [
                OutletSettings(
                    name: "w", target: .webhook(WebhookTarget(url: "http://10.0.0.1/x"))),
                OutletSettings(name: "s", target: .syslog(.udp(host: "loghost", port: 514))),
            ])
    }

    @Test("there may be 32 of them, and no more")
    func most() throws {
        func lines(_ count: Int) -> String {
            (0..<count).map { "  - {kind: journald, name: j\($0)}\n" }.joined()
        }
        #expect(try outlets(lines(32)).count == 32)
        #expect(
            Sample.problems(Sample.short + "\ndelivery:\n" + lines(33)) == [
                "48:5: there are 33 outlets; allowed: at most 32"
            ])
    }

    @Test("a secret that cannot be used is a problem at its place; where nobody looks it is none")
    func secret() throws {
        let text =
            Sample.short
            + "\ndelivery:\n  - {kind: webhook, name: w, url: \"http://h/\", secret-file: /no}\n"
        #expect(Sample.problems(text) == [])
        let error = #expect(throws: SiteProblems.self) {
            try SiteFile.read(text, name: "f") { $0 == "/no" ? "No such file" : nil }
        }
        #expect(
            error?.list.map { $0.text(inFile: "f") } == [
                "f:16:61: the secret cannot be used: No such file"
            ])
    }
}
