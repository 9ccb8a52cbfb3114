/** Two peers with fixed keys and their agreement: the agreement's vectors. */
import { type Accept, bytesOfBase64url, derivePairKeys, type Offer, type PairKeys } from "../../src/index.ts";
import agreement from "../vectors/agreement.json" with { type: "json" };
import hellos from "../vectors/hello.json" with { type: "json" };
import { unhex } from "./bytes.ts";
import { nodeCrypto, signerOf } from "./node-crypto.ts";

export const suite = nodeCrypto();
export const [v6, v4] = hellos.map(({ seed, identity }) => ({
  identity: unhex(identity),
  sign: signerOf(unhex(seed)),
}));
export const offer = agreement.offer as Offer;
export const accept = agreement.accept as Accept;
export const v6PrivateKey = unhex(agreement.v6PrivateKey);
export const v4PrivateKey = unhex(agreement.v4PrivateKey);
export const pair = bytesOfBase64url(offer.pair);
export const keys = derivePairKeys(offer, accept, "v6peer", v6PrivateKey, suite) as PairKeys;
