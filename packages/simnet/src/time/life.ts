/**
 * One life of a host, from a start to a crash. Its timers, sockets and streams belong to it and end with it; the host
 * gets a new life when it starts again.
 */
export class Life {
  isAlive = true;
}

/** Of what belongs to no host. */
export const FOREVER: Life = new Life();
