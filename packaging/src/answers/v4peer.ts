/** What the package v4peer asks. */
import { parseConfig } from "@nat64/v4peer-daemon/config";
import { quote, removeTable, setKey } from "./edit-toml.ts";
import { lookUp, textQuestion } from "./fields.ts";
import type { Data, Question, Questionnaire } from "./question.ts";

const HEAD = `# The configuration of v4peer, made by the installation. All that may stand here: v4peer.toml(5), and with examples in
# /usr/share/doc/v4peer/examples/v4peer.example.toml. After a change: systemctl restart v4peer
# "dpkg-reconfigure v4peer" changes here what it asks for, and leaves everything else as it is.

# The service has no home to keep these in.
identity = "/var/lib/v4peer/identity.pem"

[control]
socket = "/run/v4peer/control.sock"
`;

const SAMPLE = '[coordinator]\nhost = "192.0.2.1"\n';

/** A service in `[[exit.publish]]`, as this installation writes it. */
interface Published {
  readonly ports: number | readonly number[] | bigint;
  readonly protocol?: string;
}

/** Ports as in `443, 22/tcp, 53/udp`: for services of this host, without other addresses or aliases. */
const publish: Question = {
  name: "publish",
  keys: ["exit.publish", "exit"],
  read: (data) => {
    const rows = (lookUp(data, "exit.publish") ?? []) as readonly (Published & Data)[];
    if (rows.some((row) => Object.keys(row).some((key) => key !== "ports" && key !== "protocol"))) return "";
    return rows.map(({ ports, protocol = "tcp" }) => `${[ports].flat().join("-")}/${protocol}`).join(", ");
  },
  write: (text, answer) => {
    const rest = removeTable(text, "exit", "publish");
    const rows = answer
      .split(/[\s,]+/)
      .filter((each) => each !== "")
      .map(renderService);
    return rows.length === 0 ? rest : `${rest.trimEnd()}\n\n${rows.join("\n")}`;
  },
};

function renderService(text: string): string {
  // TOML has no numbers with leading zeros.
  const match = /^0*(\d+)(?:-0*(\d+))?(?:\/(\w+))?$/.exec(text);
  // What is no port is left to the daemon's own words.
  if (match === null) return `[[exit.publish]]\nports = ${quote(text)}\n`;
  const [, first, last, protocol = "tcp"] = match;
  const ports = last === undefined ? first : `[${first}, ${last}]`;
  return `[[exit.publish]]\nports = ${ports}\nprotocol = ${quote(protocol)}\n`;
}

/** What may be reached through this host: "internet", "publish" or "nothing". */
const policy: Question = {
  name: "policy",
  keys: ["exit.internet"],
  read: (data) => {
    if (lookUp(data, "exit.internet") === true) return "internet";
    return lookUp(data, "exit.publish") === undefined ? "nothing" : "publish";
  },
  write: (text, answer) => {
    const rest = answer === "nothing" ? removeTable(text, "exit", "publish") : text;
    return setKey(rest, { table: "exit", key: "internet" }, answer === "internet");
  },
};

export const V4PEER: Questionnaire = {
  head: HEAD,
  sample: SAMPLE,
  questions: [
    textQuestion("coordinator", "coordinator.host"),
    textQuestion("pin", "coordinator.pin"),
    policy,
    textQuestion("bandwidth", "exit.bandwidth"),
    publish,
  ],
  isEnough: (answers) => answers.get("coordinator") !== "",
  check: (text) => {
    const parsed = parseConfig(text);
    return Array.isArray(parsed) ? parsed : [];
  },
};
