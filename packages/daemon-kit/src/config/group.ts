/** Groups of this host, for keys that name one. */
import { spawnSync } from "node:child_process";

/** Names that `useradd` and systemd accept; in particular no numbers and no options. */
const NAME = /^[A-Za-z_][A-Za-z0-9_.-]{0,31}$/;

/** The number of a group, from wherever this host has its groups (files, LDAP, …), or `undefined` if there is no such group. */
export function findGroup(name: string): number | undefined {
  if (!NAME.test(name)) return undefined;
  const { status, stdout } = spawnSync("getent", ["group", name], { encoding: "utf8", timeout: 10_000 });
  const id = status === 0 ? /^[^:]*:[^:]*:(\d+):/.exec(stdout)?.[1] : undefined;
  return id === undefined ? undefined : Number(id);
}

/** What is wrong with `name` as a group of this host, or `undefined`. */
export function refuseGroup(name: string): string | undefined {
  if (findGroup(name) !== undefined) return undefined;
  return `there is no group ${JSON.stringify(name)} on this host; create it (groupadd --system NAME), or remove this key`;
}
