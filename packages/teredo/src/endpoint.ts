/** An IPv4 address and a UDP port. */
export interface Endpoint {
  /** An int32 word. */
  readonly address: number;
  /** 0 … 65535. */
  readonly port: number;
}

/** Whether two endpoints are equal. Addresses may be signed or unsigned numbers. */
export function isEndpoint(endpoint: Endpoint, address: number, port: number): boolean {
  return (endpoint.address | 0) === (address | 0) && endpoint.port === port;
}

/** The UDP port of Teredo servers (RFC 4380 §2.7). */
export const TEREDO_PORT = 3544;
