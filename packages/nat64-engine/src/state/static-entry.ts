/** A BIB entry that never expires. */
export interface StaticEntry {
  /** {@link ProtocolIndex}. */
  readonly protocol: number;
  /** The client's IPv6 address as four words. */
  readonly client: Int32Array;
  readonly clientPort: number;
  readonly exit: number;
  readonly poolAddress: number;
  readonly poolPort: number;
  /** Which prefix inbound packets seem to come from before the client has used one; as in `outbound`. */
  readonly via: number;
}

/** A static binding that cannot be made. */
export class StaticBindingError extends Error {
  /** Which one, as its place in the list. */
  readonly index: number;

  constructor(index: number, message: string) {
    super(message);
    this.name = "StaticBindingError";
    this.index = index;
  }
}
