import { project } from "../../scripts/vitest/project.ts";

export default project("v6peer-cli", { files: "waiting" });
