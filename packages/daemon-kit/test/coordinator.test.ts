import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer, type Server } from "node:tls";
import { ALPN_PROTOCOL } from "@nat64/peer-protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findCoordinatorFault } from "../src/coordinator/index.ts";

const hasOpenssl = spawnSync("openssl", ["version"]).error === undefined;

describe.skipIf(!hasOpenssl)("a coordinator with a self-signed certificate (needs openssl)", () => {
  let directory: string;
  let server: Server;
  let ca: string;
  let address: { host: string; port: number };

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), "daemon-kit-"));
    const key = join(directory, "key.pem");
    ca = join(directory, "certificate.pem");
    const request = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost";
    const files = ["-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", ca];
    execFileSync("openssl", [...request.split(" "), ...files], { stdio: "ignore" });
    server = createServer({ key: readFileSync(key), cert: readFileSync(ca), ALPNProtocols: [ALPN_PROTOCOL] });
    server.on("tlsClientError", () => {});
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    address = { host: "localhost", port: (server.address() as AddressInfo).port };
  });

  afterAll(() => {
    server?.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it("is refused with what to do: get its pin, or its CA", async () => {
    const fault = await findCoordinatorFault({ ...address, family: 4 });
    expect(fault).toMatch(/^self-signed certificate: no CA that this host trusts has signed/);
    for (const part of ["nat64-coordinator --print-pin", "coordinator.pin", "--pin", "coordinator.ca"]) {
      expect(fault).toContain(part);
    }
  });

  it("is taken with its CA", async () => {
    expect(await findCoordinatorFault({ ...address, family: 4, ca })).toBeUndefined();
  });

  it("is refused with another pin, and the pin that it has is told", async () => {
    const fault = await findCoordinatorFault({ ...address, family: 4, pin: `sha256//${"A".repeat(43)}=` });
    expect(fault).toMatch(/does not match the pin; its pin is sha256\/\/[A-Za-z0-9+/]{43}=/);
  });
});
