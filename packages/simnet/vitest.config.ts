import { project } from "../../scripts/vitest/project.ts";

export default project("simnet", { files: "pure" });
