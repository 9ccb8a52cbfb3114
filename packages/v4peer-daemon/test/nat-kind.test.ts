/** In a file of its own, as it takes a while: a router with a firewall lets no answers in that nobody asked for. */
import { describe, expect, test } from "vitest";
import { CANNOT_RUN, PeerLab } from "./support/lab.ts";

describe.skipIf(CANNOT_RUN !== undefined)(`the kind of NAT (${CANNOT_RUN ?? "root"})`, () => {
  test("of an ordinary home router is told as port-restricted", async () => {
    const lab = new PeerLab();
    try {
      await lab.world.line(({ event }) => event === "listening", "coordinator");
      const peer = lab.run();
      expect(await peer.log("the NAT type is known")).toMatchObject({ nat: "port-restricted" });
      const reported = ({ event, message }: Record<string, unknown>) =>
        event === "said" && (message as Record<string, unknown>).nat === "port-restricted";
      await lab.world.line(reported, "report");
    } finally {
      await lab.remove();
    }
  });
});
