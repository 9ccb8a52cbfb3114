import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DaemonClient } from "../src/control/client.ts";
import { CANNOT_RUN } from "./support/namespace.ts";
import { clientAddress, PeerWorld } from "./support/peer-world.ts";

const UDP_CLIENTS = fileURLToPath(new URL("support/udp-clients.mjs", import.meta.url));
/** So many that several of them use either exit. */
const CLIENTS = Array.from({ length: 24 }, (_, i) => clientAddress(i + 1));
const ROUNDS = 40;

describe.skipIf(CANNOT_RUN)(
  `an IPv4 peer that answers probes and drops data${CANNOT_RUN ? ` (${CANNOT_RUN})` : ""}`,
  () => {
    let world: PeerWorld;

    beforeEach(async () => {
      world = new PeerWorld();
      world.giveIPv4();
      world.giveClients(CLIENTS.length);
      await world.startCoordinator();
    });

    afterEach(async () => {
      await world.remove();
    });

    const status = async () => {
      const client = await DaemonClient.connect(world.files.socket);
      return client.ask("status").finally(() => client.close());
    };

    it("all clients get to the good one, and the status tells which is which", async () => {
      await world.startIPv4Peer(1);
      await world.startIPv4Peer(2, "black");
      await world.startDaemon('relay = "builtin"\nrelay-address = "198.51.100.2"\ncount = 2');
      await world.path("up", 2);
      const program = [process.execPath, UDP_CLIENTS, String(ROUNDS), ...CLIENTS];
      const { stdout } = await promisify(execFile)("ip", ["netns", "exec", world.client.name, ...program]);
      const answered = JSON.parse(stdout) as number[];
      expect(answered[0]).toBeLessThan(CLIENTS.length);
      expect(answered.slice(-3)).toEqual(Array(3).fill(CLIENTS.length));
      const exits = (await status()).peer?.exits ?? [];
      const of = (seed: number) => exits.find(({ peer }) => world.seedOf(peer) === seed);
      expect(of(1)).toMatchObject({ state: "up", loss: 0, data: { lost: [] } });
      expect(of(2)).toMatchObject({ state: "up", loss: 0, data: { lost: ["udp"], udp: { answered: 0 } } });
      await world.daemon.message(
        "an exit answers probes, but data of clients does not come back; new clients use other exits",
      );
      const metrics = world.peer.run("curl -sf http://127.0.0.1:9464/metrics");
      expect(metrics).toContain(`nat64_exit_data_suspect{exit="${of(2)?.exit}"} 1`);
      expect(metrics).toContain(`nat64_exit_data_suspect{exit="${of(1)?.exit}"} 0`);
      expect(JSON.stringify(world.daemon.log)).not.toContain("2001:db8:c");
    });
  },
);
