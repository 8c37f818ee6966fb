// SPDX-License-Identifier: MIT-0
import CloudFormation
import SourceText
import Testing
import VPC
import WireFormat

/// User data, seen through a template with one instance whose script begins on line 15.
@Suite struct UserDataTests {
    private static let firstLine = 15

    private func model(_ script: String, function: String = "Fn::Base64: |") throws -> VPCModel {
        let indented = script.split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.isEmpty ? "" : "          \($0)" }.joined(separator: "\n")
        let text = """
            Resources:
              Vpc:
                Type: AWS::EC2::VPC
                Properties: {CidrBlock: 10.0.0.0/16}
              Subnet:
                Type: AWS::EC2::Subnet
                Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}
              Instance:
                Type: AWS::EC2::Instance
                Properties:
                  SubnetId: !Ref Subnet
                  PrivateIpAddress: 10.0.1.203
                  UserData:
                    \(function)
            \(indented)
            """
        return try Template(text: text, file: "t.yaml").model()
    }

    private func boot(_ script: String) throws -> InstanceBoot {
        try #require(try model(script).instances.first).boot
    }

    private func isChecked(_ script: String) throws -> Bool {
        try #require(try model(script).networkInterfaces.first).sourceDestinationCheck
    }

    /// Each with its place: "15:11 fi".
    private func notUnderstood(_ script: String) throws -> [String] {
        try boot(script).notUnderstood.map(placed)
    }

    /// The text of a piece behind its place.
    private func placed(_ excerpt: SourceExcerpt) -> String {
        let column = excerpt.start.column.map { ":\($0)" } ?? ""
        return "\(excerpt.start.line)\(column) \(excerpt.text)"
    }

    private func configuration(_ script: String) throws -> String? {
        try boot(script).speakerConfiguration.map(placed)
    }

    @Test(arguments: [
        "ip address add 172.16.1.1/32 dev lo", "ip addr add 172.16.1.1/32 dev lo", "sudo ip a a 172.16.1.1/32 dev lo",
        "/sbin/ip ad ad 172.16.1.1 dev lo", "ip -4 addr replace dev lo local 172.16.1.1/32 scope host",
        "sudo -n ip a add 172.16.1.1/32 brd 172.16.1.1 dev lo label lo:1", "A=172.16.1.1/32; ip a a $A dev lo",
        "ip a a 172.16.1.1/32 \\\ndev lo", "true && ip a a 172.16.1.1/32 dev lo || exit 1 # why",
        "ip a a \"172.16.1.1/32\" dev 'lo'", "IP=172.16.1.1\nip a a ${IP}/32 dev ${DEV:-lo}",
        "ip a a 172.16.1.9/32 dev lo\nip a d 172.16.1.9/32 dev lo; ip a a 172.16.1.1/32 dev lo",
    ])
    func `an address on lo in every way of writing it`(script: String) throws {
        let boot = try boot(script)
        #expect(boot.loopbackAddresses.map(\.description) == ["172.16.1.1/32"])
        #expect(boot.notUnderstood == [])
    }

    @Test(arguments: [
        "sudo sysctl -w net.ipv4.ip_forward=1", "sysctl net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0",
        "echo 1 > /proc/sys/net/ipv4/ip_forward", "/sbin/sysctl -q -w net/ipv4/ip_forward=1",
        "echo 'net.ipv4.ip_forward = 1' >> /etc/sysctl.conf\nsysctl -p",
        "cat > /etc/sysctl.d/90-firewall.conf << EOF\n# A firewall.\nnet.ipv4.ip_forward = 1\nEOF\nsudo sysctl --system",
    ])
    func `an instance that forwards, in every way of writing it`(script: String) throws {
        let boot = try boot(script)
        #expect(boot.isForwarding)
        #expect(boot.notUnderstood == [])
    }

    @Test(arguments: [
        ("sysctl net.ipv4.ip_forward", true), ("sysctl -w net.ipv4.ip_forward=0", true),
        ("echo 'net.ipv4.ip_forward=1' >> /etc/sysctl.conf", true), ("sysctl -w net.core.rmem_max=1", false),
        ("echo 1 | tee /proc/sys/net/ipv4/ip_forward", false), ("sysctl -w net.ipv4.conf.all.rp_filter=1", false),
    ])
    func `what does not make it forward, and whether it is understood`(script: String, isUnderstood: Bool) throws {
        let boot = try boot(script)
        #expect(!boot.isForwarding)
        #expect(boot.notUnderstood.isEmpty == isUnderstood)
    }

    @Test func `an IPv6 address on lo`() throws {
        #expect(
            try boot("ip -6 addr add 2001:db8::1/128 dev lo").loopbackAddresses.map(\.description) == [
                "2001:db8::1/128"
            ])
    }

    @Test func `a longer block on lo becomes its one address and is pointed out`() throws {
        let boot = try boot("ip a a 172.16.1.1/24 dev lo")
        #expect(boot.loopbackAddresses.map(\.description) == ["172.16.1.1/32"])
        #expect(boot.notUnderstood.map(placed) == ["15:11 ip a a 172.16.1.1/24 dev lo"])
    }

    @Test(arguments: [
        "VALUE=`curl -s http://169.254.169.254/latest/meta-data/local-ipv4`",
        "VALUE=$(curl -H \"X-aws-ec2-metadata-token: $TOKEN\" 169.254.169.254/latest/meta-data/local-ipv4)",
        "export VALUE=\"$(curl -s 169.254.169.254/latest/meta-data/local-ipv4 | tr -d '\\n')\"",
        "VALUE=$(ec2-metadata --local-ipv4 | cut -d \" \" -f 2)", "VALUE=$(hostname -I | awk '{print $1}')",
        "OTHER=10.0.1.203\nVALUE=$OTHER", "VALUE=10.0.1.203", "VALUE='10.0.1.203'", "VALUE=$(echo 10.0.1.203)",
        "PART=10.0\nVALUE=\"${PART}.1.203\"", "VALUE=${UNSET:-10.0.1.203}",
    ])
    func `a variable's value reaches a here-document`(script: String) throws {
        let boot = try boot("\(script)\ncat > gobgpd.conf << EOF\nrouter-id = \"$VALUE\"\nEOF")
        #expect(boot.speakerConfiguration?.text == "router-id = \"10.0.1.203\"\n")
        #expect(boot.notUnderstood == [])
    }

    @Test func `a here-document is written as its delimiter says`() throws {
        let script = """
            A=x
            cat > /etc/gobgpd.conf << 'EOF'
            $A `b` \\$c
            EOF
            """
        #expect(try configuration(script) == "17:11 $A `b` \\$c\n")
        #expect(
            try configuration("A=x\ncat << EOF > gobgpd.conf\n$A \\$A \"${A}\" $\nEOF")
                == "17 x $A \"x\" $\n")
        #expect(
            try boot("A=x\ncat <<- \"END\" | sudo tee /home/gobgpd.conf > /dev/null\n\t\ta\n\tEND\ntrue")
                .speakerConfiguration == nil)
        #expect(
            try configuration("sudo tee /home/gobgpd.conf > /dev/null <<-END\n\t\ta = 1\n\tEND\ntrue")
                == "16:13 a = 1\n")
    }

    @Test func `pieces are appended to the configuration`() throws {
        let script = """
            echo "a = 1" > gobgpd.conf
            echo b = 2 >> gobgpd.conf
            cat >> gobgpd.conf << EOF
            c = 3
            EOF
            """
        #expect(try configuration(script) == "15 a = 1\nb = 2\nc = 3\n")
    }

    @Test func `an unknown value in the configuration is pointed out`() throws {
        let boot = try boot("TOKEN=`curl x`\ncat > gobgpd.conf << EOF\na = 1\nb = $TOKEN\nEOF")
        #expect(boot.speakerConfiguration?.text == "a = 1\nb = $TOKEN\n")
        #expect(boot.notUnderstood.map(placed) == ["18:11 b = $TOKEN"])
    }

    @Test(arguments: [
        ("gobgp global rib add 10.0.0.0/8", ["10.0.0.0/8"]),
        (
            "sudo ./gobgp global rib add 10.0.0.0/8 aspath \"65001 65001\" -a ipv4 &",
            [
                "10.0.0.0/8", "aspath", "65001 65001", "-a", "ipv4",
            ]
        ),
        (
            "/usr/local/bin/gobgp -u 127.0.0.1 -p 50051 global rib add 10.0.0.0/8 med 5 2>&1 > /dev/null",
            [
                "10.0.0.0/8", "med", "5",
            ]
        ),
        ("ARGS='med 5'; gobgp global rib add 10.0.0.0/8 $ARGS", ["10.0.0.0/8", "med", "5"]),
        ("P=65001; nohup gobgp global rib add 10.0.0.0/8 aspath \"$P $P\"", ["10.0.0.0/8", "aspath", "65001 65001"]),
    ])
    func `an announcement keeps its words`(script: String, words: [String]) throws {
        let boot = try boot("#!/bin/bash\n\(script)")
        #expect(boot.announcements == [SourceWords(words: words, position: SourcePosition(line: 16, column: 11))])
        #expect(boot.notUnderstood == [])
    }

    @Test(arguments: [
        "aws ec2 modify-instance-attribute --no-source-dest-check --instance-id "
            + "$(curl 169.254.169.254/latest/meta-data/instance-id)",
        "ID=`curl 169.254.169.254/latest/meta-data/instance-id`\n"
            + "aws ec2 modify-instance-attribute --instance-id \"$ID\" --source-dest-check '{\"Value\": false}'",
        "aws --region us-east-1 ec2 modify-instance-attribute --instance-id $UNKNOWN --no-source-dest-check",
    ])
    func `the source and destination check is turned off`(script: String) throws {
        #expect(try !isChecked(script))
        #expect(try notUnderstood(script) == [])
    }

    @Test func `the check stays on when another instance or nothing is meant`() throws {
        let other = "aws ec2 modify-instance-attribute --no-source-dest-check --instance-id i-0123"
        #expect(try isChecked(other))
        #expect(try notUnderstood(other) == ["15:11 \(other)"])
        #expect(try isChecked("true"))
    }

    @Test func `the check of one interface is turned off by its id`() throws {
        let text = """
            Resources:
              Vpc:
                Type: AWS::EC2::VPC
                Properties: {CidrBlock: 10.0.0.0/16}
              Subnet:
                Type: AWS::EC2::Subnet
                Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}
              Front:
                Type: AWS::EC2::NetworkInterface
                Properties: {SubnetId: !Ref Subnet}
              Back:
                Type: AWS::EC2::NetworkInterface
                Properties: {SubnetId: !Ref Subnet}
              Instance:
                Type: AWS::EC2::Instance
                Properties:
                  NetworkInterfaces:
                    - {DeviceIndex: "0", NetworkInterfaceId: !Ref Front}
                    - {DeviceIndex: "1", NetworkInterfaceId: !GetAtt Back.Id}
                  UserData:
                    Fn::Base64: !Sub |
                      aws ec2 modify-network-interface-attribute --no-source-dest-check --network-interface-id ${Back}
            """
        let model = try Template(text: text, file: "t.yaml").model()
        #expect(model.instances.first?.networkInterfaces == ["Front", "Back"])
        #expect(model.networkInterfaces.map(\.sourceDestinationCheck) == [true, false])
    }

    @Test func `harmless lines are skipped silently`() throws {
        let script = """
            #!/bin/bash -xe
            # A comment.
            exec > >(tee /var/log/user-data.log|logger -t user-data -s 2>/dev/console) 2>&1
            set -euo pipefail
            cd /home/ec2-user; sleep 10
            sudo dnf install -y iproute tcpdump && yum -y update
            wget https://example.net/gobgp.tar.gz -O x.tar.gz
            tar xvzf x.tar.gz | true
            chmod +x gobgp gobgpd
            mv gobgp gobgpd /usr/local/bin/
            echo "ready: $(date) $UNKNOWN" > /dev/null
            systemctl enable --now amazon-ssm-agent
            sudo -u ec2-user ./gobgpd -f gobgpd.conf &
            ip link set dev lo up
            ip addr show dev lo
            gobgp neighbor
            cat > /etc/systemd/system/gobgpd.service << 'EOF'
            [Service]
            ip a a 9.9.9.9/32 dev lo
            EOF
            """
        #expect(try boot(script) == InstanceBoot())
    }

    @Test func `what is not understood is handed back with its line`() throws {
        let script = """
            #!/bin/bash
            sysctl -w net.core.rmem_max=1
            ip route add 10.9.0.0/16 via 10.0.1.1
            ip addr add 192.0.2.1/32 dev eth0
            iptables -t nat -A POSTROUTING -j MASQUERADE
            if [ -f /tmp/x ]; then
              ip a a 172.16.1.1/32 dev lo
            fi
            setup() {
              true
            }
            cat > /etc/frr/frr.conf << EOF
            router bgp 65001
            EOF
            gobgp global rib del 10.0.0.0/8
            gobgp global rib add $UNKNOWN
            echo "never closed
            """
        let found = try notUnderstood(script)
        #expect(
            found == [
                "16:11 sysctl -w net.core.rmem_max=1", "17:11 ip route add 10.9.0.0/16 via 10.0.1.1",
                "18:11 ip addr add 192.0.2.1/32 dev eth0", "19:11 iptables -t nat -A POSTROUTING -j MASQUERADE",
                "20:11 if [ -f /tmp/x ]; then", "22:11 fi", "23:11 setup() {", "25 }",
                "26:11 cat > /etc/frr/frr.conf << EOF", "29:11 gobgp global rib del 10.0.0.0/8",
                "30:11 gobgp global rib add $UNKNOWN", "31:11 echo \"never closed",
            ])
    }

    @Test func `another format than a script is handed back whole`() throws {
        let found = try notUnderstood("#cloud-config\nruncmd:\n  - ip a a 172.16.1.1/32 dev lo")
        #expect(found == ["15:11 #cloud-config"])
    }

    @Test func `lines keep their numbers through Sub`() throws {
        let substituted = try model(
            "#!/bin/bash\nunknown ${Vpc}\n", function: "Fn::Base64: !Sub |")
        #expect(substituted.instances.first?.boot.notUnderstood.map(\.start.line) == [16])
    }

    @Test func `Base64 that is written out is decoded`() throws {
        let text = """
            Resources:
              Vpc:
                Type: AWS::EC2::VPC
                Properties: {CidrBlock: 10.0.0.0/16}
              Subnet:
                Type: AWS::EC2::Subnet
                Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}
              Instance:
                Type: AWS::EC2::Instance
                Properties:
                  SubnetId: !Ref Subnet
                  UserData: IyEvYmluL2Jhc2gKaXAgYSBhIDE3Mi4xNi4xLjEvMzIgZGV2IGxvCg==
              Joined:
                Type: AWS::EC2::Instance
                Properties:
                  SubnetId: !Ref Subnet
                  UserData:
                    Fn::Base64:
                      Fn::Join:
                        - "\\n"
                        - - "#!/bin/bash"
                          - !Sub "unknown ${Vpc}"
                          - also unknown
            """
        let model = try Template(text: text, file: "t.yaml").model()
        #expect(model.instances[0].boot.loopbackAddresses.map(\.description) == ["172.16.1.1/32"])
        #expect(model.instances[1].boot.notUnderstood.map(\.start.line) == [22, 23])
    }
}
