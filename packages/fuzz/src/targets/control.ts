/** Lines on the control sockets of all daemons. */

import { controlMethods as coordinator } from "@nat64/coordinator/control";
import { type ControlMethods, LineSplitter, parseRequest, parseResponse } from "@nat64/daemon-kit/control";
import { controlMethods as v4peer } from "@nat64/v4peer-daemon/control";
import { controlMethods as v6peer } from "@nat64/v6peer-daemon/control";
import { mutateJson } from "../input/mutate-json.ts";
import { bytesOfText } from "../input/text.ts";
import { mustHold, type Target } from "../target.ts";

const LONGEST_LINE = 1024;
const handlers = {} as never; // never called: requests are only read
const DAEMONS: readonly ControlMethods[] = [coordinator(handlers), v4peer(handlers), v6peer(handlers)];
const METHODS = [...new Set(DAEMONS.flatMap((methods) => Object.keys(methods)))];

export const target: Target = {
  maxBytes: 4096,
  seeds: [
    ...METHODS.map((method) => request(method, {})),
    request("drain", { within: 60, exit: "local" }),
    request("unpair", { peer: "abcdefgh", within: 0 }),
    request("peers", { addresses: true }),
    request("sessions", { limit: 5, protocol: "tcp", client: "2001:db8::/32", destination: "192.0.2.1" }),
    request("set-bandwidth", { rate: "100M", up: { rate: "10M" }, down: { rate: "10M", burst: "1M" } }),
  ],
  mutate: mutateJson,
  run(input) {
    const lines = new LineSplitter(LONGEST_LINE).push(Buffer.from(input));
    for (const line of lines ?? []) for (const methods of DAEMONS) mustUnderstandOrRefuse(line, methods);
    for (const methods of DAEMONS) mustUnderstandOrRefuse(Buffer.from(input).toString(), methods);
    mustNotDependOnPieces(input, lines);
  },
};

function mustUnderstandOrRefuse(line: string, methods: ControlMethods): void {
  const read = parseRequest(line, methods);
  if (!("code" in read)) {
    mustHold(Object.hasOwn(methods, read.method) && Number.isSafeInteger(read.id), "a request has a method and an id");
    return;
  }
  const { id, code, message } = read;
  mustHold(message.length > 0 && !/\n\s+at /.test(message), "a refusal is a sentence");
  const answer = parseResponse(JSON.stringify({ v: 1, id, error: { code, message } }));
  mustHold(answer !== undefined && "error" in answer, "the client understands a refusal");
}

function mustNotDependOnPieces(input: Uint8Array, whole: readonly string[] | undefined): void {
  const splitter = new LineSplitter(LONGEST_LINE);
  const pieces: string[] = [];
  for (let at = 0; at < input.length; at += 7) {
    const lines = splitter.push(Buffer.from(input.subarray(at, at + 7)));
    if (lines === undefined) {
      mustHold(whole === undefined, "a line that is too long is so in pieces, too");
      return;
    }
    pieces.push(...lines);
  }
  mustHold(whole?.join("\n") === pieces.join("\n"), "it does not matter how bytes are split");
}

function request(method: string, params: object): Uint8Array {
  return bytesOfText(`${JSON.stringify({ v: 1, id: 1, method, params })}\n`);
}
