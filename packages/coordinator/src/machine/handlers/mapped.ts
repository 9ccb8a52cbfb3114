/** `mapped`: the nonce that a Router Advertisement brought. */
import { bytesOfBase64url, makeError } from "@nat64/peer-protocol";
import { refuse } from "../connections/farewell.ts";
import { parseEndpoint } from "../mappings/endpoint.ts";
import type { V4Peer } from "../peers/peer.ts";
import { nowRegistered } from "../peers/registered.ts";
import type { Handler } from "./handler.ts";

export const handleMapped: Handler<"mapped", V4Peer> = (context, { peer, connection }, message) => {
  const { options, now } = context;
  const { solicitor } = peer;
  if (solicitor === undefined) return refuse(context, connection, makeError("out-of-order", { regarding: "mapped" }));
  const mapping = parseEndpoint(message);
  if (options.refusals.refusesIPv4(mapping.address) || options.addresses.includes(message.address)) {
    return refuse(context, connection, makeError("mapping-refused", { regarding: "mapped" }));
  }
  if (!solicitor.nonces.has(mapping.address, mapping.port, bytesOfBase64url(message.nonce), now)) {
    return refuse(context, connection, makeError("mapping-unproven", { regarding: "mapped" }));
  }
  context.counters.mappingsProven++;
  context.log("debug", "mapping proved", peer, { address: message.address, port: message.port, nat: message.nat });
  peer.mapping = mapping;
  peer.nat = message.nat;
  nowRegistered(context, peer);
};
