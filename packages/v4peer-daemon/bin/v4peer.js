#!/usr/bin/env node
try {
  await import("../dist/bin.js");
} catch (error) {
  if (error.code !== "ERR_MODULE_NOT_FOUND") throw error;
  const [missing] = error.message.split("\n");
  process.stderr.write(`v4peer: this is not built yet; in a checkout run "npm run build" first. ${missing}\n`);
  process.exitCode = 70;
}
