/** `mapped`: the IPv4 peer proves its mapping with the nonce from a Router Advertisement. */
import { bytesOfBase64url, makeError } from "@nat64/peer-protocol";
import type { Endpoint } from "@nat64/teredo";
import type { Context } from "../../context.ts";
import { parseEndpoint } from "../../endpoint.ts";
import { hasMapping } from "../../rules/mappings/teredo-address.ts";
import { refuseChange } from "../../rules/peers/changes.ts";
import { completeRegistration } from "../../rules/peers/register.ts";
import type { V4Peer } from "../../state/peer.ts";
import type { Handler } from "./handler.ts";

export const handleMapped: Handler<"mapped", V4Peer> = (context, { peer }, message) => {
  const { options, now } = context;
  const { solicitor } = peer;
  if (solicitor === undefined) return makeError("out-of-order", { regarding: "mapped" });
  const mapping = parseEndpoint(message);
  if (options.refusals.refusesIPv4(mapping.address) || options.addresses.includes(message.address)) {
    return makeError("mapping-refused", { regarding: "mapped" });
  }
  if (!solicitor.nonces.has(mapping.address, mapping.port, bytesOfBase64url(message.nonce), now)) {
    return makeError("mapping-unproven", { regarding: "mapped" });
  }
  if (movesPairs(context, peer, mapping)) {
    const error = refuseChange(context, peer, "mapped");
    if (error !== undefined) return error;
  }
  context.counters.mappingsProven++;
  context.log("debug", "mapping proved", peer, { address: message.address, port: message.port, nat: message.nat });
  peer.mapping = mapping;
  peer.nat = message.nat;
  completeRegistration(context, peer);
  return undefined;
};

/** Whether pairs get another address. */
function movesPairs({ state }: Context, peer: V4Peer, mapping: Endpoint): boolean {
  return state.pairs.of(peer).some(({ address }) => address !== undefined && !hasMapping(address, mapping));
}
