/** The bytes that `offer` and `accept` sign: every field of the message, and for `accept` also the complete offer. */
import { bytesOf, parseCidr } from "@nat64/rfc6052";
import { concat, label, uint16 } from "../crypto/concat.ts";
import { ROLE_BYTES } from "../identity/hello-signature.ts";
import type { ExitPolicy, Service } from "../messages/fields/exit-policy.ts";
import type { Accept } from "../messages/kinds/accept.ts";
import type { Offer } from "../messages/kinds/offer.ts";
import { bytesOfBase64url } from "../text/base64url.ts";

/** An offer without its signature. */
export type OfferFields = Omit<Offer, "type" | "signature">;
/** An accept without its signature. */
export type AcceptFields = Omit<Accept, "type" | "signature">;

/** IP protocol numbers, as in the IANA registry. */
const PROTOCOLS = { tcp: 6, udp: 17 } as const;

/** The bytes that the IPv6 peer signs, in the order of PROTOCOL.md. */
export function offerBytes(offer: OfferFields): Uint8Array {
  const { words, length } = parseCidr(offer.prefix);
  return concat(
    label("offer"),
    ROLE_BYTES.v6peer,
    bytesOfBase64url(offer.from),
    ROLE_BYTES.v4peer,
    bytesOfBase64url(offer.to),
    bytesOf(words),
    length,
    bytesOfBase64url(offer.pair),
    uint16(offer.selector),
    Number(offer.pinnedInternet),
    bytesOfBase64url(offer.ephemeral),
  );
}

/** The bytes that the IPv4 peer signs, in the order of PROTOCOL.md. */
export function acceptBytes(offer: OfferFields, accept: AcceptFields): Uint8Array {
  return concat(
    label("accept"),
    offerBytes(offer),
    ROLE_BYTES.v4peer,
    bytesOfBase64url(accept.from),
    ROLE_BYTES.v6peer,
    bytesOfBase64url(accept.to),
    bytesOfBase64url(accept.pair),
    uint16(accept.ports.first),
    uint16(accept.ports.last),
    policyBytes(accept.policy),
    Number(accept.pinnedInternet),
    bytesOfBase64url(accept.ephemeral),
  );
}

function policyBytes(policy: ExitPolicy): Uint8Array {
  return concat(Number(policy.internet), policy.services.length, ...policy.services.map(serviceBytes));
}

function serviceBytes(service: Service): Uint8Array {
  const { words, length } = parseCidr(service.network);
  return concat(
    bytesOf(words).subarray(0, 4),
    length,
    PROTOCOLS[service.protocol],
    uint16(service.firstPort),
    uint16(service.lastPort),
  );
}
