/** Files as memory. */
export { mapFile } from "./map-file.ts";
