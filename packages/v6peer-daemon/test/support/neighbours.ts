/** An IPv6-only client and an IPv4-only server on two sides of a namespace that will run v6peerd. */
import { TestNamespace } from "./namespace.ts";

/** Three namespaces in a row. The server knows no way back to anything but its own link, `routes` besides. */
export class Neighbours {
  readonly client: TestNamespace = new TestNamespace();
  readonly peer: TestNamespace = new TestNamespace();
  readonly server: TestNamespace = new TestNamespace();

  constructor() {
    for (const each of [this.client, this.peer, this.server]) {
      each.run("echo 0 > /proc/sys/net/ipv6/conf/default/accept_dad");
    }
    this.peer.run(`
      ip link add c0 type veth peer name eth0 netns ${this.client.name}
      ip link add s0 type veth peer name eth0 netns ${this.server.name}
      ip link set c0 up; ip link set s0 up
      ip -6 address add 2001:db8:c::1/64 dev c0 nodad
      ip address add 203.0.113.1/24 dev s0
    `);
    this.client.run(`
      ip link set eth0 up
      ip -6 address add 2001:db8:c::2/64 dev eth0 nodad
      ip -6 route add default via 2001:db8:c::1
    `);
    this.server.run("ip link set eth0 up; ip address add 203.0.113.2/24 dev eth0");
  }

  remove(): void {
    for (const each of [this.client, this.peer, this.server]) each.remove();
  }
}
