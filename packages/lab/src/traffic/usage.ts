import { readFileSync } from "node:fs";
import { statFields } from "../netns/proc.ts";

/** Linux reports time to user space in hundredths of a second, regardless of its own tick (`USER_HZ`). */
const TICKS_PER_SECOND = 100;

/** CPU seconds of a process with all its threads, in user space and in the kernel. */
export function processCpuSeconds(pid: number): number {
  const fields = statFields(pid);
  if (fields === undefined) throw new Error(`process ${pid} has ended`);
  return (Number(fields[14 - 3]) + Number(fields[15 - 3])) / TICKS_PER_SECOND;
}

/** CPU seconds of the whole machine: programs, kernel, interrupts. */
export function machineCpuSeconds(): number {
  const [, user, nice, system, , , irq, softirq] = readFileSync("/proc/stat", "utf8").split("\n")[0].split(/\s+/);
  return [user, nice, system, irq, softirq].reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS_PER_SECOND;
}

/** Peak resident memory of a process (`VmHWM`), in bytes. */
export function peakMemory(pid: number): number {
  return statusBytes(pid, "VmHWM");
}

/** Current resident memory of a process (`VmRSS`), in bytes. */
export function residentMemory(pid: number): number {
  return statusBytes(pid, "VmRSS");
}

function statusBytes(pid: number, field: string): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(status)?.[1]) * 1024;
}
