/** Where things are in the repository, and where they go. */
import { fileURLToPath } from "node:url";

/** The root of the repository, with a slash at its end. */
export const ROOT: string = fileURLToPath(new URL("../../../", import.meta.url));

/** The static parts of the packages. */
export const DEBIAN: string = `${ROOT}packaging/debian`;

/** Everything that is made, which git does not see. */
export const BUILD: string = `${ROOT}packaging/build`;

/** Where the finished packages lie. */
export const OUTPUT: string = `${BUILD}/out`;
