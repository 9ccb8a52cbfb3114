import { type CoordinatorAddress, connectTls } from "./tls.ts";

/** Milliseconds that the coordinator may take. */
const PATIENCE = 10_000;

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
          resolve(reason ?? "it hung up");
        },
      );
      const patience = setTimeout(() => {
        resolve(`no answer within ${PATIENCE / 1000} seconds`);
        socket.destroy();
      }, PATIENCE);
    } catch (error) {
      resolve((error as Error).message);
    }
  });
}
