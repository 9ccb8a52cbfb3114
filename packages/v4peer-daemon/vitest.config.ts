import { project } from "../../scripts/vitest/project.ts";

export default project("v4peer-daemon", { files: "waiting" });
