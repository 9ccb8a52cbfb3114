/** Node's part of the protocol: cryptography, identities in files, TLS. The rest of the package runs without Node. */
export { createKeyFile } from "./create-key-file.ts";
export { type Identity, identityOfSeed, loadIdentity } from "./identity.ts";
export { nodeSuite } from "./suite.ts";
export { exporterOf, isPin, pinOf } from "./tls.ts";
