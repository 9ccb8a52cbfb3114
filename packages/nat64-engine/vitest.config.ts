import { project } from "../../scripts/vitest/project.ts";

export default project("nat64-engine", { files: "pure" });
