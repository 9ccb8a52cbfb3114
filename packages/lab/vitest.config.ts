import { project } from "../../scripts/vitest/project.ts";

export default project("lab", { files: "waiting" });
