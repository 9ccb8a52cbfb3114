/** What the package v6peer asks. */
import { parseConfig } from "@nat64/v6peer-daemon/config";
import { ensureTable, hasTable, removeTable, setKey } from "./edit-toml.ts";
import { flagQuestion, textQuestion } from "./fields.ts";
import type { Question, Questionnaire } from "./question.ts";

const HEAD = `# The configuration of v6peerd, made by the installation. All that may stand here: v6peer.toml(5), and with examples in
# /usr/share/doc/v6peer/examples/v6peer.example.toml. After a change: systemctl reload v6peerd
# "dpkg-reconfigure v6peer" changes here what it asks for, and leaves everything else as it is.

`;

const SAMPLE = `prefix = "2a00:1450:400f::/80"
[local-exit]
mode = "masquerade"
[coordinator]
host = "c.example.net"
abuse = "abuse@example.net"
[peer-exits]
`;

const localExit: Question = {
  name: "local-exit",
  keys: ["local-exit"],
  read: (data) => String(data["local-exit"] !== undefined),
  write: (text, answer) => {
    if (answer !== "true") return removeTable(text, "local-exit");
    return hasTable(text, "local-exit") ? text : setKey(text, { table: "local-exit", key: "mode" }, "masquerade");
  },
};

/** Who has a coordinator has peer exits; who has none can have none. */
const coordinator: Question = {
  ...textQuestion("coordinator", "coordinator.host"),
  write: (text, answer) => {
    if (answer === "") return removeTable(removeTable(text, "peer-exits"), "coordinator");
    return ensureTable(setKey(text, { table: "coordinator", key: "host" }, answer), "peer-exits");
  },
};

/** These stand in the table of the coordinator, and mean nothing without. */
const withCoordinator = (question: Question): Question => ({
  ...question,
  write: (text, answer) => (hasTable(text, "coordinator") ? question.write(text, answer) : text),
});

export const V6PEER: Questionnaire = {
  head: HEAD,
  sample: SAMPLE,
  questions: [
    textQuestion("prefix", "prefix"),
    textQuestion("bandwidth", "bandwidth"),
    localExit,
    coordinator,
    withCoordinator(textQuestion("pin", "coordinator.pin")),
    withCoordinator(textQuestion("abuse", "coordinator.abuse")),
    withCoordinator(flagQuestion("listed", "coordinator.listed", false)),
  ],
  isEnough: (answers) => answers.get("prefix") !== "",
  check: (text) => {
    const parsed = parseConfig(text);
    return "file" in parsed ? [] : parsed;
  },
};
