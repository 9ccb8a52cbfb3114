// Everything between a fresh clone and a built tree. Every command calls it, so any of them can be run first.
import { requireLinuxAndNode } from "./machine.mjs";
import { installSystemPackages } from "./system-packages.mjs";
import { build, installNpmPackages } from "./workspace.mjs";

/** `purpose` is "build", "deb", "start", "test", "test:long", "bench" or "pictures": it decides which system packages are needed. */
export async function setUp(purpose) {
  requireLinuxAndNode();
  installSystemPackages(purpose);
  await installNpmPackages();
  await build();
}
