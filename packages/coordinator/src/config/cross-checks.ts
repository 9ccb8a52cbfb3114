/** Checks that need several keys at once. */
import { type Complaint, parseListen } from "@nat64/daemon-kit/config";
import type { ConfigFile } from "./config-file.ts";

/** Relays always send bubbles to this port of a Teredo server (RFC 4380 §2.7). */
const TEREDO_PORT = 3544;

/** Everything that is wrong between the keys of a file whose keys are valid on their own. */
export function crossCheck(file: ConfigFile): readonly Complaint[] {
  return [...checkCertificate(file), ...checkTeredo(file), ...checkEnrolment(file)];
}

function checkCertificate({ tls }: ConfigFile): readonly Complaint[] {
  const { certificate, key, "self-signed": selfSigned } = tls;
  if ((certificate === undefined) !== (key === undefined)) {
    return [{ path: ["tls"], message: '"certificate" and "key" belong together: set both, or "self-signed"' }];
  }
  if ((certificate === undefined) === (selfSigned === undefined)) {
    return [{ path: ["tls"], message: 'expected either "certificate" and "key", or "self-signed"' }];
  }
  return [];
}

function checkTeredo({ teredo, lab }: ConfigFile): readonly Complaint[] {
  const complaints: Complaint[] = [];
  if (teredo.primary === teredo.secondary) {
    const message = "expected an address or a port other than that of teredo.primary";
    complaints.push({ path: ["teredo", "secondary"], message });
  }
  if (!lab && parseListen(teredo.primary)?.port !== TEREDO_PORT) {
    const message = `the port must be ${TEREDO_PORT}: relays always send to it`;
    complaints.push({ path: ["teredo", "primary"], message });
  }
  return complaints;
}

function checkEnrolment({ enrolment }: ConfigFile): readonly Complaint[] {
  const { mode, invites, peers, "peers-file": file } = enrolment;
  if (mode === "invite" && invites.length === 0) {
    return [{ path: ["enrolment", "mode"], message: 'mode "invite" needs "invites"' }];
  }
  if (mode === "list" && peers.length === 0 && file === undefined) {
    return [{ path: ["enrolment", "mode"], message: 'mode "list" needs "peers" or "peers-file"' }];
  }
  return [];
}
