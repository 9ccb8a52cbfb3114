/** Whether this machine lets us make hosts. Without, tests that need them are skipped, and counted as that. */
export const isRoot: boolean = process.getuid?.() === 0;
