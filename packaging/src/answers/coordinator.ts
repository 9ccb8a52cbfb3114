/** What the package nat64-coordinator asks. */
import { parseConfig } from "@nat64/coordinator/config";
import { textQuestion } from "./fields.ts";
import type { Questionnaire } from "./question.ts";

const HEAD = `# The configuration of nat64-coordinator, made by the installation. All that may stand here: nat64-coordinator.toml(5), and with
# examples in /usr/share/doc/nat64-coordinator/examples/coordinator.example.toml.
# After a change: systemctl reload nat64-coordinator
# "dpkg-reconfigure nat64-coordinator" changes here what it asks for, and leaves everything else as it is.

[tls]
self-signed = "/var/lib/nat64-coordinator/key.pem"

[enrolment]
mode = "open"
`;

const SAMPLE = `[tls]
self-signed = "/k"
[enrolment]
mode = "open"
[teredo]
primary = "8.8.8.8:3544"
secondary = "8.8.4.4:3544"
[prefix-proofs]
source = "[2a00:1450:400f::1]:3544"
`;

export const COORDINATOR: Questionnaire = {
  head: HEAD,
  sample: SAMPLE,
  questions: [
    textQuestion("primary", "teredo.primary"),
    textQuestion("secondary", "teredo.secondary"),
    textQuestion("source", "prefix-proofs.source"),
  ],
  isEnough: (answers) => ["primary", "secondary", "source"].every((name) => answers.get(name) !== ""),
  check: (text) => {
    const parsed = parseConfig(text);
    return Array.isArray(parsed) ? parsed : [];
  },
};
