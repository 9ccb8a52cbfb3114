import { project } from "../../scripts/vitest/project.ts";

export default project("v6peer-daemon", { files: "waiting" });
