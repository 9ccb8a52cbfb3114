/** Prints what `checkAll` finds, a line each: for a namespace. */
import { checkAll } from "../../dist/check/index.js";

for (const { severity, code, message } of await checkAll(process.argv[2])) console.log(severity, code, message);
