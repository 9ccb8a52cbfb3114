/** What can only be seen by looking at several keys together. */
import { type Complaint, parseListen } from "@nat64/daemon-kit/config";
import type { ConfigFile } from "./file.ts";

/** Relays send bubbles to this port of a Teredo server, always (RFC 4380 §2.7). */
const TEREDO_PORT = 3544;

/** All that is wrong between the keys of a file whose keys are right one by one. */
export function crossCheck(file: ConfigFile): readonly Complaint[] {
  return [...checkCertificate(file), ...checkTeredo(file), ...checkEnrolment(file)];
}

function checkCertificate({ tls }: ConfigFile): readonly Complaint[] {
  const { certificate, key, "self-signed": selfSigned } = tls;
  if ((certificate === undefined) !== (key === undefined)) {
    return [{ path: ["tls"], message: '"certificate" and "key" go together: give both, or "self-signed"' }];
  }
  if ((certificate === undefined) === (selfSigned === undefined)) {
    return [{ path: ["tls"], message: 'expected either "certificate" and "key", or "self-signed"' }];
  }
  return [];
}

function checkTeredo({ teredo, lab }: ConfigFile): readonly Complaint[] {
  const complaints: Complaint[] = [];
  if (teredo.primary === teredo.secondary) {
    const message = "expected another address or another port than those of teredo.primary";
    complaints.push({ path: ["teredo", "secondary"], message });
  }
  if (!lab && parseListen(teredo.primary)?.port !== TEREDO_PORT) {
    const message = `the port has to be ${TEREDO_PORT}: relays send to no other one`;
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
