// Opening as a user without rights. Arguments: whether to give rights up first.
import { openTun } from "@nat64/tun";
import { report } from "./support.mjs";

if (process.argv[2] === "nobody") {
  openTun({ name: "probe0" }).close(); // loads the addon while its files can be read
  process.setgroups([]);
  process.setgid(65534);
  process.setuid(65534);
}
try {
  openTun({ name: "test0" }).close();
  report({ code: "no error", message: "" });
} catch (error) {
  report({ code: error.code, message: error.message, errno: error.errno });
}
