import { explainError } from "../system/index.ts";
import { type CoordinatorAddress, connectTls } from "./tls.ts";

/** Milliseconds that the coordinator may take. */
const CONNECT_TIMEOUT_MS = 10_000;

/** Connects to the coordinator, checks who answers, and hangs up. @returns why it cannot be used, in a sentence, or nothing */
export function findCoordinatorFault(address: CoordinatorAddress): Promise<string | undefined> {
  return new Promise((resolve) => {
    try {
      const socket = connectTls(
        address,
        () => {
          clearTimeout(timeout);
          resolve(undefined);
          socket.destroy();
        },
        (reason) => {
          clearTimeout(timeout);
          resolve(reason ?? "it closed the connection");
        },
      );
      const timeout = setTimeout(() => {
        resolve(`no answer within ${CONNECT_TIMEOUT_MS / 1000} seconds`);
        socket.destroy();
      }, CONNECT_TIMEOUT_MS);
    } catch (error) {
      resolve(explainError(error));
    }
  });
}
