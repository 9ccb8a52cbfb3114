/**
 * Clients that each open a UDP flow a second, from a new port. Ends when all of them were answered in three rounds in a row, or
 * after the last round, and prints how many were answered in each. Arguments: rounds, addresses.
 */
import { createSocket } from "node:dgram";

const [rounds, ...addresses] = process.argv.slice(2);
const WAIT_MS = 1000;
const SERVERS = 8;

/** Whether a new flow is answered. */
function ask(address, round, i) {
  return new Promise((resolve) => {
    const socket = createSocket("udp6");
    const finish = (isAnswered) => {
      clearTimeout(timer);
      socket.close();
      resolve(isAnswered);
    };
    const timer = setTimeout(() => finish(false), WAIT_MS);
    socket.on("message", () => finish(true));
    // Each server is in a network of its own.
    const server = `2001:db8:64::93.184.${16 * ((i + round) % SERVERS)}.2`;
    socket.bind(0, address, () => socket.send("data", 53, server));
  });
}

const answered = [];
for (let round = 0; round < Number(rounds); round++) {
  const start = performance.now();
  const results = await Promise.all(addresses.map((address, i) => ask(address, round, i)));
  answered.push(results.filter((each) => each).length);
  if (answered.length >= 3 && answered.slice(-3).every((each) => each === addresses.length)) break;
  await new Promise((resolve) => setTimeout(resolve, WAIT_MS - (performance.now() - start)));
}
console.log(JSON.stringify(answered));
