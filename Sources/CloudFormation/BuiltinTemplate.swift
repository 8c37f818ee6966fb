// SPDX-License-Identifier: MIT-0

/// The template that `rslab up` deploys by default.
///
/// The same text is `fixtures/templates/floating-ip.yaml`; CloudFormation accepts it unchanged.
package enum BuiltinTemplate {
    package static let fileName = "floating-ip.yaml"

    package static let text = #"""
        AWSTemplateFormatVersion: "2010-09-09"
        Description: >-
          A floating IP over two Availability Zones: two instances announce 172.16.1.1/32 by BGP to a VPC Route Server, which
          points the VPC route table at the active one and, when that fails, at the standby.

        Parameters:
          ImageId:
            Description: Amazon Linux 2023 for the instance type below.
            Type: AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>
            Default: /aws/service/ami-amazon-linux-latest/al2023-ami-kernel-6.1-arm64
          LivenessDetection:
            Description: How the route server notices that an instance is gone. GoBGP 3.37 does not support BFD.
            Type: String
            Default: bgp-keepalive
            AllowedValues: [bgp-keepalive, bfd]

        Resources:
          # The network: three subnets in two zones, one route table, a way out to fetch GoBGP.
          Vpc:
            Type: AWS::EC2::VPC
            Properties:
              CidrBlock: 10.0.0.0/16
              EnableDnsSupport: true
              EnableDnsHostnames: true
              Tags: [{Key: Name, Value: vpc-rs}]

          SubnetAz1:
            Type: AWS::EC2::Subnet
            Properties:
              VpcId: !Ref Vpc
              CidrBlock: 10.0.1.0/24
              AvailabilityZone: !Select [0, !GetAZs ""]
              MapPublicIpOnLaunch: true
              Tags: [{Key: Name, Value: subnet-az1}]

          SubnetAz2:
            Type: AWS::EC2::Subnet
            Properties:
              VpcId: !Ref Vpc
              CidrBlock: 10.0.2.0/24
              AvailabilityZone: !Select [1, !GetAZs ""]
              MapPublicIpOnLaunch: true
              Tags: [{Key: Name, Value: subnet-az2}]

          Subnet2Az2:
            Type: AWS::EC2::Subnet
            Properties:
              VpcId: !Ref Vpc
              CidrBlock: 10.0.3.0/24
              AvailabilityZone: !Select [1, !GetAZs ""]
              MapPublicIpOnLaunch: true
              Tags: [{Key: Name, Value: subnet2-az2}]

          InternetGateway:
            Type: AWS::EC2::InternetGateway
            Properties:
              Tags: [{Key: Name, Value: igw-rs}]

          InternetGatewayAttachment:
            Type: AWS::EC2::VPCGatewayAttachment
            Properties:
              VpcId: !Ref Vpc
              InternetGatewayId: !Ref InternetGateway

          RouteTable:
            Type: AWS::EC2::RouteTable
            Properties:
              VpcId: !Ref Vpc
              Tags: [{Key: Name, Value: rtb-rs}]

          DefaultRoute:
            Type: AWS::EC2::Route
            DependsOn: InternetGatewayAttachment
            Properties:
              RouteTableId: !Ref RouteTable
              DestinationCidrBlock: 0.0.0.0/0
              GatewayId: !Ref InternetGateway

          RouteTableOfSubnetAz1:
            Type: AWS::EC2::SubnetRouteTableAssociation
            Properties:
              SubnetId: !Ref SubnetAz1
              RouteTableId: !Ref RouteTable

          RouteTableOfSubnetAz2:
            Type: AWS::EC2::SubnetRouteTableAssociation
            Properties:
              SubnetId: !Ref SubnetAz2
              RouteTableId: !Ref RouteTable

          RouteTableOfSubnet2Az2:
            Type: AWS::EC2::SubnetRouteTableAssociation
            Properties:
              SubnetId: !Ref Subnet2Az2
              RouteTableId: !Ref RouteTable

          SecurityGroup:
            Type: AWS::EC2::SecurityGroup
            Properties:
              GroupDescription: BGP, BFD, ICMP and the echo service inside the VPC
              VpcId: !Ref Vpc
              SecurityGroupIngress:
                - {IpProtocol: tcp, FromPort: 179, ToPort: 179, CidrIp: 10.0.0.0/16}
                - {IpProtocol: udp, FromPort: 3784, ToPort: 3784, CidrIp: 10.0.0.0/16}
                - {IpProtocol: icmp, FromPort: -1, ToPort: -1, CidrIp: 10.0.0.0/16}
                - {IpProtocol: icmp, FromPort: -1, ToPort: -1, CidrIp: 172.16.1.0/24}
                - {IpProtocol: tcp, FromPort: 7, ToPort: 7, CidrIp: 10.0.0.0/16}
                - {IpProtocol: udp, FromPort: 7, ToPort: 7, CidrIp: 10.0.0.0/16}

          # The route server: two endpoints in each subnet that has a speaker, and one table to write.
          RouteServer:
            Type: AWS::EC2::RouteServer
            Properties:
              AmazonSideAsn: 65000
              Tags: [{Key: Name, Value: rs1}]

          RouteServerAssociation:
            Type: AWS::EC2::RouteServerAssociation
            Properties:
              RouteServerId: !Ref RouteServer
              VpcId: !Ref Vpc

          RouteServerPropagation:
            Type: AWS::EC2::RouteServerPropagation
            DependsOn: RouteServerAssociation
            Properties:
              RouteServerId: !Ref RouteServer
              RouteTableId: !Ref RouteTable

          Endpoint1:
            Type: AWS::EC2::RouteServerEndpoint
            DependsOn: RouteServerAssociation
            Properties:
              RouteServerId: !Ref RouteServer
              SubnetId: !Ref SubnetAz1
              Tags: [{Key: Name, Value: rs1-az1-rse1}]

          Endpoint2:
            Type: AWS::EC2::RouteServerEndpoint
            DependsOn: RouteServerAssociation
            Properties:
              RouteServerId: !Ref RouteServer
              SubnetId: !Ref SubnetAz1
              Tags: [{Key: Name, Value: rs1-az1-rse2}]

          Endpoint3:
            Type: AWS::EC2::RouteServerEndpoint
            DependsOn: RouteServerAssociation
            Properties:
              RouteServerId: !Ref RouteServer
              SubnetId: !Ref SubnetAz2
              Tags: [{Key: Name, Value: rs1-az2-rse3}]

          Endpoint4:
            Type: AWS::EC2::RouteServerEndpoint
            DependsOn: RouteServerAssociation
            Properties:
              RouteServerId: !Ref RouteServer
              SubnetId: !Ref SubnetAz2
              Tags: [{Key: Name, Value: rs1-az2-rse4}]

          Peer1:
            Type: AWS::EC2::RouteServerPeer
            Properties:
              RouteServerEndpointId: !Ref Endpoint1
              PeerAddress: !GetAtt InstanceAz1.PrivateIp
              BgpOptions:
                PeerAsn: 65001
                PeerLivenessDetection: !Ref LivenessDetection
              Tags: [{Key: Name, Value: rs1-az1-rsp1}]

          Peer2:
            Type: AWS::EC2::RouteServerPeer
            Properties:
              RouteServerEndpointId: !Ref Endpoint2
              PeerAddress: !GetAtt InstanceAz1.PrivateIp
              BgpOptions:
                PeerAsn: 65001
                PeerLivenessDetection: !Ref LivenessDetection
              Tags: [{Key: Name, Value: rs1-az1-rsp2}]

          Peer3:
            Type: AWS::EC2::RouteServerPeer
            Properties:
              RouteServerEndpointId: !Ref Endpoint3
              PeerAddress: !GetAtt InstanceAz2.PrivateIp
              BgpOptions:
                PeerAsn: 65001
                PeerLivenessDetection: !Ref LivenessDetection
              Tags: [{Key: Name, Value: rs1-az2-rsp3}]

          Peer4:
            Type: AWS::EC2::RouteServerPeer
            Properties:
              RouteServerEndpointId: !Ref Endpoint4
              PeerAddress: !GetAtt InstanceAz2.PrivateIp
              BgpOptions:
                PeerAsn: 65001
                PeerLivenessDetection: !Ref LivenessDetection
              Tags: [{Key: Name, Value: rs1-az2-rsp4}]

          # Access to the instances by Session Manager.
          InstanceRole:
            Type: AWS::IAM::Role
            Properties:
              AssumeRolePolicyDocument:
                Version: "2012-10-17"
                Statement:
                  - Effect: Allow
                    Principal: {Service: ec2.amazonaws.com}
                    Action: sts:AssumeRole
              ManagedPolicyArns: [!Sub "arn:${AWS::Partition}:iam::aws:policy/AmazonSSMManagedInstanceCore"]

          InstanceProfile:
            Type: AWS::IAM::InstanceProfile
            Properties:
              Roles: [!Ref InstanceRole]

          # The active and the standby instance. The check is off, or AWS would drop packets for 172.16.1.1.

          InstanceAz1:
            Type: AWS::EC2::Instance
            DependsOn: DefaultRoute
            Properties:
              InstanceType: t4g.micro
              ImageId: !Ref ImageId
              IamInstanceProfile: !Ref InstanceProfile
              SubnetId: !Ref SubnetAz1
              PrivateIpAddress: 10.0.1.203
              SourceDestCheck: false
              SecurityGroupIds: [!Ref SecurityGroup]
              Tags: [{Key: Name, Value: instance-rs-az1}]
              UserData:
                Fn::Base64:
                  Fn::Sub:
                    - |
                      #!/bin/bash
                      cd /home/ec2-user
                      sudo ip address add 172.16.1.1/32 dev lo
                      TOKEN=`curl -X PUT "169.254.169.254/latest/api/token" -H "X-aws-ec2-metadata-token-ttl-seconds: 21600"`
                      INSTANCE_IP=`curl -H "X-aws-ec2-metadata-token: $TOKEN" 169.254.169.254/latest/meta-data/local-ipv4`
                      wget https://github.com/osrg/gobgp/releases/download/v3.37.0/gobgp_3.37.0_linux_arm64.tar.gz
                      tar xvzf gobgp_3.37.0_linux_arm64.tar.gz
                      cat > /home/ec2-user/gobgpd.conf << EOF
                      [global.config]
                        as = 65001
                        router-id = "$INSTANCE_IP"

                      [[neighbors]]
                        [neighbors.config]
                          neighbor-address = "${First}"
                          peer-as = 65000
                        [[neighbors.afi-safis]]
                          [neighbors.afi-safis.config]
                            afi-safi-name = "ipv4-unicast"

                      [[neighbors]]
                        [neighbors.config]
                          neighbor-address = "${Second}"
                          peer-as = 65000
                        [[neighbors.afi-safis]]
                          [neighbors.afi-safis.config]
                            afi-safi-name = "ipv4-unicast"
                      EOF
                      sudo ./gobgpd -f gobgpd.conf &
                      sleep 5
                      sudo ./gobgp global rib add 172.16.1.1/32 -a ipv4
                    - First: !GetAtt Endpoint1.EniAddress
                      Second: !GetAtt Endpoint2.EniAddress

          InstanceAz2:
            Type: AWS::EC2::Instance
            DependsOn: DefaultRoute
            Properties:
              InstanceType: t4g.micro
              ImageId: !Ref ImageId
              IamInstanceProfile: !Ref InstanceProfile
              SubnetId: !Ref SubnetAz2
              PrivateIpAddress: 10.0.2.203
              SourceDestCheck: false
              SecurityGroupIds: [!Ref SecurityGroup]
              Tags: [{Key: Name, Value: instance-rs-az2}]
              UserData:
                Fn::Base64:
                  Fn::Sub:
                    - |
                      #!/bin/bash
                      cd /home/ec2-user
                      sudo ip address add 172.16.1.1/32 dev lo
                      TOKEN=`curl -X PUT "169.254.169.254/latest/api/token" -H "X-aws-ec2-metadata-token-ttl-seconds: 21600"`
                      INSTANCE_IP=`curl -H "X-aws-ec2-metadata-token: $TOKEN" 169.254.169.254/latest/meta-data/local-ipv4`
                      wget https://github.com/osrg/gobgp/releases/download/v3.37.0/gobgp_3.37.0_linux_arm64.tar.gz
                      tar xvzf gobgp_3.37.0_linux_arm64.tar.gz
                      cat > /home/ec2-user/gobgpd.conf << EOF
                      [global.config]
                        as = 65001
                        router-id = "$INSTANCE_IP"

                      [[neighbors]]
                        [neighbors.config]
                          neighbor-address = "${First}"
                          peer-as = 65000
                        [[neighbors.afi-safis]]
                          [neighbors.afi-safis.config]
                            afi-safi-name = "ipv4-unicast"

                      [[neighbors]]
                        [neighbors.config]
                          neighbor-address = "${Second}"
                          peer-as = 65000
                        [[neighbors.afi-safis]]
                          [neighbors.afi-safis.config]
                            afi-safi-name = "ipv4-unicast"
                      EOF
                      sudo ./gobgpd -f gobgpd.conf &
                      sleep 5
                      # Prepending its own AS twice makes this the longer path, and the instance the standby.
                      sudo ./gobgp global rib add 172.16.1.1/32 aspath "65001 65001" -a ipv4
                    - First: !GetAtt Endpoint3.EniAddress
                      Second: !GetAtt Endpoint4.EniAddress

          # The client, in a subnet without a speaker.
          AccessInstance:
            Type: AWS::EC2::Instance
            DependsOn: DefaultRoute
            Properties:
              InstanceType: t4g.micro
              ImageId: !Ref ImageId
              IamInstanceProfile: !Ref InstanceProfile
              SubnetId: !Ref Subnet2Az2
              SecurityGroupIds: [!Ref SecurityGroup]
              Tags: [{Key: Name, Value: access-instance}]

        Outputs:
          ActiveAddress:
            Description: Address of the active instance.
            Value: !GetAtt InstanceAz1.PrivateIp
          StandbyAddress:
            Description: Address of the standby instance.
            Value: !GetAtt InstanceAz2.PrivateIp
          EndpointAddresses:
            Description: Addresses of the route server's endpoints.
            Value: !Join [", ", [!GetAtt Endpoint1.EniAddress, !GetAtt Endpoint2.EniAddress, !GetAtt Endpoint3.EniAddress, !GetAtt Endpoint4.EniAddress]]

        """#
}
