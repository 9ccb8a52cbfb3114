import { explainError } from "../system/index.ts";
import { type CoordinatorAddress, connectTls } from "./tls.ts";

/** Milliseconds that the coordinator may take. */
const PATIENCE_MS = 10_000;

/** Why the coordinator cannot be used, in a sentence, or nothing. Connects, looks who is there, and hangs up. */
export function findCoordinatorFault(address: CoordinatorAddress): Promise<string | undefined> {
  return new Promise((resolve) => {
    try {
      const socket = connectTls(
        address,
        () => {
          clearTimeout(patience);
          resolve(undefined);
          socket.destroy();
        },
        (reason) => {
          clearTimeout(patience);
          resolve(reason ?? "it closed the connection");
        },
      );
      const patience = setTimeout(() => {
        resolve(`no answer within ${PATIENCE_MS / 1000} seconds`);
        socket.destroy();
      }, PATIENCE_MS);
    } catch (error) {
      resolve(explainError(error));
    }
  });
}
