/** Groups of this host. */
import { spawnSync } from "node:child_process";

/** What `useradd` and systemd take for a name; in particular no number and no option. */
const NAME = /^[A-Za-z_][A-Za-z0-9_.-]{0,31}$/;

/** The number of a group, wherever this host keeps its groups (files, LDAP, …), or `undefined` when there is none. */
export function findGroup(name: string): number | undefined {
  if (!NAME.test(name)) return undefined;
  const { status, stdout } = spawnSync("getent", ["group", name], { encoding: "utf8", timeout: 10_000 });
  const id = status === 0 ? /^[^:]*:[^:]*:(\d+):/.exec(stdout)?.[1] : undefined;
  return id === undefined ? undefined : Number(id);
}

/** What is wrong with `name` as a group of this host, or nothing. */
export function refuseGroup(name: string): string | undefined {
  if (findGroup(name) !== undefined) return undefined;
  return `there is no group ${JSON.stringify(name)} on this host; make it (groupadd --system NAME), or leave this key out`;
}
